/**
 * SQL for the chunks of a table: which rows lie between two keys. All of it compares in the order of the index, that
 * is in the column's own type and collation, so that every row lies in exactly one chunk and the index finds it.
 * Pure, except for the three functions that take a connection; table names are those of its current database.
 */
import type { SourceColumn, SourceTable } from './catalog-model.ts';
import type { SourceConnection } from './connection.ts';
import { quoteSourceIdentifier } from './identifiers.ts';
import { keyExpression, keyLiteral } from './key-literals.ts';
import { rangeableKey } from './rangeable-key.ts';

export { rangeableKeyColumns } from './rangeable-key.ts';

/**
 * One text for each key column, lossless and independent of the connection: hexadecimal digits of the stored bytes for
 * text and binary columns, the value's own text for numbers, times (in UTC), UUIDs and network addresses.
 */
export type KeyBound = string[];

/** SQL expressions, one for each column, that give the KeyBound of a row as texts. */
export function boundSelectList(columns: readonly SourceColumn[]): string {
  return columns.map((column, i) => `${keyExpression(column)} AS \`${i}\``).join(', ');
}

/** The KeyBound in a row selected with `boundSelectList`. */
export function boundOfRow(
  row: Readonly<Record<string, string>>,
  columns: readonly SourceColumn[],
): KeyBound {
  return columns.map((_, i) => String(row[i]));
}

/**
 * A condition for the rows with lower < key ≤ upper; null means unbounded. OR-expanded and with plain limits on the
 * leading column, since neither server makes index ranges of row comparisons such as `(a, b) > (1, 2)`.
 */
export function rangePredicate(
  columns: readonly SourceColumn[],
  lower: KeyBound | null,
  upper: KeyBound | null,
): string {
  const [column, ...rest] = columns;
  if (!column || (!lower && !upper)) return 'TRUE';
  const name = quoteSourceIdentifier(column.name);
  if (rest.length > 0 && lower && upper && lower[0] === upper[0]) {
    return `${name} = ${literalAt(columns, upper, 0)} AND ${rangePredicate(rest, lower.slice(1), upper.slice(1))}`;
  }
  const conditions = [];
  if (lower) {
    if (rest.length > 0) conditions.push(`${name} >= ${literalAt(columns, lower, 0)}`);
    conditions.push(beyond(columns, lower, '>', '>'));
  }
  if (upper) {
    if (rest.length > 0) conditions.push(`${name} <= ${literalAt(columns, upper, 0)}`);
    conditions.push(beyond(columns, upper, '<', '<='));
  }
  return conditions.join(' AND ');
}

/** `(a > 1 OR (a = 1 AND (b > 2 OR (b = 2 AND c > 3))))`, with `last` as the operator of the last column. */
function beyond(
  columns: readonly SourceColumn[],
  bound: KeyBound,
  operator: string,
  last: string,
  from = 0,
): string {
  const column = columns[from] as SourceColumn;
  const name = quoteSourceIdentifier(column.name);
  const literal = literalAt(columns, bound, from);
  if (from === columns.length - 1) return `${name} ${last} ${literal}`;
  const further = beyond(columns, bound, operator, last, from + 1);
  return `(${name} ${operator} ${literal} OR (${name} = ${literal} AND ${further}))`;
}

function literalAt(columns: readonly SourceColumn[], bound: KeyBound, at: number): string {
  const column = columns[at];
  const text = bound[at];
  if (!column || text === undefined)
    throw new RangeError('a key bound with fewer values than the key has columns');
  return keyLiteral(column, text);
}

/**
 * The key of the row that is `chunkRows` rows after `lower` (from the first row when null) in key order: the inclusive
 * end of a chunk of that size. null when fewer are left. `columns` come from `rangeableKeyColumns`. Reads the index
 * from `lower` on.
 */
export async function nextBoundQuery(
  source: SourceConnection,
  table: SourceTable,
  columns: readonly SourceColumn[],
  lower: KeyBound | null,
  chunkRows: number,
): Promise<KeyBound | null> {
  const sql = nextBoundStatement(table, columns, lower, chunkRows);
  const context = { table: table.name, doing: 'dividing a table into chunks' };
  const [row] = await source.query<Record<string, string>>(sql, context);
  return row ? boundOfRow(row, columns) : null;
}

/** The statement of `nextBoundQuery`. */
export function nextBoundStatement(
  table: SourceTable,
  columns: readonly SourceColumn[],
  lower: KeyBound | null,
  chunkRows: number,
): string {
  const names = columns.map(({ name }) => quoteSourceIdentifier(name)).join(', ');
  const index = rangeableKey(table)?.index.name;
  // Left alone, the servers may prefer a smaller index and sort.
  const hint = index === undefined ? '' : ` FORCE INDEX (${quoteSourceIdentifier(index)})`;
  return (
    `SELECT ${boundSelectList(columns)} FROM ${quoteSourceIdentifier(table.name)}${hint} ` +
    `WHERE ${rangePredicate(columns, lower, null)} ORDER BY ${names} LIMIT 1 OFFSET ${Math.max(0, chunkRows - 1)}`
  );
}

/** Smallest and largest value of an integer column; null for an empty table. Immediate where an index leads with it. */
export async function integerRange(
  source: SourceConnection,
  table: SourceTable,
  column: SourceColumn,
): Promise<{ min: bigint; max: bigint } | null> {
  const name = quoteSourceIdentifier(column.name);
  const [row] = await source.query<{ min: string | null; max: string | null }>(
    `SELECT CAST(MIN(${name}) AS CHAR) AS min, CAST(MAX(${name}) AS CHAR) AS max FROM ${quoteSourceIdentifier(table.name)}`,
    { table: table.name, doing: 'dividing a table into chunks' },
  );
  return row?.min && row.max ? { min: BigInt(row.min), max: BigInt(row.max) } : null;
}

/** How many rows the optimizer expects a statement on one table to read. May be off by an order of magnitude. */
export async function estimateRows(source: SourceConnection, sql: string): Promise<number> {
  const [row] = await source.query<{ rows: string | number | null }>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`);
  return Number(row?.rows ?? 0);
}
