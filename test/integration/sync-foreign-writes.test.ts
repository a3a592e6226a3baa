import { describe, expect, it } from 'vitest';
import { readForeignWrites } from '../../src/ledger/foreign-writes.ts';
import { findUnwatched, watchTables } from '../../src/ledger/foreign-watch.ts';
import { MAX_DIRECT_ROWS } from '../../src/sync/apply/segment-runner.ts';
import { openApplyCase, type ApplyCase, type TestChange } from '../support/apply-case.ts';
import { openBulkCase } from '../support/bulk-case.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceColumn, sourceForeignKey, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const id = () => sourceColumn('id', 'int(11)', { nullable: false });
const person = () =>
  sourceTable(
    'person',
    [
      id(),
      sourceColumn('name', 'varchar(50)'),
      sourceColumn('seen', 'timestamp'),
      sourceColumn('photo', 'blob'),
    ],
    { indexes: [sourceIndex('PRIMARY', ['id'])] },
  );
const visit = () =>
  sourceTable('visit', [id(), sourceColumn('person_id', 'int(11)')], {
    indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('person', ['person_id'])],
    foreignKeys: [sourceForeignKey('person', ['person_id'], 'person', ['id'], { onDelete: 'CASCADE' })],
  });
/** A key whose text depends on the settings of a session. */
const reading = () =>
  sourceTable(
    'reading',
    [
      sourceColumn('at', 'timestamp(3)', { nullable: false }),
      sourceColumn('device', 'varbinary(8)', { nullable: false }),
      sourceColumn('for_time', 'time(2)', { nullable: false }),
      sourceColumn('value', 'double'),
    ],
    { indexes: [sourceIndex('PRIMARY', ['at', 'device', 'for_time'])] },
  );
const put = (table: string, after: TestChange['after'], before?: TestChange['before']): TestChange => ({
  table,
  ...(after && { after }),
  ...(before && { before }),
});
const people = (from: number, count: number, name = 'source') =>
  Array.from({ length: count }, (_, i) => put('person', { id: String(from + i), name }));

type Policy = 'warn' | 'stop';
const watched = async (foreignWrites: Policy = 'warn', tables = [person()]): Promise<ApplyCase> => {
  const target = await openApplyCase(tables, { foreignWrites });
  const all = target.plan.mappings.map(({ planned, targetKey }) => ({
    ...planned.mapping.target,
    key: targetKey,
  }));
  expect(await watchTables(await target.connect(), all)).toEqual([]);
  return target;
};
const notes = (target: ApplyCase) =>
  target.database.query<{ key: unknown; operation: string; data: { name: string } | null; gone: boolean }>(
    `SELECT row_key AS key, operation, row_data AS data, overwritten_at IS NOT NULL AS gone
     FROM transfuse.foreign_writes ORDER BY row_key`,
  );

