import fs from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase, type Changes } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { ledgerFaults } from '../support/bulk-case-checks.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';
import type { CommandOutcome } from '../support/run-command.ts';

const CHANGES: Changes = { CHUNK_ROWS: '400', BATCH_SIZE: '60', JOBS: '3', MAX_REJECTS: '100000' };

const DIRT: readonly string[] = [
  'CREATE TABLE texts (id INT PRIMARY KEY, t TEXT, v VARCHAR(50), c CHAR(10))',
  `INSERT INTO texts VALUES (1, 'good', 'good', 'good'), (2, 'a\\0b', 'x', 'y'), (3, 'x', '\\0', 'y'),
     (6, '', '', ''), (7, NULL, NULL, NULL), (8, 'x', 'y', 'n\\0')`,

  'CREATE TABLE dates (id INT PRIMARY KEY, d DATE NULL, must DATE NOT NULL, dt DATETIME(2) NULL, ts TIMESTAMP NULL)',
  `INSERT INTO dates VALUES (1, '2020-02-29', '2020-01-01', '2020-01-01 10:00:00.25', '2020-01-01 00:00:00'),
     (2, '0000-00-00', '2020-01-01', NULL, NULL), (3, NULL, '0000-00-00', NULL, NULL), (4, '2020-00-10', '2020-01-01', NULL, NULL),
     (5, NULL, '2020-01-01', '0000-00-00 00:00:00', NULL), (6, NULL, '2020-01-01', '2020-10-00 10:00:00', NULL),
     (7, NULL, '2020-01-01', NULL, '0000-00-00 00:00:00')`,

  "CREATE TABLE kinds (id INT PRIMARY KEY, e ENUM('a','b'), b TINYINT(1))",
  "INSERT INTO kinds VALUES (1, 'a', 1), (2, 'neither', 0), (3, NULL, NULL), (4, 'b', 2), (5, 'b', -1)",

  'CREATE TABLE docs (id INT PRIMARY KEY, j JSON)',
  `INSERT INTO docs VALUES (1, '{"a": [1, 2.50, "ü"]}'), (2, '{"a": "nul \\\\u0000"}'), (3, NULL)`,

  'CREATE TABLE checked (a INT, b VARCHAR(10), n INT, PRIMARY KEY (a, b))',
  `INSERT INTO checked ${numbered("n DIV 10, CONCAT('k', n), n", 1500)}`,
  'CREATE TABLE required (id INT PRIMARY KEY, n INT NULL)',
  `INSERT INTO required ${numbered('n, CASE WHEN n % 100 = 7 THEN NULL ELSE n END', 1000)}`,
  'CREATE TABLE scattered (id INT PRIMARY KEY, t TEXT)',
  `INSERT INTO scattered ${numbered("n, CASE WHEN n % 7 = 0 THEN CONCAT(n, CHAR(0 USING utf8mb4)) ELSE CONCAT('row ', n) END", 3000)}`,
  'CREATE TABLE keyless (a INT, t TEXT)',
  "INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, 'bad\\0'), (2, 'bad\\0'), (3, NULL)",
  'ANALYZE TABLE texts, dates, kinds, docs, checked, required, scattered, keyless',
];

/** What a target may refuse that the source does not. */
const STRICT_TARGET = `
  ALTER TABLE checked ADD CONSTRAINT small CHECK (n % 250 <> 3);
  ALTER TABLE required ALTER COLUMN n SET NOT NULL`;

/**
 * Bytes that are no UTF-8 in a UTF-8 column, which both servers refuse to insert: the table takes over the file of one with
 * binary data. In the wild old versions, replication and repaired files leave such values.
 */
async function plantInvalidUtf8({ source, sourceQuery }: BulkCase): Promise<void> {
  const session = await openSourceSession(source);
  try {
    await session.query(`
      CREATE TABLE bytes (id INT PRIMARY KEY, t LONGBLOB);
      INSERT INTO bytes VALUES (1, 'good'), (2, X'61FFFE62'), (3, X'C3BC');
      CREATE TABLE mojibake (id INT PRIMARY KEY, t LONGTEXT);
      ALTER TABLE mojibake DISCARD TABLESPACE;
      FLUSH TABLES bytes FOR EXPORT`);
    const [row] = await sourceQuery<{ dir: string }>('SELECT @@datadir AS dir');
    const file = (table: string) => path.join(row!.dir, source.database, `${table}.ibd`);
    await fs.copyFile(file('bytes'), file('mojibake'));
    await session.query('UNLOCK TABLES; ALTER TABLE mojibake IMPORT TABLESPACE; DROP TABLE bytes');
  } finally {
    session.destroy();
  }
}

interface Reject {
  mapping: string;
  key: Record<string, unknown> | null;
  reason: string;
  column: string | null;
}

const numbers = (count: number, wanted: (n: number) => boolean) =>
  Array.from({ length: count }, (_, n) => n).filter(wanted);
