/** Verification finds whatever differs, names it, and is silent where nothing does. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';
import { randomNumbers } from '../support/random.ts';
import { foundIn as found, mutationsAmong, verifiedTables } from '../support/verify-mutations.ts';

const ROWS = 3000;
const FILL = verifiedTables(ROWS);
const MUTATIONS = mutationsAmong(ROWS);

interface Verified {
  result: {
    differences: number;
    rowsCompared: number;
    notCompared: number;
    files: { page: string; json: string };
    databases: {
      notCompared: { mapping: string; reason: string }[];
      mappings: {
        mapping: string;
        rowsRead: number;
        rowsRejected: number;
        rowsSame: number;
        rows: { kind: string; columns: string[]; key: string }[];
      }[];
    }[];
  };
}

// What differs is in the target: each kind of source has its types and its live changes compared elsewhere.
describe.each(sourceFlavors().slice(0, 1))('verification of a load from %s', (flavor) => {
  let hospital: BulkCase;

  beforeAll(async () => {
    hospital = await openBulkCase({ flavor, fill: FILL, changes: { CHUNK_ROWS: '700' } });
    await hospital.succeed('schema');
    await hospital.succeed('bulk');
  });
  afterAll(async () => {
    await hospital[Symbol.asyncDispose]();
  });

  it('says that nothing differs, and leaves a report', { timeout: 60_000 }, async () => {
    const outcome = await hospital.succeed('verify', ['--json']);
    const { result } = JSON.parse(outcome.stdout) as Verified;
    expect(result).toMatchObject({ differences: 0, notCompared: 0, rowsCompared: ROWS + 400 + 300 });
    expect(result.databases[0]!.mappings.map(({ mapping, rowsSame }) => [mapping, rowsSame])).toEqual([
      ['blank', 0],
      ['keyless', 300],
      ['pair', 400],
      ['visits', ROWS],
    ]);
    const page = await fs.readFile(path.join(hospital.directory, result.files.page), 'utf8');
    expect(page).toContain('No difference: every row, in every column.');
    const { stdout } = await hospital.succeed('verify', ['--tables', 'pair']);
    expect(stdout).toContain('400 rows of 1 mapping compared in all columns');
  });

  it('finds every kind of difference and names row and column', { timeout: 300_000 }, async () => {
    const random = randomNumbers(7);
    for (const [name, sql, expected] of MUTATIONS) {
      const id = 1 + random(ROWS - 2);
      await hospital.targetQuery('CREATE SCHEMA kept');
      for (const table of ['visits', 'pair', 'keyless'])
        await hospital.targetQuery(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
      for (const statement of sql(id))
        await hospital.targetQuery(statement.replace(/visits|pair|keyless/g, 'public.$&'));
      const outcome = await hospital.run('verify', ['--json']);
      const differences = found(outcome).map((line) =>
        name === 'two keys swapped' ? line.split(' ').slice(0, 2).join(' ') : line,
      );
      expect([name, outcome.exitCode, differences.toSorted()]).toEqual([name, 3, expected.toSorted()]);
      for (const table of ['visits', 'pair', 'keyless']) {
        await hospital.targetQuery(`TRUNCATE public.${table}`);
        await hospital.targetQuery(`INSERT INTO public.${table} SELECT * FROM kept.${table}`);
      }
      await hospital.targetQuery('DROP SCHEMA kept CASCADE');
    }
    await hospital.succeed('verify');
  });

  it(
    'keeps the keys in the ledger, and no value anywhere else [invariant 9]',
    { timeout: 60_000 },
    async () => {
      await hospital.targetQuery("UPDATE public.pair SET c = 'Canary-value' WHERE a = 'k3' AND b = 13");
      const outcome = await hospital.run('verify', ['--json']);
      await hospital.targetQuery("UPDATE public.pair SET c = 'c13' WHERE a = 'k3' AND b = 13");
      const { result } = JSON.parse(outcome.stdout) as Verified;
      const row = result.databases[0]!.mappings.flatMap(({ rows }) => rows)[0]!;
      const kept = await hospital.targetQuery(
        'SELECT mapping, columns, row_key FROM transfuse.differences WHERE key_digest = $1',
        [row.key],
      );
      expect(kept).toEqual([{ mapping: 'pair', columns: ['c'], row_key: { a: 'k3', b: '13' } }]);
      const files = await Promise.all(
        Object.values(result.files).map((file) => fs.readFile(path.join(hospital.directory, file), 'utf8')),
      );
      for (const text of [outcome.stdout, outcome.stderr, ...files])
        expect(text).not.toMatch(/Canary|"k3"|c13/);
    },
  );

  it('counts rejects as such, and misses what was never loaded', { timeout: 60_000 }, async () => {
    await using other = await openBulkCase({
      flavor,
      fill: [
        'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10), UNIQUE KEY (a))',
        String.raw`INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'x\0y'), (4, 'd')`,
        'CREATE TABLE late (id INT PRIMARY KEY)',
      ],
      changes: { MAX_REJECTS: '10' },
    });
    await other.succeed('schema');
    await other.targetQuery("ALTER TABLE t ADD CHECK (a <> 'd')");
    await other.succeed('bulk', ['--tables', 't']);
    const outcome = await other.run('verify', ['--json']);
    expect(outcome.exitCode).toBe(4);
    const [database] = (JSON.parse(outcome.stdout) as Verified).result.databases;
    expect(database!.notCompared).toEqual([{ mapping: 'late', reason: 'it is not loaded' }]);
    expect(database!.mappings).toMatchObject([{ rowsRead: 4, rowsRejected: 2, rowsSame: 2, rows: [] }]);
    // A reject that nobody has noted.
    await other.targetQuery('DELETE FROM transfuse.rejects');
    const forgotten = await other.run('verify', ['--tables', 't', '--json']);
    expect([forgotten.exitCode, found(forgotten).toSorted()]).toEqual([3, ['t missing', 't not_rejected']]);
    await other.sourceQuery('ALTER TABLE t ADD COLUMN more INT');
    const altered = await other.run('verify', ['--tables', 't']);
    expect([altered.exitCode, altered.stdout]).toEqual([4, expect.stringContaining('altered since')]);
  });

  it('does not compare with a column that would round what is expected', { timeout: 60_000 }, async () => {
    await hospital.targetQuery('CREATE TABLE kept_visits AS TABLE public.visits');
    await hospital.targetQuery('ALTER TABLE public.visits ALTER amount TYPE numeric(12,0)');
    const narrow = await hospital.run('verify');
    await hospital.targetQuery('ALTER TABLE public.visits ALTER amount TYPE numeric(12,4)');
    const [lost, exitCode] = [await hospital.run('verify', ['--json']), narrow.exitCode];
    await hospital.targetQuery(
      'UPDATE public.visits v SET amount = k.amount FROM kept_visits k WHERE k.id = v.id',
    );
    await hospital.targetQuery('DROP TABLE kept_visits');
    expect([exitCode, narrow.stdout]).toEqual([
      4,
      expect.stringContaining('amount is numeric(12,0), the plan writes numeric(12,4)'),
    ]);
    expect(new Set(found(lost))).toEqual(new Set(['visits differs amount']));
    await hospital.succeed('verify');
  });

  it('says what it cannot do', { timeout: 60_000 }, async () => {
    await using empty = await openBulkCase({ flavor, fill: ['CREATE TABLE t (id INT PRIMARY KEY)'] });
    const nothing = await empty.run('verify');
    expect([nothing.exitCode, nothing.stderr]).toEqual([4, expect.stringContaining('VERIFY_NOT_LOADED')]);
    await fs.writeFile(path.join(empty.directory, 'a-file'), '');
    const unwritable = await empty.run('verify', ['--report', 'a-file/reports']);
    expect([unwritable.exitCode, unwritable.stderr]).toEqual([2, expect.stringContaining('--report')]);
  });
});
