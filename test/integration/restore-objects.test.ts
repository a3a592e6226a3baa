import { describe, expect, test } from 'vitest';
import { saveAndDropObjects } from '../../src/bulk/saved-objects.ts';
import { ensureLedger } from '../../src/ledger/ddl.ts';
import { restoreObjects } from '../../src/ledger/restore/restore-objects.ts';
import { startRun } from '../../src/ledger/runs.ts';
import { readObjectsAway, type RestoreScope } from '../../src/ledger/saved-objects.ts';
import { openTarget, type TargetConnection } from '../../src/postgres/connection.ts';
import { openTargetSession } from '../support/bulk-case.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { createTargetDatabase, type TestDatabase } from '../support/databases.ts';
import { until } from '../support/run-command.ts';
import { targetSettings } from '../support/target-settings.ts';

const TABLES = `
  CREATE TABLE doctor (id int PRIMARY KEY, license text, name text, CONSTRAINT license_key UNIQUE (license));
  COMMENT ON CONSTRAINT license_key ON doctor IS 'of the chamber';
  CREATE UNIQUE INDEX doctor_name ON doctor (lower(name)) WHERE name <> '';
  COMMENT ON INDEX doctor_name IS 'whatever the case';
  CREATE INDEX doctor_plain ON doctor (name);
  CREATE TABLE visit (id int PRIMARY KEY, doctor_id int REFERENCES doctor, note text);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER touched BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch();
  INSERT INTO doctor VALUES (1, 'A', 'Ann'), (2, 'B', 'Bob');
  INSERT INTO visit VALUES (1, 1, 'x')`;

interface Stage extends AsyncDisposable {
  database: TestDatabase;
  target: TargetConnection;
  runId: string;
  asBefore: string[];
  definitions(): Promise<string[]>;
  away(): Promise<string[]>;
  restore(which: RestoreScope, writersGoOn?: boolean): ReturnType<typeof restoreObjects>;
}

/** Two tables of which everything was taken away that a load takes away. */
async function openStage(): Promise<Stage> {
  const database = await createTargetDatabase();
  await database.query(TABLES);
  const settings = targetSettings(database.config, database.config.database);
  const target = await openTarget(settings, { applicationName: 'transfuse test' });
  const definitions = () => objectDefinitions({ targetQuery: (sql) => database.query(sql) });
  const asBefore = await definitions();
  await ensureLedger(target);
  const { id: runId } = await startRun(target, {
    profile: 'test',
    source: { host: 'h', port: 1, database: 'd' },
    startPosition: null,
    options: {},
    toolVersion: 'test',
  });
  await saveAndDropObjects(target, runId, {
    tables: ['doctor', 'visit'].map((table) => ({ schema: 'public', table })),
    holdsInReplay: (_, columns) => columns.includes('id'),
    keepSyncSafe: false,
  });
  const { signal } = new AbortController();
  return {
    database,
    target,
    runId,
    asBefore,
    definitions,
    away: async () =>
      (await readObjectsAway(target, runId)).map(({ kind, name }) => `${kind} ${name}`).sort(),
    restore: (which, writersGoOn = false) =>
      restoreObjects({ settings, jobs: 2, target, runId, which, writersGoOn, signal }),
    async [Symbol.asyncDispose]() {
      await target.close();
      await database.drop();
    },
  };
}

const UNSAFE = [
  'foreign-key visit_doctor_id_fkey',
  'index doctor_name',
  'index license_key',
  'key license_key',
  'trigger touched',
];

describe('[invariant 2] putting back what a load took away', () => {
  test('what a replay cannot violate first, and later the rest, as it was', async () => {
    await using stage = await openStage();
    expect((await stage.restore('sync-safe')).failures).toEqual([]);
    expect(await stage.away()).toEqual(UNSAFE);
    expect((await stage.restore('all')).restored).toBe(UNSAFE.length);
    expect(await stage.definitions()).toEqual(stage.asBefore);
  });

  test('beside writers: an index waits for those who write, and nobody waits for it', async () => {
    await using stage = await openStage();
    await stage.restore('sync-safe');
    const [slow, other] = await Promise.all([
      openTargetSession(stage.database.config),
      openTargetSession(stage.database.config),
    ]);
    try {
      await slow.query("BEGIN; INSERT INTO doctor VALUES (3, 'C', 'Cid')");
      const restoring = stage.restore('all', true);
      await until('the index to wait', async () => {
        const { rows } = await other.query(
          "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND datname = current_database()",
        );
        return rows.length > 0;
      });
      await other.query("SET lock_timeout = '2s'; INSERT INTO doctor VALUES (4, 'D', 'Dan')");
      await slow.query('COMMIT');
      expect((await restoring).failures).toEqual([]);
    } finally {
      await slow.end();
      await other.end();
    }
    expect(await stage.definitions()).toEqual(stage.asBefore);
  });

  test.each([false, true])(
    'says how many keys are double, and of which columns, but no value; tries again (beside writers: %s) [invariant 9]',
    async (writersGoOn) => {
      await using stage = await openStage();
      await stage.database.query(
        "INSERT INTO doctor VALUES (3, 'A', 'canary'), (4, NULL, 'CANARY'), (5, NULL, ''), (6, 'B', ''), (7, NULL, '')",
      );
      const { failures } = await stage.restore('all', writersGoOn);
      const why = new Map(failures.map((failure) => [`${failure.kind} ${failure.name}`, failure.why]));
      expect(why.get('index license_key')).toContain('2 such groups of rows, by (license)');
      expect(why.get('index doctor_name')).toContain('1 such groups of rows, by (lower(name))');
      expect([...why.values()].join()).not.toMatch(/canary/i);
      const { rows } = await stage.target.query('SELECT FROM pg_index WHERE NOT indisvalid');
      expect(rows).toEqual([]);
      expect(await stage.away()).toEqual(['index doctor_name', 'index license_key', 'key license_key']);

      await stage.database.query('DELETE FROM doctor WHERE id > 2');
      expect((await stage.restore('all', writersGoOn)).failures).toEqual([]);
      expect(await stage.definitions()).toEqual(stage.asBefore);
    },
  );

  test('goes on where it was killed: with an index that is there and not marked, and with the ruin of one', async () => {
    await using stage = await openStage();
    await stage.database.query(`
      CREATE UNIQUE INDEX license_key ON doctor (license);
      CREATE UNIQUE INDEX doctor_name ON doctor (lower(name)) WHERE name <> '';
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'doctor_name'::regclass`);
    expect((await stage.restore('all', true)).failures).toEqual([]);
    expect(await stage.definitions()).toEqual(stage.asBefore);
  });
});
