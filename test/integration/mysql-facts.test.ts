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
});
