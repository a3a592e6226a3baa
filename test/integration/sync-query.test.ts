/** Rows that are selected from several tables: loaded, and made anew when a change of any of them touches them. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';
import { randomNumbers } from '../support/random.ts';
import { until } from '../support/run-command.ts';

const PROFILE = ['--profile', path.resolve('dist/test/support/ward/ward.js')];
const FILL = [
  'CREATE TABLE wards (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
  'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, ward INT NULL, hidden TINYINT NOT NULL DEFAULT 0)',
  'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, person INT NOT NULL, note VARCHAR(50) NULL, KEY person (person))',
  "INSERT INTO wards VALUES (1, 'north'), (2, 'south ')",
  "INSERT INTO people VALUES (1, 'Ann', 1, 0), (2, ' Bo', 2, 0), (3, 'Cy', 9, 0), (4, 'Di', NULL, 1)",
  "INSERT INTO notes (person, note) VALUES (1, 'first'), (1, 'second'), (2, NULL), (99, 'nobody''s')",
];

const people = (live: BulkCase) => live.targetQuery('SELECT * FROM ward.person ORDER BY id');
/** What a load of the source as it is now gives. */
const EXPECTED = `SELECT t.id, TRIM(t.name) AS name, w.id AS ward_id, w.name AS ward_name,
  (SELECT n.note FROM notes n WHERE n.person = t.id ORDER BY n.id DESC LIMIT 1) AS last_note,
  CAST((SELECT COUNT(*) FROM notes n WHERE n.person = t.id) AS CHAR) AS notes
  FROM people t LEFT JOIN wards w ON w.id = t.ward WHERE t.hidden = 0 ORDER BY t.id`;

async function loaded(flavor: BulkCase['flavor']): Promise<BulkCase> {
  const live = await openBulkCase({ flavor, sync: true, fill: FILL });
  await live.succeed('schema', PROFILE);
  await live.succeed('bulk', PROFILE);
  return live;
}

const touchedLeft = async (live: BulkCase) =>
  (await live.targetQuery('SELECT count(*)::int AS n FROM transfuse.touched_rows'))[0]!['n'];

/** What a repair does: the row is to be made anew, whatever the log says. */
const note = (live: BulkCase, mapping: string, id: number) =>
  live.targetQuery(
    `INSERT INTO transfuse.touched_rows SELECT id, '${mapping}', -1, '["${id}"]', sha256('["${id}"]'), 0 FROM transfuse.runs
     ON CONFLICT DO NOTHING`,
  );

