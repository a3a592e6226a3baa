/** Every translated CHECK must accept and refuse, on PostgreSQL, the rows that the source accepts and refuses. */
import { describe, expect, it } from 'vitest';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import { openSource } from '../../src/mysql/connection.ts';
import { quoteIdentifier } from '../../src/postgres/identifiers.ts';
import { translateCheck, type TranslatableColumn } from '../../src/profiles/mirror/ddl/check-translation.ts';
import { normalizeSql } from '../../src/schema/normalize-sql.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';

const DDL =
  'i int, s smallint, n decimal(10,2), t varchar(20) collate utf8mb4_general_ci, b varchar(20) collate utf8mb4_bin, d date, dt datetime(3)';
const columns: TranslatableColumn[] = [
  { sourceName: 'i', name: 'i', type: 'integer', collation: null },
  { sourceName: 's', name: 's', type: 'smallint', collation: null },
  { sourceName: 'n', name: 'n', type: 'numeric(10,2)', collation: null },
  { sourceName: 't', name: 't', type: 'character varying(20)', collation: 'utf8mb4_general_ci' },
  { sourceName: 'b', name: 'b', type: 'character varying(20)', collation: 'utf8mb4_bin' },
  { sourceName: 'd', name: 'd', type: 'date', collation: null },
  { sourceName: 'dt', name: 'dt', type: 'timestamp(3) without time zone', collation: null },
];
const ROWS = [
  [1, 2, '3.50', 'abc', 'abc', '2020-01-31', '2020-01-31 10:11:12.500'],
  [-5, 0, '0.00', 'ABC  ', 'ABC', '1999-12-31', '1999-12-31 00:00:00.000'],
  [0, 32767, '-1.25', '', '', '2024-02-29', '2024-02-29 23:59:59.999'],
  [2147483647, -1, '99999.99', "it's", 'x%y', '1970-01-01', '1970-01-01 00:00:00.000'],
  [10, 10, '10.00', 'a_c', 'abc ', '2020-06-15', '2020-06-15 12:00:00.000'],
  [null, null, null, null, null, null, null],
];
const EXPRESSIONS = [
  'i > 0',
  'i <> 0 and s >= 0 or n < 0',
  'not i > 0',
  'not (i > 0 or s > 0)',
  '!(i > 0)',
  'i',
  'i and s',
  'i between -5 and 5',
  'i not between s and 5',
  'i in (1, 10, -5)',
  'i not in (1, 10)',
  'n in (0, 3.5)',
  'i <=> s',
  'i is null or s is not null',
  '(i > 0) is true',
  '(i > 0) is not false',
  'i + s > 10',
  's + 32767 > 32768',
  'i * 2 - s = 0',
  'i % 5 = 0',
  '-i < 5',
  "i > '3'",
  "t = 'abc'",
  "t <> 'ABC'",
  "t in ('abc', 'it''s')",
  "t not in ('Abc')",
  "t like 'a%'",
  "t not like 'A_c'",
  "t like 'a\\\\_c'",
  "b = 'abc'",
  "b in ('abc', 'ABC')",
  "b like 'x\\\\%y'",
  't = b',
  't <=> b',
  "d >= '2020-01-01'",
  "d between '1999-01-01' and '2020-12-31'",
  "d in ('2020-01-31', '1970-01-01')",
  "dt > '2020-01-31 10:11:12.5'",
  "dt >= '2020-01-31'",
  'dt > d',
  'year(d) = 2020',
  'month(dt) = 2 and day(dt) = 29',
  'char_length(t) = 3',
  'char_length(trim(t)) > 0',
  "lower(t) = 'abc'",
  "upper(b) = 'ABC'",
  'abs(i) < 6 and floor(n) >= -2 and ceil(n) <= 4',
  'coalesce(i, 7) = 7',
  'ifnull(s, i) > 0',
  'isnull(t)',
  'i = 1 and s = 2 or i = 0 and not s = 1',
  '1 < 2',
  'true',
];

describe.each(sourceFlavors())('CHECKs of %s', (flavor) => {
  it('mean the same in PostgreSQL for every row', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query(`CREATE TABLE t (k int, ${DDL}) CHARACTER SET utf8mb4`);
    const types = columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`);
    await target.query(`CREATE TABLE t (k int, ${types.join(', ')})`);
    for (const [k, row] of ROWS.entries()) {
      await source.query(`INSERT INTO t VALUES (${k}, ${row.map(() => '?').join(', ')})`, row);
      await target.query(`INSERT INTO t VALUES (${k}, ${row.map((_, i) => `$${i + 1}`).join(', ')})`, row);
    }
    const disagreements: string[] = [];
    for (const expression of EXPRESSIONS) {
      const translation = translateCheck(expression, columns);
      if ('reason' in translation) {
        disagreements.push(`${expression}: ${translation.reason}`);
        continue;
      }
      const theirs = await source.query<{ ok: number | null }>(
        `SELECT (${expression}) IS NOT FALSE AS ok FROM t ORDER BY k`,
      );
      const ours = await target.query<{ ok: boolean }>(
        `SELECT (${translation.sql}) IS NOT FALSE AS ok FROM t ORDER BY k`,
      );
      const [wanted, got] = [theirs.map((row) => Number(row.ok)), ours.map((row) => Number(row.ok))];
      if (wanted.join() !== got.join())
        disagreements.push(`${expression} | ${translation.sql}: ${wanted.join()} ${got.join()}`);
    }
    expect(disagreements).toEqual([]);
  });

  it('are known again when the server prints them in its own way, as its own catalog spells them', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    const types = columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`);
    await target.query(`CREATE TABLE t (${types.join(', ')})`);
    const kept = EXPRESSIONS.filter((expression) => !/^(i|1 < 2|true)$/.test(expression));
    const checks = kept.map((expression, i) => `CONSTRAINT c${i} CHECK (${expression})`);
    await source.query(`CREATE TABLE t (${DDL}, ${checks.join(', ')}) CHARACTER SET utf8mb4`);
    const { host, port, user, password, database, caFile } = source.config;
    const tls = { mode: 'verify-full', caFile, certFile: null, keyFile: null } as const;
    const connection = await openSource({ host, port, user, password, database, tls }, { purpose: 'test' });
    const catalog = await readSourceCatalog(connection, database);
    await connection.close();
    const [table] = catalog.tables;
    expect(table!.checks.length).toBe(kept.length);
    for (const check of table!.checks) {
      const translation = translateCheck(check.expression, columns);
      expect(translation, check.expression).toHaveProperty('sql');
      const definition = `CHECK (${(translation as { sql: string }).sql})`;
      await target.query(`ALTER TABLE t ADD CONSTRAINT ${check.name} ${definition}`);
      const [printed] = await target.query<{ text: string }>(
        `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = '${check.name}'`,
      );
      expect(normalizeSql(printed!.text)).toBe(normalizeSql(definition));
    }
  });
});
