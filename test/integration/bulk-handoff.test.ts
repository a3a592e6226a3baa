import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BinlogPosition } from '../../src/core/position.ts';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { sourceFlavors } from '../support/databases.ts';
import { until } from '../support/run-command.ts';
import { startMariadb, startMysql, type MysqlServer } from '../support/servers/index.ts';

const SOURCE = [
  'CREATE TABLE doctor (id INT PRIMARY KEY, license VARCHAR(20) UNIQUE, name VARCHAR(50), KEY by_name (name))',
  `CREATE TABLE visit (id INT PRIMARY KEY, doctor_id INT, note TEXT,
     changed TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
     FOREIGN KEY visit_doctor (doctor_id) REFERENCES doctor (id))`,
  'CREATE TABLE token (code CHAR(8) NOT NULL UNIQUE, serial INT NOT NULL, part INT NOT NULL, UNIQUE (serial, part))',
  "INSERT INTO doctor VALUES (1, 'A', 'a'), (2, 'B', 'b')",
  'INSERT INTO visit (id, doctor_id) VALUES (1, 1), (2, 2)',
  "INSERT INTO token VALUES ('x', 1, 1), ('y', 1, 2)",
];

/** What old changes applied over newer rows may violate on the way. */
const WAITING = [
  ['foreign-key', 'visit', null],
  ['index', 'doctor', 'license'],
  ['key', 'doctor', 'license'],
  ['index', 'token', 'serial'],
  ['key', 'token', 'serial'],
  ['trigger', 'visit', null],
] as const;

/** Servers of their own: the binlog of a shared one moves by what other tests write. */
const START = { mariadb: startMariadb, mysql: startMysql };

interface BulkDocument {
  result: {
    databases: {
      next?: string;
      waitingForSync: { kind: string; table: string; name: string }[];
    }[];
  };
}

