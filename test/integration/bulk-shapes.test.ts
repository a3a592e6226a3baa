import { describe, expect, test } from 'vitest';
import { openBulkCase, type Row } from '../support/bulk-case.ts';
import { ledgerFaults } from '../support/bulk-case-checks.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';

const LONG = (start: string) => start.padEnd(64, 'x');

const SHAPES: readonly string[] = [
  'CREATE TABLE nothing (id INT PRIMARY KEY, t TEXT)',
  'CREATE TABLE keyless (a INT, b VARCHAR(10))',
  "INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (NULL, NULL), (2, '')",
  'CREATE TABLE unique_only (a INT NOT NULL, b VARCHAR(10), UNIQUE KEY (a))',
  "INSERT INTO unique_only VALUES (3, 'x'), (1, NULL)",
  'CREATE TABLE `select` (`from` INT PRIMARY KEY, `where` VARCHAR(10), `user` INT, `order` DATE, `xmin` INT, KEY `table` (`where`))',
  "INSERT INTO `select` VALUES (1, 'group', 2, '2020-01-01', 3)",
  'CREATE TABLE `Mixed_Case` (`Id` INT PRIMARY KEY, `CamelCase` VARCHAR(10), `with space` INT, `quo"te` INT, `dollar$` INT, `ümlaut` INT)',
  "INSERT INTO `Mixed_Case` VALUES (1, 'Aa', 2, 3, 4, 5)",
  `CREATE TABLE \`${LONG('long_table_')}\` (id INT PRIMARY KEY, \`${LONG('long_column_')}\` INT, KEY \`${LONG('long_index_')}\` (\`${LONG('long_column_')}\`))`,
  `INSERT INTO \`${LONG('long_table_')}\` VALUES (1, 2)`,
  'CREATE TABLE one_column (id INT PRIMARY KEY)',
  'INSERT INTO one_column VALUES (-2147483648), (2147483647)',
  'CREATE TABLE text_key (k VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german1_ci PRIMARY KEY)',
  "INSERT INTO text_key VALUES ('ä'), ('Z'), ('b'), (''), ('a b')",
];

describe.each(sourceFlavors())('from %s', (flavor) => {
  test('empty tables, tables without a key, reserved words, mixed case and names of 64 characters arrive', async () => {
    await using shapes = await openBulkCase({ flavor, fill: SHAPES });
    await shapes.succeed('schema');
    const { stderr } = await shapes.succeed('bulk');
    expect(stderr).toContain('keyless has no primary or unique key');
    const [long] = await shapes.targetQuery<Row & { name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'long_table%'",
    );
    expect(Buffer.byteLength(long!.name)).toBeLessThan(64);
    const targetName = (table: string) => (table.startsWith('long_table') ? long!.name : table.toLowerCase());
    expect(await differencesBetween(shapes.source, shapes.target, { targetName })).toEqual([]);
    expect(await ledgerFaults(shapes)).toEqual([]);
    const indexes = await shapes.targetQuery(
      "SELECT FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)",
    );
    expect(indexes).toHaveLength(9);
  });
});

test('IDENTIFIER_CASE=keep loads into names as they are', async () => {
  await using shapes = await openBulkCase({ fill: SHAPES, changes: { IDENTIFIER_CASE: 'keep' } });
  await shapes.succeed('schema');
  await shapes.succeed('bulk', ['--tables', 'Mixed_Case,select']);
  expect(await shapes.targetQuery('SELECT "Id", "CamelCase" FROM "Mixed_Case"')).toEqual([
    { Id: 1, CamelCase: 'Aa' },
  ]);
  expect(await shapes.targetQuery('SELECT "from", "where" FROM "select"')).toEqual([
    { from: 1, where: 'group' },
  ]);
  expect(await ledgerFaults(shapes)).toEqual([]);
});

const TABLES = 2000;

test(`${TABLES} tables arrive in reasonable time`, async () => {
  const fill = Array.from({ length: TABLES / 50 }, (_, group) =>
    Array.from({ length: 50 }, (_, at) => {
      const name = `t${group * 50 + at}`;
      return `CREATE TABLE ${name} (id INT PRIMARY KEY, n INT, KEY n (n)) ENGINE=MyISAM; INSERT INTO ${name} VALUES (1, ${at}), (2, ${group})`;
    }).join(';'),
  );
  await using many = await openBulkCase({ fill });
  await many.succeed('schema');
  const { elapsedMs, stdout } = await many.succeed('bulk', ['--json']);
  expect(
    (JSON.parse(stdout) as { result: { databases: { mappings: unknown[] }[] } }).result.databases[0]!
      .mappings,
  ).toHaveLength(TABLES);
  const [ledger] = await many.targetQuery(
    "SELECT count(*)::int AS complete, (SELECT sum(rows_loaded)::int FROM transfuse.chunks) AS rows FROM transfuse.loads WHERE state = 'complete'",
  );
  expect(ledger).toEqual({ complete: TABLES, rows: 2 * TABLES });
  const [indexes] = await many.targetQuery(
    "SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'public'",
  );
  expect(indexes).toEqual({ n: 2 * TABLES });
  expect(elapsedMs).toBeLessThan(90_000);
}, 300_000);