describe.each(sourceFlavors())('a query over tables of %s', (flavor) => {
  it('is loaded with what other tables have beside its rows, and filtered by it', async () => {
    await using live = await loaded(flavor);
    expect(await people(live)).toEqual([
      { id: 1, name: 'Ann', ward_id: 1, ward_name: 'north', last_note: 'second', notes: '2' },
      { id: 2, name: 'Bo', ward_id: 2, ward_name: 'south ', last_note: null, notes: '1' },
      { id: 3, name: 'Cy', ward_id: null, ward_name: null, last_note: null, notes: '0' },
    ]);
    expect(
      await live.targetQuery(
        'SELECT sum(rows_read)::int AS read, sum(rows_filtered)::int AS filtered FROM transfuse.chunks',
      ),
    ).toEqual([{ read: 6, filtered: 1 }]);
  });

  it('has its rows made anew by a change of any table that it reads, and of those that a row has left [invariants 1, 4]', async () => {
    await using live = await loaded(flavor);
    const change = async (sql: string) => {
      await live.sourceQuery(sql);
      await live.succeed('sync', PROFILE);
      expect(await people(live), sql).toEqual(await live.sourceQuery(EXPECTED));
      expect(await touchedLeft(live), sql).toBe(0);
    };
    await change("INSERT INTO notes (person, note) VALUES (3, 'new')");
    await change('UPDATE notes SET person = 2 WHERE person = 1');
    await change("UPDATE wards SET name = 'far south' WHERE id = 2");
    await change('UPDATE people SET ward = 2, hidden = 0');
    await change('UPDATE people SET id = 40 WHERE id = 4');
    await change('DELETE FROM notes WHERE person = 2');
    await change('UPDATE people SET hidden = 1 WHERE id = 1');
    await change('DELETE FROM people WHERE id = 2');
    await change("INSERT INTO wards VALUES (9, 'new wing'); UPDATE people SET ward = 9");
    await change("REPLACE INTO people VALUES (1, 'Ann again', 9, 0)");
  });

  it('takes its row away before what the row refers to goes [invariant 4]', async () => {
    await using live = await loaded(flavor);
    await live.succeed('sync', PROFILE);
    await live.sourceQuery('DELETE FROM people WHERE ward = 2; DELETE FROM wards WHERE id = 2');
    await live.succeed('sync', PROFILE);
    expect(await people(live)).toEqual(await live.sourceQuery(EXPECTED));
  });

  it('ends as a load would give it, whatever changes meanwhile and however often sync is killed [invariants 1, 4]', async () => {
    await using live = await loaded(flavor);
    const any = randomNumbers(7);
    const statements = [
      () => `INSERT INTO notes (person, note) VALUES (${any(12)}, 'n${any(99)}')`,
      () => `UPDATE notes SET person = ${any(12)} WHERE person = ${any(12)}`,
      () => `DELETE FROM notes WHERE person = ${any(12)} LIMIT 2`,
      () => `REPLACE INTO wards VALUES (${any(5)}, 'w${any(99)}')`,
      () => `REPLACE INTO people VALUES (${any(12)}, 'p${any(99)}', ${any(5)}, ${any(3) === 0 ? 1 : 0})`,
      () => `UPDATE people SET ward = ${any(5)} WHERE id = ${any(12)}`,
      () => `DELETE FROM people WHERE id = ${any(12)}`,
    ];
    const session = await openSourceSession(live.source);
    for (let round = 0; round < 4; round++) {
      const sync = live.start('sync', ['--continuous', ...PROFILE]);
      for (let i = 0; i < 60; i++) {
        await session.query(statements[any(statements.length)]!());
        if (i % 4 === 0) await note(live, 'wards', any(5));
      }
      await until('something to be applied', async () => {
        const rows = await live.targetQuery('SELECT 1 FROM transfuse.checkpoints WHERE commits > 0');
        return rows.length > 0;
      });
      sync.kill('SIGKILL');
      await sync.ended;
    }
    session.destroy();
    await until(
      'the killed session to be gone',
      async () => (await live.run('sync', PROFILE)).exitCode === 0,
    );
    expect(await people(live)).toEqual(await live.sourceQuery(EXPECTED));
    expect(await live.targetQuery('SELECT * FROM ward.ward ORDER BY id')).toEqual(
      await live.sourceQuery('SELECT id, TRIM(name) AS name FROM wards ORDER BY id'),
    );
    expect(await touchedLeft(live)).toBe(0);
    expect(
      await live.targetQuery(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'ward'::regnamespace AND convalidated",
      ),
    ).toHaveLength(1);
  });

  it.runIf(flavor === 'mariadb')(
    'has a row that was refused for another one tried again once that one has gone, and keeps one reject of it until then [invariant 5]',
    async () => {
      await using live = await loaded(flavor);
      await live.targetQuery('ALTER TABLE ward.person ADD CONSTRAINT one_name UNIQUE (name)');
      await live.sourceQuery("INSERT INTO people VALUES (5, 'Ann', 1, 0)");
      const rejects = () =>
        live.targetQuery("SELECT id, row_key->>'id' AS row, reason, resolution FROM transfuse.rejects");
      await live.run('sync', PROFILE);
      const [first] = await rejects();
      expect(first).toMatchObject({ row: '5', reason: 'unique_violation', resolution: null });
      await live.sourceQuery("INSERT INTO people VALUES (6, 'Flo', 1, 0)");
      await live.run('sync', PROFILE);
      await live.run('sync', PROFILE);
      expect(await rejects()).toEqual([first]);
      await live.sourceQuery("UPDATE people SET name = 'Anna' WHERE id = 1");
      await live.succeed('sync', PROFILE);
      expect(await people(live)).toEqual(await live.sourceQuery(EXPECTED));
      expect(await rejects()).toEqual([{ ...first, resolution: 'superseded' }]);
    },
  );

  it('is made anew where somebody has noted its key, and so is a row that comes by the log, while sync runs [invariant 4]', async () => {
    await using live = await loaded(flavor);
    const sync = live.start('sync', ['--continuous', ...PROFILE]);
    await until(
      'sync to run',
      async () => (await live.targetQuery('SELECT FROM transfuse.checkpoints')).length > 0,
    );
    await live.targetQuery("UPDATE ward.person SET name = 'X' WHERE id < 3");
    await live.targetQuery(
      "UPDATE ward.ward SET name = 'Y'; DELETE FROM ward.person WHERE id = 3; INSERT INTO ward.ward VALUES (8, 'Z')",
    );
    for (const id of [1, 2, 3]) await note(live, 'people', id);
    for (const id of [1, 2, 8]) await note(live, 'wards', id);
    await until('the notes to be gone', async () => (await touchedLeft(live)) === 0);
    expect(await people(live)).toEqual(await live.sourceQuery(EXPECTED));
    expect(await live.targetQuery('SELECT * FROM ward.ward ORDER BY id')).toEqual(
      await live.sourceQuery('SELECT id, TRIM(name) AS name FROM wards ORDER BY id'),
    );
    sync.kill('SIGTERM');
    await sync.ended;
  });

  it('stops before a change of a table that it reads by columns which are no more, and passes what changes none [invariant 6]', async () => {
    await using live = await loaded(flavor);
    await live.succeed('sync', PROFILE);
    await live.sourceQuery('CREATE INDEX by_note ON notes (note)');
    await live.sourceQuery('ALTER TABLE notes ADD COLUMN more INT');
    await live.sourceQuery("INSERT INTO notes VALUES (77, 3, 'with more', 5)");
    await live.succeed('sync', PROFILE);
    expect(await people(live)).toEqual(await live.sourceQuery(EXPECTED));
    await live.sourceQuery('ALTER TABLE notes DROP COLUMN note');
    const stopped = await live.run('sync', ['--json', ...PROFILE]);
    expect(stopped.exitCode, stopped.stderr).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({ code: 'CDC_SCHEMA_CHANGED' });
  });
});
