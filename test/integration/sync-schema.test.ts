import { describe, expect, it, vi } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { sourceFlavors } from '../support/databases.ts';
import { until, type CommandOutcome } from '../support/run-command.ts';

// A dozen commands each, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const TABLES = [
  'CREATE TABLE patients (id INT PRIMARY KEY, mrn VARCHAR(20) NOT NULL UNIQUE, old_code VARCHAR(10), name VARCHAR(40) CHARACTER SET latin1)',
  `CREATE TABLE visits (id INT PRIMARY KEY, patient_id INT, room VARCHAR(9),
     CONSTRAINT of_patient FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE)`,
  'CREATE TABLE notes (id INT PRIMARY KEY, code VARCHAR(20) NOT NULL UNIQUE, old_text TEXT, text TEXT)',
  "INSERT INTO patients VALUES (1, 'm1', 'o1', 'Müller'), (2, 'm2', 'o2', NULL), (3, 'm3', 'o3', 'x')",
  "INSERT INTO visits VALUES (10, 1, 'a'), (20, 2, 'b'), (30, 3, 'c'), (31, 3, 'd')",
  "INSERT INTO notes VALUES (1, 'a', 'old', 'one'), (2, 'b', 'old', 'two'), (3, 'c', 'old', 'three')",
];

interface Failure {
  code: string;
  message: string;
  fix: string;
  where: { file: string; offset: number };
}

async function loaded(flavor: 'mariadb' | 'mysql', fill: readonly string[] = TABLES): Promise<BulkCase> {
  const clinic = await openBulkCase({ flavor, sync: true, fill, changes: { CHUNK_ROWS: '2', JOBS: '1' } });
  await clinic.succeed('schema');
  await clinic.succeed('bulk');
  return clinic;
}

async function change(clinic: BulkCase, ...statements: string[]): Promise<void> {
  for (const statement of statements) await clinic.sourceQuery(statement);
}

/** Of a command that must fail so. */
function failureOf(outcome: CommandOutcome, code: string): Failure {
  expect(outcome.exitCode, outcome.stderr).not.toBe(0);
  const failure = JSON.parse(outcome.stdout) as Failure;
  expect(failure.code, failure.message).toBe(code);
  return failure;
}

async function stopped(clinic: BulkCase, args: string[] = []): Promise<Failure> {
  return failureOf(await clinic.run('sync', ['--json', ...args]), 'CDC_SCHEMA_CHANGED');
}

/** Runs the statements that bin/schema prints, as the operator would. */
async function mendTarget(clinic: BulkCase): Promise<void> {
  const { stdout } = await clinic.run('schema', ['--json']);
  const { result } = JSON.parse(stdout) as { result: { schemas: { differences: { mend: string[] }[] }[] } };
  for (const { mend } of result.schemas[0]!.differences)
    for (const sql of mend) await clinic.targetQuery(sql);
}

/** What is killed may hold the target's lock a moment longer. */
async function unlocked(clinic: BulkCase, command: string, args: string[] = []): Promise<CommandOutcome> {
  return until('the killed session to be gone from the target', async () => {
    const outcome = await clinic.run(command, args);
    return outcome.exitCode === 6 ? false : outcome;
  });
}