describe('rows that others write to the target', () => {
  it.each([1, MAX_DIRECT_ROWS + 10])(
    'are noticed when a batch of %i rows overwrites one, counted, and kept as they were left',
    async (count) => {
      await using target = await watched();
      await target.apply(...people(1, count));
      await target.database.query("UPDATE person SET name = 'theirs' WHERE id = 1");
      await target.apply(...people(100, count));
      expect(target.overwritten).toEqual([]);
      await target.apply(...people(1, count, 'again'));
      expect(target.overwritten).toEqual([{ table: 'public.person', rows: 1 }]);
      expect((await target.rows('person'))[0]).toEqual(['1', 'again', null, null]);
      expect(await notes(target)).toMatchObject([
        { key: [1], operation: 'UPDATE', data: { name: 'theirs' }, gone: true },
      ]);
      await target.apply(...people(1, count, 'third'));
      expect(await readForeignWrites(await target.connect())).toEqual([
        { table: 'public.person', standing: 0, overwritten: 1 },
      ]);
    },
  );

  it('stop the sync before it, where that is the policy; deleting the note lets the source win', async () => {
    await using target = await watched('stop');
    await target.apply(...people(1, 2));
    await target.database.query("UPDATE person SET name = 'theirs' WHERE id = 2");
    await target.apply(...people(1, 1, 'new'));
    const attempt = target.apply(...people(1, 20, 'newer'));
    await expect(attempt).rejects.toMatchObject({
      code: 'SYNC_FOREIGN_WRITE',
      where: { tables: 'public.person', rows: 1 },
    });
    expect((await target.rows('person')).map(([, name]) => name)).toEqual(['new', 'theirs']);
    await target.database.query('DELETE FROM transfuse.foreign_writes WHERE overwritten_at IS NULL');
    await target.apply(...people(1, 20, 'newer'));
    expect(new Set((await target.rows('person')).map(([, name]) => name))).toEqual(new Set(['newer']));
  });

  it('are noticed when they inserted, deleted, changed a key, or emptied the table', async () => {
    await using target = await watched();
    await target.apply(...people(1, 3));
    await target.database.query(
      `INSERT INTO person (id, name) VALUES (10, 'theirs'); DELETE FROM person WHERE id = 1; UPDATE person SET id = 20 WHERE id = 2`,
    );
    expect(await notes(target)).toMatchObject([
      { key: [1], operation: 'DELETE', data: null },
      { key: [2], operation: 'DELETE', data: null },
      { key: [10], operation: 'INSERT', data: { name: 'theirs' } },
      { key: [20], operation: 'INSERT', data: { name: 'source' } },
    ]);
    // What both have deleted is no difference.
    await target.apply({ table: 'person', before: { id: '1' } });
    expect(target.overwritten).toEqual([]);
    await target.apply(...people(2, 1), ...people(10, 1), ...people(20, 1));
    expect(target.overwritten).toEqual([{ table: 'public.person', rows: 2 }]);
    await target.database.query('TRUNCATE person');
    await target.apply(...people(50, 1));
    expect(target.overwritten).toHaveLength(2);
    expect(target.overwritten[1]).toEqual({ table: 'public.person', rows: 1 });
  });

  it('are noticed when a TRUNCATE of the source, or a row they refer to, takes them along', async () => {
    await using target = await watched('warn', [person(), visit()]);
    await target.apply(...people(1, 2));
    await target.database.query(
      `INSERT INTO visit VALUES (1, 1), (2, 2); INSERT INTO person (id, name) VALUES (3, 'theirs')`,
    );
    await target.apply({ table: 'person', before: { id: '1' } });
    expect(target.overwritten).toEqual([{ table: 'public.visit', rows: 1 }]);
    await target.apply({ table: 'person' });
    expect(target.overwritten.slice(1)).toEqual([
      { table: 'public.person', rows: 1 },
      { table: 'public.visit', rows: 1 },
    ]);
  });

  it('are none where nothing was changed, where both made the same of a row, and where our own hand did it', async () => {
    await using target = await watched('stop', [person(), visit()]);
    await target.apply(...people(1, 30), put('visit', { id: '1', person_id: '1' }));
    await target.database.query(
      `UPDATE person SET name = name; UPDATE person SET name = 'mended', photo = '\\x00ff', seen = '2026-01-02 03:04:05+00' WHERE id = 5`,
    );
    const mended = { id: '5', name: 'mended', photo: Buffer.from([0, 255]), seen: '2026-01-02 03:04:05' };
    await target.apply(put('person', mended, { id: '5' }), { table: 'person', before: { id: '1' } });
    await target.apply({ table: 'person' });
    expect(await notes(target)).toEqual([]);
    expect(target.overwritten).toEqual([]);
  });

  it('are found by keys whose text depends on the settings of the session that wrote them', async () => {
    await using target = await watched('warn', [reading()]);
    const key = { at: '2026-01-02 03:04:05.678', device: Buffer.from([1, 255]), for_time: '-11:22:33.44' };
    await target.apply(put('reading', { ...key, value: '0.1' }));
    await target.database.query(
      `SET TimeZone = 'Asia/Tokyo'; SET bytea_output = 'escape'; SET IntervalStyle = 'iso_8601'; SET DateStyle = 'German';
       SET extra_float_digits = 0; UPDATE reading SET value = 2`,
    );
    await target.apply(put('reading', { ...key, value: '3' }, key));
    expect(target.overwritten).toEqual([{ table: 'public.reading', rows: 1 }]);
  });

  it('can be written by who has no right to the ledger, and wait for nobody', async () => {
    await using target = await watched();
    const role = `clerk_${target.runId.slice(0, 8)}`;
    await target.database.query(
      `CREATE ROLE ${role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}; GRANT USAGE ON SCHEMA public TO ${role}`,
    );
    try {
      await target.database.query(
        `SET ROLE ${role}; INSERT INTO person VALUES (1, 'theirs'); UPDATE person SET name = 'still theirs'; RESET ROLE`,
      );
      expect(await notes(target)).toMatchObject([{ key: [1], data: { name: 'still theirs' } }]);
    } finally {
      await target.database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('go unnoticed only with a word, where the user may not create triggers', async () => {
    await using target = await watched();
    const role = `guest_${target.runId.slice(0, 8)}`;
    await target.database.query(
      `CREATE ROLE ${role}; DROP TRIGGER transfuse_foreign_write ON person; GRANT ALL ON SCHEMA transfuse TO ${role};
       GRANT USAGE ON SCHEMA public TO ${role}`,
    );
    const connection = await target.connect();
    const table = { schema: 'public', table: 'person', key: ['id'] };
    try {
      expect(await findUnwatched(connection, [table])).toEqual(['public.person']);
      await connection.query(`SET ROLE ${role}`);
      expect(await watchTables(connection, [table])).toEqual([
        { table: 'public.person', why: expect.stringMatching(/privilege is missing/) },
      ]);
    } finally {
      await connection.query('RESET ROLE');
      await target.database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

describe('bin/bulk, bin/sync and others who write to the target', () => {
  const FILL = [
    'CREATE TABLE ward (id INT PRIMARY KEY, name VARCHAR(30))',
    "INSERT INTO ward VALUES (1, 'north'), (2, 'south'), (3, 'east')",
  ];

  it('are told of from the end of the load on, by policy', async () => {
    await using live = await openBulkCase({ sync: true, fill: FILL });
    await live.succeed('schema');
    await live.succeed('bulk');
    await live.targetQuery("UPDATE ward SET name = 'theirs' WHERE id <> 3");
    await live.sourceQuery("UPDATE ward SET name = 'changed' WHERE id = 1");

    const stopped = await live.run('sync', ['--json'], { FOREIGN_WRITES: 'stop' });
    expect(stopped.exitCode, stopped.stderr).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      code: 'SYNC_FOREIGN_WRITE',
      where: { tables: 'public.ward', rows: 1 },
      fix: expect.stringContaining('transfuse.foreign_writes'),
    });
    const names = async () =>
      (await live.targetQuery<{ name: string }>('SELECT name FROM ward ORDER BY id')).map(({ name }) => name);
    expect(await names()).toEqual(['theirs', 'theirs', 'east']);
    const status = await live.succeed('status');
    expect(status.stdout).toContain('public.ward: 2 rows stand that others have written');

    const synced = await live.succeed('sync', ['--json']);
    expect(JSON.parse(synced.stdout)).toMatchObject({
      result: { databases: [{ overwritten: [{ table: 'public.ward', rows: 1 }], unwatched: [] }] },
    });
    expect(synced.stderr).not.toContain('theirs');
    expect(await names()).toEqual(['changed', 'theirs', 'east']);
    const later = JSON.parse((await live.succeed('status', ['--json'])).stdout) as { result: unknown };
    expect(later.result).toMatchObject({
      databases: [{ foreignWrites: [{ table: 'public.ward', standing: 1, overwritten: 1 }], unwatched: [] }],
    });
  });

  it('are forgotten by a load that empties the table, and our own loads are no writes of others', async () => {
    await using live = await openBulkCase({ sync: true, fill: FILL });
    await live.succeed('schema');
    await live.succeed('bulk');
    await live.targetQuery("UPDATE ward SET name = 'theirs'");
    await live.succeed('bulk', ['--tables', 'ward', '--replace']);
    await live.succeed('sync');
    expect(await live.targetQuery('SELECT * FROM transfuse.foreign_writes')).toEqual([]);
    expect(await differencesBetween(live.source, live.target)).toEqual([]);
    expect(
      await live.targetQuery(
        "SELECT count(*)::int AS n FROM pg_trigger WHERE tgname LIKE 'transfuse_foreign%'",
      ),
    ).toEqual([{ n: 2 }]);
  });
});