const byId = (mapping: string, id: number, reason: string, column: string | null): Reject => ({
  mapping,
  key: { id: String(id) },
  reason,
  column,
});

const OTHER_REJECTS = [
  byId('mojibake', 2, 'invalid_utf8', 't'),
  byId('kinds', 2, 'enum_error_value', 'e'),
  byId('docs', 2, 'invalid_json', 'j'),
  ...numbers(1500, (n) => n % 250 === 3).map((n) => ({
    mapping: 'checked',
    key: { a: String(Math.floor(n / 10)), b: `k${n}` },
    reason: 'check_violation',
    column: null,
  })),
  ...numbers(1000, (n) => n % 100 === 7).map((n) => byId('required', n, 'not_null', 'n')),
];
const NUL_REJECTS = [
  byId('texts', 2, 'nul_byte', 't'),
  byId('texts', 3, 'nul_byte', 'v'),
  byId('texts', 8, 'nul_byte', 'c'),
  ...numbers(3000, (n) => n % 7 === 0).map((n) => byId('scattered', n, 'nul_byte', 't')),
  { mapping: 'keyless', key: null, reason: 'nul_byte', column: 't' },
  { mapping: 'keyless', key: null, reason: 'nul_byte', column: 't' },
];

const inOrder = (rejects: Reject[]) =>
  rejects.map(({ mapping, key, reason, column }) => JSON.stringify([mapping, key, reason, column])).sort();

