/**
 * Finds the largest row of the source without reading all of it. A row can exceed a limit only in a table whose data
 * exceed it and which has a column that can; only those are measured, each within a time limit.
 */
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { TransfuseError } from '../core/errors.ts';

export interface LargestRow {
  /** null where no table can hold a row over the limit. */
  table: string | null;
  bytes: number;
  /** Tables whose measuring took too long. */
  unmeasured: string[];
}

const TIME_LIMIT_S = 10;
const LARGE_TYPES = new Set([
  'mediumtext',
  'longtext',
  'mediumblob',
  'longblob',
  'json',
  'geometry',
  'vector',
]);

/** The largest row among the tables that could hold one over `limitBytes`. Throws SOURCE_LOST and INTERRUPTED. */
export async function findLargestRow(
  source: SourceConnection,
  catalog: SourceCatalog,
  limitBytes: number,
): Promise<LargestRow> {
  const largest: LargestRow = { table: null, bytes: 0, unmeasured: [] };
  for (const table of catalog.tables) {
    const columns = largeColumns(table);
    if (columns.length === 0 || table.dataBytes <= limitBytes) continue;
    const bytes = await measure(source, catalog, table, columns);
    if (bytes === null) largest.unmeasured.push(table.name);
    else if (bytes > largest.bytes) Object.assign(largest, { table: table.name, bytes });
  }
  return largest;
}

function largeColumns(table: SourceTable): string[] {
  return table.columns.filter((column) => LARGE_TYPES.has(column.dataType)).map((column) => column.name);
}

async function measure(
  source: SourceConnection,
  { database, flavor }: SourceCatalog,
  table: SourceTable,
  columns: readonly string[],
): Promise<number | null> {
  const size = columns.map((name) => `COALESCE(LENGTH(${quoteSourceIdentifier(name)}), 0)`).join(' + ');
  const from = `${quoteSourceIdentifier(database)}.${quoteSourceIdentifier(table.name)}`;
  const sql =
    flavor === 'mariadb'
      ? `SET STATEMENT max_statement_time = ${TIME_LIMIT_S} FOR SELECT MAX(${size}) AS bytes FROM ${from}`
      : `SELECT /*+ MAX_EXECUTION_TIME(${TIME_LIMIT_S * 1000}) */ MAX(${size}) AS bytes FROM ${from}`;
  try {
    const [row] = await source.query<{ bytes: string | number | null }>(sql, { table: table.name });
    return Number(row?.bytes ?? 0);
  } catch (error) {
    if (error instanceof TransfuseError && error.code === 'SOURCE_QUERY_FAILED') return null;
    throw error;
  }
}
