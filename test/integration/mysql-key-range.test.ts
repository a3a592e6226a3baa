import { describe, expect, test } from 'vitest';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import type { SourceTable } from '../../src/mysql/catalog-model.ts';
import type { SourceConnection } from '../../src/mysql/connection.ts';
import {
  boundOfRow,
  boundSelectList,
  estimateRows,
  integerRange,
  nextBoundQuery,
  nextBoundStatement,
  rangeableKeyColumns,
  rangePredicate,
  type KeyBound,
} from '../../src/mysql/key-range.ts';
import { createSourceDatabase, sourceFlavors, type SourceDatabase } from '../support/databases.ts';
import { connectToSource } from '../support/source-settings.ts';

interface KeyCase {
  /** Columns and key, as in CREATE TABLE. */
  definition: string;
  /** SQL literals of the key's columns. Duplicates are ignored. */
  rows: () => string[];
  only?: 'mariadb' | 'mysql';
  keyColumns?: number;
}

/** Numbers from 0 to 1, the same in each run. */
function randomNumbers(): () => number {
  let state = 20_261_122;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
const random = randomNumbers();
const below = (limit: number): number => Math.floor(random() * limit);
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

const ALPHABET = [
  'a',
  'A',
  'b',
  'B',
  'é',
  'É',
  'e',
  'ß',
  's',
  'z',
  '_',
  '%',
  ' ',
  '\t',
  '0',
  "'",
  '\\',
  'ä',
  '日',
  '😀',
];
const text = (): string => {
  const value = times(below(5), () => ALPHABET[below(ALPHABET.length)]).join('');
  return `_utf8mb4 X'${Buffer.from(value).toString('hex')}'`;
};
const bytes = (): string =>
  `X'${Buffer.from(times(below(5), () => [0, 1, 0x20, 0x61, 0xff][below(5)] ?? 0)).toString('hex')}'`;
const integers =
  (...extremes: string[]) =>
  (): string[] => [...extremes, ...times(40, () => String(below(100)))];
const pad = (number: number, digits: number): string => String(number).padStart(digits, '0');
const day = (): string => `${2000 + below(3)}-${pad(below(13), 2)}-${pad(below(32), 2)}`;
const clock = (): string =>
  `${pad(below(24), 2)}:${pad(below(60), 2)}:${pad(below(60), 2)}.${pad(below(1_000_000), 6)}`;
const texts = (): string[] => times(150, text);
const one = (type: string, rows: () => string[], only?: KeyCase['only']): KeyCase => ({
  definition: `k ${type} not null, primary key (k)`,
  rows,
  ...(only && { only }),
});

const CASES: Record<string, KeyCase> = {
  tinyint: one('tinyint', integers('-128', '127', '0')),
  'int zerofill': one('int zerofill', integers('0', '4294967295')),
  bigint: one('bigint', integers('-9223372036854775808', '9223372036854775807')),
  'bigint unsigned': one('bigint unsigned', integers('0', '9223372036854775808', '18446744073709551615')),
  decimal: one('decimal(65,30)', () => [
    `-${'9'.repeat(35)}.${'9'.repeat(30)}`,
    `${'9'.repeat(35)}.${'9'.repeat(30)}`,
    `0.${'0'.repeat(29)}1`,
    `-0.${'0'.repeat(29)}1`,
    ...times(30, () => (random() * 10 - 5).toFixed(3)),
  ]),
  'varchar utf8mb4': one('varchar(20) character set utf8mb4', texts),
  'varchar utf8mb3 binary': one('varchar(20) character set utf8mb3 collate utf8mb3_bin', texts),
  'varchar latin1': one('varchar(20) character set latin1', texts),
  'varchar ucs2': one('varchar(20) character set ucs2', texts),
  'varchar without padding': one(
    'varchar(20) character set utf8mb4 collate utf8mb4_nopad_bin',
    texts,
    'mariadb',
  ),
  'varchar utf8mb4 0900': one('varchar(20) character set utf8mb4 collate utf8mb4_0900_as_cs', texts, 'mysql'),
  'char utf8mb4': one('char(20) character set utf8mb4 collate utf8mb4_general_ci', texts),
  'char utf8mb4 0900': one('char(20) character set utf8mb4 collate utf8mb4_0900_bin', texts, 'mysql'),
  binary: one('binary(4)', () => times(60, bytes)),
  varbinary: one('varbinary(4)', () => times(60, bytes)),
  date: one('date', () => ['0000-00-00', '9999-12-31', '2001-02-31', ...times(60, day)].map((d) => `'${d}'`)),
  datetime: one('datetime(6)', () =>
    ['0000-00-00', '9999-12-31 23:59:59.999999', ...times(60, () => `${day()} ${clock()}`)].map(
      (d) => `'${d}'`,
    ),
  ),
  timestamp: one(`timestamp(3) default '2000-01-01'`, () =>
    [
      '0000-00-00',
      '1970-01-01 00:00:01',
      '2038-01-19 03:14:07.999',
      '2021-03-28 02:30:00',
      '2021-10-31 02:30:00',
    ].map((d) => `'${d}'`),
  ),
  time: one('time(6)', () =>
    [
      '-838:59:59',
      '838:59:59',
      '-00:00:00.000001',
      ...times(30, clock),
      ...times(30, () => `-${clock()}`),
    ].map((t) => `'${t}'`),
  ),
  year: one('year', () => [`'0000'`, '2155', ...times(20, () => String(1901 + below(200)))]),
  uuid: one('uuid', () => times(60, () => `'${crypto.randomUUID()}'`), 'mariadb'),
  inet6: one(
    'inet6',
    () => [`'::'`, ...times(30, () => `'2001:db8::${below(65_536).toString(16)}'`)],
    'mariadb',
  ),
  inet4: one(
    'inet4',
    () => [`'0.0.0.0'`, ...times(30, () => `'10.${below(256)}.${below(256)}.1'`)],
    'mariadb',
  ),
  'two columns': {
    definition: 'a int not null, b varchar(9) not null, primary key (a, b)',
    rows: () => times(100, () => `${below(5)}, ${text()}`),
    keyColumns: 2,
  },
  'three columns': {
    definition: 'a varchar(9) not null, b date not null, c int unsigned not null, primary key (a, b, c)',
    rows: () => times(200, () => `${text()}, '${day()}', ${below(4)}`),
    keyColumns: 3,
  },
  'a descending key': {
    definition: 'a int not null, b int not null, primary key (a desc, b desc)',
    rows: () => times(60, () => `${below(9)}, ${below(9)}`),
    keyColumns: 2,
  },
  'a key that turns': {
    definition: 'a int not null, b int not null, primary key (a, b desc)',
    rows: () => times(60, () => `${below(9)}, ${below(9)}`),
    keyColumns: 1,
  },
  'a prefix, the rest being an ENUM': {
    definition: `a int not null, b enum('x','y') not null, primary key (a, b)`,
    rows: () => times(60, () => `${below(20)}, ${1 + below(2)}`),
    keyColumns: 1,
  },
  'a unique key beside no primary key': {
    definition: 'a int, b varchar(9) not null, unique key (b), unique key (a)',
    rows: () => times(60, () => `null, ${text()}`),
    keyColumns: 1,
  },
};

describe.each(sourceFlavors())('chunks of %s', (flavor) => {
  const cases = Object.entries(CASES).filter(([, { only }]) => !only || only === flavor);

  test.each(cases)(
    '[invariant 3] every row is in exactly one chunk: %s',
    async (_, { definition, rows, keyColumns }) => {
      await using database = await createSourceDatabase(flavor);
      await using source = await connectToSource(database);
      const table = await createTable(database, source, definition, rows());
      const columns = rangeableKeyColumns(table);
      expect(columns).toHaveLength(keyColumns ?? 1);
      const select = `SELECT ${boundSelectList(columns)} FROM t`;
      const all = (await source.query<Record<string, string>>(select)).map((row) =>
        boundOfRow(row, columns).join(' '),
      );
      expect(all.length).toBeGreaterThan(4);
      for (const chunkRows of [1, 3]) {
        const found: string[] = [];
        for (const [lower, upper] of await chunksOf(source, table, chunkRows)) {
          const chunk = await source.query<Record<string, string>>(
            `${select} WHERE ${rangePredicate(columns, lower, upper)}`,
          );
          found.push(...chunk.map((row) => boundOfRow(row, columns).join(' ')));
        }
        expect(found.sort()).toEqual([...all].sort());
      }
    },
  );

  test.each([
    ['integers', 'k bigint unsigned not null', 'k', (i: number) => String(i * 7)],
    ['latin1 text', 'k varchar(20) character set latin1 not null', 'k', (i: number) => `'name ${pad(i, 5)}'`],
    [
      'utf8mb4 text',
      'k varchar(20) character set utf8mb4 not null',
      'k',
      (i: number) => `'näme ${pad(i, 5)}'`,
    ],
    ['binary', 'k varbinary(9) not null', 'k', (i: number) => `X'${pad(i, 8)}'`],
    ['decimals', 'k decimal(20,4) not null', 'k', (i: number) => `${i}.5`],
    ['times', 'k datetime(3) not null', 'k', (i: number) => `'2020-01-01' + interval ${i} minute`],
    ['two columns', 'a int not null, b int not null', 'a, b', (i: number) => `${i % 10}, ${i}`],
    [
      'two columns, the first nearly constant',
      'a int not null, b int not null',
      'a, b',
      (i: number) => `1, ${i}`,
    ],
    [
      'three columns with text',
      'a int not null, b varchar(9) character set latin1 not null, c int not null',
      'a, b, c',
      (i: number) => `${i % 4}, '${pad(i % 50, 3)}', ${i}`,
    ],
  ])('the index finds a chunk and its end: %s', async (_, columns, key, row) => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    const count = 3000;
    const values = Array.from({ length: count }, (__, i) => `${row(i)}, repeat('x', 200)`);
    const table = await createTable(
      database,
      source,
      `${columns}, filler text, primary key (${key})`,
      values,
    );
    await database.query('analyze table t');
    const keyColumns = rangeableKeyColumns(table);
    const [, [lower, upper] = [null, null]] = await chunksOf(source, table, count / 10);
    const chunk = `SELECT * FROM t WHERE ${rangePredicate(keyColumns, lower, upper)}`;
    expect(await explain(source, chunk)).toMatchObject({ type: 'range', key: 'PRIMARY' });
    expect(await estimateRows(source, chunk)).toBeLessThan(count / 3);
    const end = await explain(source, nextBoundStatement(table, keyColumns, lower, count / 10));
    expect(end).toMatchObject({ type: 'range', key: 'PRIMARY' });
    expect(end.Extra).not.toContain('filesort');
  });

  test('the range of an integer key is exact at the extremes', async () => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    const definition = 'k bigint unsigned not null, primary key (k)';
    const table = await createTable(database, source, definition, [
      '18446744073709551615',
      '9007199254740993',
    ]);
    const [column] = rangeableKeyColumns(table);
    if (!column) throw new Error('no key');
    expect(await integerRange(source, table, column)).toEqual({
      min: 9_007_199_254_740_993n,
      max: 18_446_744_073_709_551_615n,
    });
    await database.query('delete from t');
    expect(await integerRange(source, table, column)).toBeNull();
    expect(await nextBoundQuery(source, table, [column], null, 1)).toBeNull();
  });

  test.each([
    ['no key', 'a int not null'],
    ['a nullable unique key', 'a int, unique key (a)'],
    ['a prefix of a text', 'a text not null, unique key (a(10))'],
    ['a float', 'a double not null, primary key (a)'],
    ['a hashed key', 'a int not null, primary key (a)', 'MEMORY'],
  ])('a table with only %s is not divided', async (_, definition, engine = 'InnoDB') => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    await database.query(`create table t (${definition}) engine=${engine}`);
    const [table] = (await readSourceCatalog(source, database.config.database)).tables;
    if (!table) throw new Error('no table');
    expect(rangeableKeyColumns(table)).toEqual([]);
  });
});