describe.each(sourceFlavors())('[invariant 5] dirty data of %s', (flavor) => {
  let dirty: BulkCase;

  beforeAll(async () => {
    dirty = await openBulkCase({ flavor, fill: DIRT, changes: CHANGES });
    await plantInvalidUtf8(dirty);
  });
  beforeEach(() => dirty.renewTarget());
  afterAll(() => dirty[Symbol.asyncDispose]());

  async function load(policies: Changes = {}): Promise<CommandOutcome> {
    await dirty.succeed('schema', [], policies);
    await dirty.targetQuery(STRICT_TARGET);
    return dirty.succeed('bulk', [], policies);
  }

  async function rejects(): Promise<Reject[]> {
    return dirty.targetQuery<Reject & Record<string, unknown>>(
      `SELECT l.source_table AS mapping, row_key AS key, reason, column_name AS column
       FROM transfuse.rejects JOIN transfuse.loads l USING (run_id, mapping)`,
    );
  }

  /** Rows of a reject, by their key or, where there is none, by their being bad. */
  function isRejected(expected: Reject[]) {
    const keys = new Set(expected.map(({ mapping, key }) => JSON.stringify([mapping, key])));
    return (table: string, row: Readonly<Record<string, string | null>>) => {
      if (table === 'keyless')
        return row['t']?.includes('\0') === true && keys.has(JSON.stringify([table, null]));
      const key = table === 'checked' ? { a: row['a'], b: row['b'] } : { id: row['id'] };
      return keys.has(JSON.stringify([table, key]));
    };
  }

  test('each bad row is kept with its reason and column, and every good one is loaded', async () => {
    const expected = [...OTHER_REJECTS, ...NUL_REJECTS];
    const { stdout, stderr } = await load();
    expect(inOrder(await rejects())).toEqual(inOrder(expected));
    expect(await differencesBetween(dirty.source, dirty.target, { except: isRejected(expected) })).toEqual(
      [],
    );
    // Chunks that were begun again are counted once.
    const [, loaded] = /read = ([\d,]+) loaded/.exec(stdout)!;
    expect(stderr).toContain(` · ${loaded} rows · ${expected.length} rejected · `);
    expect(await ledgerFaults(dirty)).toEqual([]);
    const rows = await dirty.targetQuery<{ data: Record<string, unknown>; sqlstate: string | null }>(
      `SELECT row_data AS data, sqlstate FROM transfuse.rejects
       WHERE row_key IN ('{"id": "2"}', '{"a": "25", "b": "k253"}') ORDER BY mapping`,
    );
    expect(rows).toEqual([
      { data: { a: '25', b: 'k253', n: '253' }, sqlstate: '23514' },
      { data: { id: '2', j: expect.stringContaining('u0000') }, sqlstate: null },
      { data: { id: '2', e: '', b: '0' }, sqlstate: null },
      { data: { id: '2', t: { base64: 'Yf/+Yg==' } }, sqlstate: null },
      {
        data: { id: '2', t: { base64: Buffer.from('a\0b').toString('base64') }, v: 'x', c: 'y' },
        sqlstate: null,
      },
    ]);
  });

  test('NUL_POLICY=strip, ZERO_DATE_POLICY=reject and TINYINT1=boolean do what they say', async () => {
    const expected = [
      ...OTHER_REJECTS,
      byId('dates', 2, 'zero_date', 'd'),
      byId('dates', 3, 'zero_date', 'must'),
      byId('dates', 4, 'zero_date', 'd'),
      byId('dates', 5, 'zero_date', 'dt'),
      byId('dates', 6, 'zero_date', 'dt'),
      byId('dates', 7, 'zero_date', 'ts'),
      byId('kinds', 4, 'not_boolean', 'b'),
      byId('kinds', 5, 'not_boolean', 'b'),
    ];
    await load({ NUL_POLICY: 'strip', ZERO_DATE_POLICY: 'reject', TINYINT1: 'boolean' });
    expect(inOrder(await rejects())).toEqual(inOrder(expected));
    expect(await ledgerFaults(dirty)).toEqual([]);
    const except = isRejected([...expected, ...NUL_REJECTS]);
    const stripped = (table: string, row: Readonly<Record<string, string | null>>) =>
      table === 'scattered' || table === 'keyless' || except(table, row);
    const tables = ['dates', 'kinds', 'docs', 'checked', 'required', 'mojibake'];
    expect(await differencesBetween(dirty.source, dirty.target, { except: stripped, tables })).toEqual([]);
    expect(await dirty.targetQuery('SELECT t, v, c FROM texts WHERE id IN (2, 3, 8) ORDER BY id')).toEqual([
      { t: 'ab', v: 'x', c: 'y' },
      { t: 'x', v: '', c: 'y' },
      { t: 'x', v: 'y', c: 'n' },
    ]);
    const [scattered] = await dirty.targetQuery(
      'SELECT count(*)::int AS rows, count(*) FILTER (WHERE t = id::text)::int AS stripped FROM scattered',
    );
    expect(scattered).toEqual({ rows: 3000, stripped: 429 });
  });

  test('MAX_REJECTS decides between exit codes 0 and 5; everything else is loaded in both cases', async () => {
    await dirty.succeed('schema');
    const total =
      NUL_REJECTS.length + OTHER_REJECTS.filter(({ mapping }) => !/checked|required/.test(mapping)).length;
    const tooMany = await dirty.run('bulk', ['--json'], { MAX_REJECTS: String(total - 1) });
    expect(tooMany.exitCode, tooMany.stderr).toBe(5);
    expect(JSON.parse(tooMany.stdout)).toMatchObject({
      code: 'REJECTS_EXCEEDED',
      result: { databases: [{ openRejects: total }] },
    });
    expect(await ledgerFaults(dirty)).toEqual([]);
    await dirty.succeed('bulk', [], { MAX_REJECTS: String(total) });
  });

  test('--fail-fast stops at the first reject; without it the load then goes on', async () => {
    await dirty.succeed('schema');
    const stopped = await dirty.run('bulk', ['--fail-fast', '--tables', 'scattered']);
    expect(stopped.exitCode, stopped.stderr).toBe(5);
    const said = stopped.stderr.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(
      /ERROR REJECTS_EXCEEDED: .*--fail-fast asks: chunk \d+ of scattered rejected \d+ rows for nul_byte in t\./,
    );
    expect(said).toContain('then run bin/bulk --retry-rejects');
    const look = /^ *(SELECT .*;)$/m.exec(stopped.stderr)![1]!;
    expect((await dirty.targetQuery(look))[0]).toMatchObject({ reason: 'nul_byte', column_name: 't' });
    const [left] = await dirty.targetQuery(
      "SELECT count(*)::int AS chunks FROM transfuse.chunks WHERE state = 'pending'",
    );
    expect(left!['chunks']).toBeGreaterThan(0);
    await dirty.succeed('bulk');
    expect(await ledgerFaults(dirty)).toEqual([]);
  });
});

test('[invariant 5] duplicates that a unique key of the target forbids are named when it comes back, and lose nothing', async () => {
  await using twins = await openBulkCase({
    fill: [
      'CREATE TABLE twins (id INT PRIMARY KEY, n INT)',
      'INSERT INTO twins VALUES (1, 1), (2, 1), (3, 2)',
    ],
  });
  await twins.succeed('schema');
  await twins.targetQuery(
    'ALTER TABLE twins ADD CONSTRAINT only_one UNIQUE (n); CREATE INDEX fine ON twins (n)',
  );
  const outcome = await twins.run('bulk');
  expect(outcome.exitCode, outcome.stderr).toBe(3);
  expect(outcome.stderr).toMatch(/ERROR RESTORE_INCOMPLETE: .*only_one/s);
  expect(await differencesBetween(twins.source, twins.target)).toEqual([]);
  expect(await twins.targetQuery("SELECT FROM pg_indexes WHERE indexname = 'fine'")).toHaveLength(1);
  await twins.targetQuery('UPDATE twins SET n = 3 WHERE id = 2');
  await twins.succeed('bulk');
  expect(await twins.targetQuery("SELECT FROM pg_constraint WHERE conname = 'only_one'")).toHaveLength(1);
});