describe.each(sourceFlavors())('%s: a table that was altered at the source', (flavor) => {
  it('is loaded again, and sync goes on behind it: nothing that its rows hold is replayed, what they lack is [invariants 2, 6]', async () => {
    await using clinic = await loaded(flavor);
    // Where other tests moved the server on, bulk has left objects away.
    await clinic.succeed('sync');
    const before = (await objectDefinitions(clinic)).filter((line) => !line.startsWith('column'));
    await change(
      clinic,
      "INSERT INTO notes VALUES (4, 'd', 'old', 'four')",
      'TRUNCATE TABLE notes',
      "INSERT INTO notes VALUES (5, 'a', 'old', 'five'), (6, 'b', 'old', 'six'), (7, 'c', 'x', 'seven')",
      'ALTER TABLE notes DROP COLUMN old_text, MODIFY text VARCHAR(100)',
      "UPDATE notes SET code = 'z' WHERE id = 5",
      "UPDATE notes SET code = 'a' WHERE id = 6",
      "INSERT INTO visits VALUES (11, 1, 'new')",
    );
    const stop = await stopped(clinic);
    expect(stop.fix).toContain('bin/bulk --tables notes --replace');
    expect(stop.fix).not.toContain('--accept-schema');
    expect(failureOf(await clinic.run('sync', ['--json']), 'CDC_SCHEMA_CHANGED').where).toEqual(stop.where);
    await mendTarget(clinic);
    await change(clinic, "UPDATE notes SET text = 'changed meanwhile' WHERE id = 7");
    const killed = await clinic.run('bulk', ['--tables', 'notes', '--replace'], {
      TRANSFUSE_FAILPOINTS: 'bulk.after-chunk-commit=kill',
    });
    expect(killed.signal).toBe('SIGKILL');
    failureOf(await unlocked(clinic, 'sync', ['--json']), 'SYNC_NOT_LOADED');
    await change(clinic, "INSERT INTO notes VALUES (8, 'h', 'eight')", 'DELETE FROM notes WHERE id = 7');
    await clinic.succeed('bulk', ['--tables', 'notes']);
    await change(clinic, "UPDATE notes SET code = 'b' WHERE id = 5", 'DELETE FROM visits WHERE id = 10');
    await clinic.succeed('sync');
    expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
    expect((await objectDefinitions(clinic)).filter((line) => !line.startsWith('column'))).toEqual(before);
  });

  it.runIf(flavor === 'mariadb')(
    'may be loaded again at any time, a child of foreign keys too: what they did before is not done twice',
    async () => {
      await using clinic = await loaded(flavor);
      await change(
        clinic,
        'DELETE FROM patients WHERE id = 3',
        "INSERT INTO patients VALUES (3, 'm3', 'again', 'y')",
        "INSERT INTO visits VALUES (32, 3, 'again')",
      );
      await clinic.succeed('bulk', ['--tables', 'visits', '--replace']);
      await change(clinic, 'DELETE FROM patients WHERE id = 2');
      await clinic.succeed('sync');
      expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
      await change(clinic, 'DELETE FROM patients WHERE id = 1');
      const parent = await clinic.run('bulk', ['--json', '--tables', 'patients', '--replace']);
      if (flavor === 'mariadb') {
        expect(failureOf(parent, 'RELOAD_TOGETHER').fix).toBe('bin/bulk --tables patients,visits --replace');
        await clinic.succeed('bulk', ['--tables', 'patients,visits', '--replace']);
      } else expect(parent.exitCode, parent.stderr).toBe(0);
      await clinic.succeed('sync');
      expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
    },
  );

  it('gets its added columns in order with the sync, with the values that its rows got there [invariants 1, 4, 6]', async () => {
    await using clinic = await loaded(flavor);
    await change(
      clinic,
      "INSERT INTO notes VALUES (4, 'd', 'old', 'four')",
      "ALTER TABLE notes ADD COLUMN score INT NOT NULL DEFAULT 5, ADD grade DECIMAL(8,3) DEFAULT '-1.5'",
      "INSERT INTO notes (id, code, score) VALUES (9, 'i', 77)",
      `ALTER TABLE notes ADD (kind ENUM('a','b') NOT NULL, seen DATETIME(3) DEFAULT '2020-02-03 04:05:06.5', flags SET('x','y') DEFAULT 'x,y'),
         ADD KEY (score)`,
      "UPDATE notes SET kind = 'b', seen = NULL WHERE id = 1",
      "ALTER TABLE notes ADD label VARCHAR(30) CHARACTER SET latin1 NOT NULL DEFAULT 'it''s \\\\ x', ADD raw VARBINARY(8) DEFAULT x'00ff', ADD bits BIT(9) DEFAULT b'101', ADD gone TIME(1) NULL, ADD real_one DOUBLE NOT NULL DEFAULT 1.25, ADD born DATE NULL DEFAULT '1970-01-02'",
      "INSERT INTO notes (id, code, label, gone) VALUES (10, 'j', 'ä', '-01:02:03.4')",
      'ALTER TABLE visits ADD nurse BIGINT UNSIGNED DEFAULT 18446744073709551615 AFTER id, ADD first_one TINYINT(1) DEFAULT TRUE FIRST',
      "INSERT INTO visits (id, patient_id, room, nurse) VALUES (40, 2, 'z', 12)",
    );
    for (const name of ['sync.before-change-commit', 'sync.after-change-commit']) {
      const killed = await unlocked(clinic, 'status').then(() =>
        until('a sync that dies at the commit', async () => {
          const outcome = await clinic.run('sync', [], { TRANSFUSE_FAILPOINTS: `${name}=kill@1` });
          return outcome.exitCode === 6 ? false : outcome;
        }),
      );
      expect(killed.signal, killed.stderr).toBe('SIGKILL');
    }
    const outcome = await unlocked(clinic, 'sync');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(await differencesBetween(clinic.source, clinic.target, { tables: ['notes', 'patients'] })).toEqual(
      [],
    );
    expect(await clinic.targetQuery('SELECT id, nurse::text, first_one FROM visits ORDER BY id')).toEqual([
      ...[10, 20, 30, 31].map((id) => ({ id, nurse: '18446744073709551615', first_one: 1 })),
      { id: 40, nurse: '12', first_one: 1 },
    ]);
    await clinic.succeed('schema');
  });

  it.runIf(flavor === 'mariadb')(
    'stops where its rows got values that the statement does not tell, and goes on from there once it is loaded again',
    async () => {
      await using clinic = await loaded(flavor);
      await change(
        clinic,
        'ALTER TABLE notes ADD at DATETIME DEFAULT CURRENT_TIMESTAMP',
        "INSERT INTO notes (id, code) VALUES (9, 'i')",
      );
      const stop = await stopped(clinic);
      expect(stop.message).toContain('column at');
      const place = `${stop.where.file}:${stop.where.offset}`;
      expect((await stopped(clinic, ['--accept-schema', place])).message).toContain('cannot be let pass');
      await mendTarget(clinic);
      await clinic.succeed('bulk', ['--tables', 'notes', '--replace']);
      await clinic.succeed('sync');
      expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
    },
  );

  it.runIf(flavor === 'mariadb')(
    'passes a statement that the operator accepts by its place, keeps a record of it, and stops at the next one [invariant 6]',
    async () => {
      await using clinic = await loaded(flavor);
      await change(clinic, 'DROP TABLE visits', "INSERT INTO notes (id, code) VALUES (9, 'i')");
      const stop = await stopped(clinic);
      const place = `${stop.where.file}:${stop.where.offset}`;
      expect(stop.fix).toContain(`bin/sync --accept-schema ${place}`);
      await change(clinic, 'CREATE TABLE visits (id INT PRIMARY KEY)');
      expect(
        (await stopped(clinic, ['--accept-schema', `${stop.where.file}:999999999999999`])).where,
      ).toEqual(stop.where);
      const next = await stopped(clinic, ['--accept-schema', place]);
      expect(next.message).toContain('CREATE TABLE');
      expect(next.where).not.toEqual(stop.where);
      expect(await clinic.targetQuery('SELECT statement, tables FROM transfuse.accepted_statements')).toEqual(
        [{ statement: 'drop-table', tables: ['visits'] }],
      );
      expect(await clinic.targetQuery('SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 4 }]);
      failureOf(await clinic.run('sync', ['--json', '--accept-schema', place]), 'USAGE');
    },
  );

  it('stops at the swap of an online alteration, passes it where the operator accepts it, and reads no row of other columns [invariant 6]', async () => {
    await using clinic = await loaded(flavor, [
      ...TABLES,
      // Both servers hide columns of their own in tables such as these.
      flavor === 'mysql'
        ? 'CREATE TABLE hidden (id INT PRIMARY KEY, v VARCHAR(9), u VARCHAR(9) INVISIBLE, KEY f ((upper(v))))'
        : 'CREATE TABLE hidden (id INT PRIMARY KEY, v TEXT, u VARCHAR(9) INVISIBLE, UNIQUE KEY (v)) WITH SYSTEM VERSIONING',
    ]);
    const swap = (copy: string, old: string) => [
      `INSERT INTO ${copy} (id, code, old_text, text) SELECT id, code, old_text, text FROM notes`,
      `RENAME TABLE notes TO ${old}, ${copy} TO notes`,
    ];
    await change(
      clinic,
      "INSERT INTO hidden (id, v, u) VALUES (1, 'a', 'b')",
      "UPDATE hidden SET v = 'c'",
      'CREATE TABLE _notes_new LIKE notes',
      'ALTER TABLE _notes_new ADD KEY by_text (text(9))',
      ...swap('_notes_new', '_notes_old'),
      "UPDATE notes SET text = 'behind the swap' WHERE id = 1",
      'DROP TABLE _notes_old',
    );
    const stop = await stopped(clinic);
    expect(stop.message).toContain('pt-online-schema-change');
    await clinic.succeed('sync', ['--accept-schema', `${stop.where.file}:${stop.where.offset}`]);
    expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
    await change(
      clinic,
      'CREATE TABLE _notes_new LIKE notes',
      'ALTER TABLE _notes_new ADD extra INT DEFAULT 3',
      ...swap('_notes_new', '_notes_old'),
      'DELETE FROM notes WHERE id = 1',
    );
    const second = await stopped(clinic);
    expect(second.message).toContain('pt-online-schema-change');
    const place = `${second.where.file}:${second.where.offset}`;
    const { fix } = failureOf(
      await clinic.run('sync', ['--json', '--accept-schema', place]),
      'CDC_TABLE_CHANGED',
    );
    expect(fix).toContain('bin/bulk --tables notes --replace');
    await mendTarget(clinic);
    await clinic.succeed('bulk', ['--tables', 'notes', '--replace']);
    await clinic.succeed('sync');
    expect(await differencesBetween(clinic.source, clinic.target, { tables: ['notes', 'hidden'] })).toEqual(
      [],
    );
  });

  it('follows the copy that gh-ost fills, and takes its columns and rows over when it takes the place [invariants 4, 6]', async () => {
    await using clinic = await loaded(flavor);
    await change(
      clinic,
      'CREATE TABLE _notes_gho LIKE notes',
      'ALTER TABLE _notes_gho ADD extra INT NOT NULL DEFAULT 3 AFTER id, ADD stamp INT',
    );
    await clinic.succeed('sync');
    await change(
      clinic,
      'INSERT INTO _notes_gho (id, code, old_text, text, stamp) SELECT id, code, old_text, text, id * 7 FROM notes WHERE id < 3',
      "INSERT INTO notes VALUES (4, 'd', 'old', 'four')",
      'DELETE FROM notes WHERE id = 1',
      'UPDATE _notes_gho SET stamp = 100 WHERE id = 2',
      'INSERT IGNORE INTO _notes_gho (id, code, old_text, text) SELECT id, code, old_text, text FROM notes',
      'DELETE FROM _notes_gho WHERE id = 1',
      'RENAME TABLE notes TO _notes_del, _notes_gho TO notes',
      "INSERT INTO notes VALUES (9, 8, 'z', 'o', 't', 7)",
      'DROP TABLE _notes_del',
    );
    const killed = await clinic.run('sync', [], { TRANSFUSE_FAILPOINTS: 'sync.before-change-commit=kill' });
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    const outcome = await unlocked(clinic, 'sync');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const rows = 'SELECT id, extra, code, old_text, text, stamp FROM notes ORDER BY id';
    expect(await clinic.targetQuery(rows)).toEqual(
      (await clinic.sourceQuery(rows)).map((row) => ({ ...row })),
    );
    // One that is given up is forgotten, and so is one that is altered beyond what can be followed.
    await change(
      clinic,
      'CREATE TABLE _notes_gho LIKE notes',
      'INSERT INTO _notes_gho SELECT * FROM notes',
      'DROP TABLE _notes_gho',
      'CREATE TABLE _notes_gho LIKE notes',
      'ALTER TABLE _notes_gho DROP COLUMN stamp',
      'RENAME TABLE notes TO _notes_del, _notes_gho TO notes',
    );
    expect((await stopped(clinic)).message).toContain('gh-ost');
    expect(await clinic.targetQuery("SELECT to_regclass('_notes_gho') AS copy")).toEqual([{ copy: null }]);
    await clinic.succeed('status');
  });

  it.runIf(flavor === 'mariadb')(
    'stops before a key or a foreign key goes that its rows are found or changed by, and passes what changes neither',
    async () => {
      await using clinic = await loaded(flavor);
      await change(
        clinic,
        'CREATE TABLE IF NOT EXISTS notes (id INT)',
        "ALTER TABLE notes ALTER COLUMN text DROP DEFAULT, COMMENT = 'x', ADD KEY by_code (code)",
        'CREATE OR REPLACE VIEW v AS SELECT 1',
        'ALTER TABLE visits DROP FOREIGN KEY of_patient',
        'DELETE FROM patients WHERE id = 3',
      );
      const stop = await stopped(clinic);
      expect(stop.message).toContain('A foreign key is gone');
      expect(await clinic.targetQuery('SELECT count(*)::int AS n FROM visits')).toEqual([{ n: 4 }]);
    },
  );
});
