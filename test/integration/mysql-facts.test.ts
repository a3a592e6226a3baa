import { describe, expect, test } from 'vitest';
import { readSourceFacts } from '../../src/mysql/facts.ts';
import { hasPrivilege } from '../../src/mysql/grants.ts';
import { readBinlogPosition } from '../../src/mysql/position.ts';
import { createSourceDatabase, sourceFlavors } from '../support/databases.ts';
import { connectToSource } from '../support/source-settings.ts';

describe.each(sourceFlavors())('the facts of %s', (flavor) => {
  test('say what the server is and how its binlog is set', async () => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    const facts = await readSourceFacts(source);
    expect(facts.server.flavor).toBe(flavor);
    expect(facts.server.versionNumber).toBeGreaterThan(5_07_00);
    expect(facts.serverUuid === null).toBe(flavor === 'mariadb');
    expect(facts.maxAllowedPacketBytes).toBeGreaterThan(1 << 20);
    expect(facts.binlog).toMatchObject({
      enabled: true,
      format: 'ROW',
      rowImage: 'FULL',
      rowMetadata: 'FULL',
    });
    expect(facts.tls).toMatchObject({ inUse: true, version: expect.stringMatching(/^TLSv1\.[23]$/) });
    expect(hasPrivilege(facts.grants, 'SELECT', database.config.database)).toBe(true);
    expect(hasPrivilege(facts.grants, 'REPLICATION SLAVE')).toBe(true);
  });

  test('tell the global sql_mode, not that of our session', async () => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    const [row] = await database.query<{ mode: string }>('select @@global.sql_mode as mode');
    expect((await readSourceFacts(source)).sqlMode).toBe(row?.mode);
  });

  test('the binlog position moves with each change', async () => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    const before = await readBinlogPosition(source);
    await database.query('create table t (id int primary key)');
    await database.query('insert into t values (1)');
    const after = await readBinlogPosition(source);
    expect(before).not.toBeNull();
    expect(after?.file).toBe(before?.file);
    expect(Number(after?.offset)).toBeGreaterThan(Number(before?.offset));
    expect(after?.gtidSet).toMatch(flavor === 'mariadb' ? /^\d+-\d+-\d+/ : /^[-\da-f]{36}:\d/);
    expect(after?.gtidSet).not.toBe(before?.gtidSet);
    expect(new Date(after?.recordedAt ?? '').toISOString()).toBe(after?.recordedAt);
  });

  test('privileges of a role count, and a missing one comes with its GRANT', async () => {
    await using database = await createSourceDatabase(flavor);
    const name = database.config.database;
    const [user, role] = [`u_${name.slice(-8)}`, `r_${name.slice(-8)}`];
    await database.query(`create role ${role}; grant select on ${name}.* to ${role}`);
    await database.query(`create user ${user} identified by 'x'; grant ${role} to ${user}`);
    await database.query(`set default role ${role} ${flavor === 'mariadb' ? 'for' : 'to'} ${user}`);
    try {
      await using source = await connectToSource(database, { user, password: 'x' });
      const { grants } = await readSourceFacts(source);
      expect(hasPrivilege(grants, 'SELECT', name)).toBe(true);
      expect(hasPrivilege(grants, 'REPLICATION CLIENT')).toBe(false);
      await expect(readBinlogPosition(source)).rejects.toMatchObject({
        code: 'SOURCE_ACCESS_DENIED',
        transient: false,
        fix: expect.stringMatching(
          new RegExp(`GRANT (REPLICATION CLIENT|BINLOG MONITOR) ON \\*\\.\\* TO '${user}'@'%'`),
        ),
      });
    } finally {
      await database.query(`drop user ${user}; drop role ${role}`);
    }
  });

  test('a role that is not active is seen with what it grants, and its activation makes it count', async () => {
    await using database = await createSourceDatabase(flavor);
    const name = database.config.database;
    const [user, role] = [`u_${name.slice(-8)}`, `r_${name.slice(-8)}`];
    const client = flavor === 'mariadb' ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
    await database.query(`create role ${role}; grant ${client} on *.* to ${role}`);
    await database.query(`create user ${user} identified by 'x'; grant ${role} to ${user}`);
    const as = { user, password: 'x' };
    const facts = async () => {
      await using source = await connectToSource(database, as);
      const found = await readSourceFacts(source);
      // What was taken on to look is put off again.
      expect(found.inactiveRoles.length > 0).toBe(await refusesPosition(source));
      return found;
    };
    const refusesPosition = (source: Parameters<typeof readBinlogPosition>[0]) =>
      readBinlogPosition(source).then(
        () => false,
        () => true,
      );
    try {
      const hint = await connectToSource(database, as).catch((error: unknown) => error);
      expect(hint).toMatchObject({
        code: 'SOURCE_DATABASE_MISSING',
        fix: expect.stringContaining('GRANT SELECT'),
      });
      await database.query(`grant select on ${name}.* to ${role}`);
      const refused = (await connectToSource(database, as).catch((error: unknown) => error)) as {
        fix: string;
      };
      expect(refused.fix).toMatch(/is not active when the user signs in.*\nSET DEFAULT ROLE /s);

      await database.query(`grant select on ${name}.* to ${user}`);
      const before = await facts();
      expect(hasPrivilege(before.grants, client)).toBe(false);
      expect(before.inactiveRoles).toHaveLength(1);
      expect(hasPrivilege(before.inactiveRoles[0]!.grants, client)).toBe(true);
      expect(refused.fix).toContain(before.inactiveRoles[0]!.activation);
      await database.query(before.inactiveRoles[0]!.activation);
      const after = await facts();
      expect(hasPrivilege(after.grants, client)).toBe(true);
      expect(after.inactiveRoles).toEqual([]);
    } finally {
      await database.query(`drop user ${user}; drop role ${role}`);
    }
  });
});