describe.each(sourceFlavors())('[invariant 2] what a load from %s took away', (flavor) => {
  let server: MysqlServer;
  let clinic: BulkCase;
  let asBefore: string[];

  beforeAll(async () => {
    server = await START[flavor]();
    clinic = await openBulkCase({ flavor, sourceServer: server, fill: SOURCE, sync: true });
  });
  afterAll(async () => {
    await clinic[Symbol.asyncDispose]();
    await server.stop();
  });

  async function begin(): Promise<void> {
    await clinic.renewTarget();
    await clinic.succeed('schema');
    asBefore = await objectDefinitions(clinic);
  }

  /** The first half of a load: P0 is recorded, and no row is read. Then the source changes. */
  async function changeAfterStart(): Promise<void> {
    const killed = await clinic.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.after-run-recorded=kill' });
    expect(killed.signal).toBe('SIGKILL');
    await clinic.sourceQuery("UPDATE doctor SET name = concat(name, '!')");
  }

  const away = async () =>
    clinic.targetQuery<{ kind: string; table: string; name: string; state: string }>(
      `SELECT kind, table_name AS "table", object_name AS name, state FROM transfuse.saved_objects
       WHERE state <> 'restored' ORDER BY kind, table_name`,
    );
  const loads = () =>
    clinic.targetQuery<{ name: string; end: BinlogPosition }>(
      'SELECT mapping AS name, end_position AS "end" FROM transfuse.loads ORDER BY 1',
    );
  const start = async () =>
    (
      await clinic.targetQuery<{ start: BinlogPosition }>(
        'SELECT start_position AS start FROM transfuse.runs',
      )
    )[0]!.start;
  const setCheckpoint = (position: BinlogPosition) =>
    clinic.targetQuery(
      `INSERT INTO transfuse.checkpoints (run_id, position) SELECT id, $1 FROM transfuse.runs
       ON CONFLICT (run_id) DO UPDATE SET position = excluded.position`,
      [JSON.stringify(position)],
    );

  test('comes back whole where the source was left alone', async () => {
    await begin();
    const { stdout } = await clinic.succeed('bulk', ['--json']);
    expect((JSON.parse(stdout) as BulkDocument).result.databases[0]!.waitingForSync).toEqual([]);
    expect(await objectDefinitions(clinic)).toEqual(asBefore);
  });

  test('waits for sync where it could be violated on the way, and the source has changed', async () => {
    await begin();
    await changeAfterStart();
    const { stdout } = await clinic.succeed('bulk');
    expect(stdout).toContain('still away: 2 unique keys, 1 foreign key, 1 trigger.');
    expect(stdout).toContain('next: bin/sync --continuous');
    const waiting = await away();
    expect(waiting.every(({ state }) => state === 'dropped')).toBe(true);
    for (const [kind, table, part] of WAITING) {
      expect(waiting).toContainEqual(
        expect.objectContaining({ kind, table, name: expect.stringContaining(part ?? '') }),
      );
    }
    expect(waiting).toHaveLength(WAITING.length);
    const names = waiting.map(({ name }) => name);
    const there = await objectDefinitions(clinic);
    expect(asBefore.filter((line) => !names.some((name) => line.includes(name)))).toEqual(there);
    expect(there.join('\n')).toMatch(/token_code|code_key|\(code\)/);

    const status = await clinic.succeed('status');
    expect(status.stdout).toContain('next: Run bin/sync --continuous');
    // Nothing is left to load, and the source is where it was: what waits goes on waiting.
    expect((await clinic.succeed('bulk')).stdout).toContain('next: bin/sync --continuous');
    expect(await away()).toEqual(waiting);

    await clinic.succeed('bulk', ['--no-sync']);
    expect(await objectDefinitions(clinic)).toEqual(asBefore);
  });

  test('comes back whole with --no-sync, whatever changes at the source', async () => {
    await begin();
    await changeAfterStart();
    await clinic.succeed('bulk', ['--no-sync']);
    expect(await objectDefinitions(clinic)).toEqual(asBefore);
  });

  test('goes away again for a table that is loaded anew while sync has a checkpoint, and until sync has passed its end', async () => {
    await begin();
    await clinic.succeed('bulk');
    const p0 = await start();
    await setCheckpoint(p0);
    await clinic.sourceQuery("UPDATE visit SET note = 'later'");
    await clinic.succeed('bulk', ['--tables', 'visit', '--replace']);
    expect(await start()).toEqual(p0);
    expect((await away()).map(({ kind, table }) => [kind, table])).toEqual([
      ['foreign-key', 'visit'],
      ['trigger', 'visit'],
    ]);
    const ends = new Map((await loads()).map(({ name, end }) => [name, end]));
    expect(BigInt(ends.get('visit')!.offset)).toBeGreaterThan(BigInt(ends.get('doctor')!.offset));

    await setCheckpoint(ends.get('doctor')!);
    await clinic.succeed('bulk');
    expect(await away()).toHaveLength(2);
    await setCheckpoint(ends.get('visit')!);
    await clinic.succeed('bulk');
    expect(await objectDefinitions(clinic)).toEqual(asBefore);
  });

  test('and the run begins at a new position, without a checkpoint, where every table is loaded anew', async () => {
    await begin();
    await clinic.succeed('bulk');
    const p0 = await start();
    await setCheckpoint(p0);
    await clinic.sourceQuery("UPDATE visit SET note = 'once more'");
    await clinic.succeed('bulk', ['--replace']);
    expect(BigInt((await start()).offset)).toBeGreaterThan(BigInt(p0.offset));
    expect(await clinic.targetQuery('SELECT FROM transfuse.checkpoints')).toEqual([]);
    expect(await objectDefinitions(clinic)).toEqual(asBefore);
  });

  test('the rows of retried rejects are newer than the load, and its end moves behind them', async () => {
    await begin();
    await clinic.sourceQuery("INSERT INTO visit (id, doctor_id, note) VALUES (9, 1, 'a\\0b')");
    expect((await clinic.run('bulk')).exitCode).toBe(5);
    const before = new Map((await loads()).map(({ name, end }) => [name, BigInt(end.offset)]));
    await clinic.sourceQuery("UPDATE visit SET note = 'mended' WHERE id = 9");
    await clinic.succeed('bulk', ['--retry-rejects']);
    const after = new Map((await loads()).map(({ name, end }) => [name, BigInt(end.offset)]));
    expect(after.get('visit')).toBeGreaterThan(before.get('visit')!);
    expect(after.get('doctor')).toBe(before.get('doctor'));
    expect((await away()).map(({ kind, table }) => [kind, table])).toEqual([
      ['foreign-key', 'visit'],
      ['trigger', 'visit'],
    ]);
    await clinic.sourceQuery('DELETE FROM visit WHERE id = 9');
  });

  test('stops where the binlog was purged that sync would begin with, and says the way on', async () => {
    await begin();
    await changeAfterStart();
    const { file } = await start();
    await clinic.sourceQuery('FLUSH BINARY LOGS');
    const files = () => clinic.sourceQuery<{ Log_name: string }>('SHOW BINARY LOGS');
    const newest = (await files()).at(-1);
    // MariaDB keeps a file until the storage engine no longer needs it for recovery.
    await until('the file to be purged', async () => {
      await clinic.sourceQuery(`PURGE BINARY LOGS TO '${newest!.Log_name}'`);
      return (await files()).length === 1;
    });
    const stopped = await clinic.run('bulk', ['--json']);
    expect(stopped.exitCode).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      code: 'CDC_POSITION_PURGED',
      where: { file },
      fix: expect.stringContaining('--no-sync'),
    });
    await clinic.succeed('bulk', ['--no-sync']);
    expect(await objectDefinitions(clinic)).toEqual(asBefore);
    const refused = await clinic.run('bulk', ['--tables', 'visit', '--replace']);
    expect(refused.exitCode, refused.stderr).toBe(4);
    expect(await clinic.targetQuery('SELECT id FROM visit ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    await clinic.succeed('bulk', ['--replace']);
    expect((await start()).file).toBe(newest!.Log_name);
  });
});

describe.each(sourceFlavors())('[invariant 2] a load from %s without a binlog', (flavor) => {
  test('puts everything back, since there is nothing to replay', async () => {
    const server = await START[flavor]({ extraArgs: ['--skip-log-bin'] });
    try {
      await using clinic = await openBulkCase({ flavor, sourceServer: server, fill: SOURCE, sync: true });
      await clinic.succeed('schema');
      const asBefore = await objectDefinitions(clinic);
      const killed = await clinic.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.after-run-recorded=kill' });
      expect(killed.signal).toBe('SIGKILL');
      await clinic.sourceQuery("UPDATE doctor SET name = concat(name, '!')");
      await clinic.succeed('bulk');
      expect(await objectDefinitions(clinic)).toEqual(asBefore);
    } finally {
      await server.stop();
    }
  });
});