async function createTable(
  database: SourceDatabase,
  source: SourceConnection,
  definition: string,
  rows: string[],
): Promise<SourceTable> {
  await database.query(`set sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'`);
  await database.query(`create table t (${definition}) row_format=dynamic`);
  for (let i = 0; i < rows.length; i += 500) {
    const values = rows.slice(i, i + 500).map((row) => `(${row})`);
    await database.query(`insert ignore into t values ${values.join(', ')}`);
  }
  const [table] = (await readSourceCatalog(source, database.config.database)).tables;
  if (!table) throw new Error('no table');
  return table;
}

/** Lower and upper bounds, open at both ends. */
async function chunksOf(
  source: SourceConnection,
  table: SourceTable,
  chunkRows: number,
): Promise<[KeyBound | null, KeyBound | null][]> {
  const columns = rangeableKeyColumns(table);
  const chunks: [KeyBound | null, KeyBound | null][] = [];
  for (let lower: KeyBound | null = null; ;) {
    const upper: KeyBound | null = await nextBoundQuery(source, table, columns, lower, chunkRows);
    chunks.push([lower, upper]);
    if (upper === null) return chunks;
    lower = upper;
  }
}

async function explain(
  source: SourceConnection,
  sql: string,
): Promise<{ type: string; key: string; Extra: string }> {
  const [row] = await source.query<{ type: string; key: string; Extra: string }>(
    `EXPLAIN FORMAT=TRADITIONAL ${sql}`,
  );
  if (!row) throw new Error('no plan');
  return row;
}
