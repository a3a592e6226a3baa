import { TransfuseError } from '../core/errors.ts';
import type { SourceConnection } from './connection.ts';
import type { SourceErrorContext } from './errors.ts';
import { quoteSourceIdentifier, quoteSourceString } from './identifiers.ts';

/** What the readers of the catalog's parts share. */
export interface CatalogScope {
  readonly source: SourceConnection;
  /** As the server spells it. */
  readonly database: string;
  /** Rows of a query on information_schema. */
  query<Row>(sql: string): Promise<Row[]>;
  /** A condition on the column that names the database. */
  isDatabase(column: string): string;
  /** Servers differ in what their information_schema has; versions of forks cannot be trusted to tell. */
  has(table: string, column: string): boolean;
}

/** Throws SOURCE_DATABASE_MISSING when the database is not there, or not visible to the user. */
export async function openCatalogScope(source: SourceConnection, database: string): Promise<CatalogScope> {
  const context: SourceErrorContext = { database, doing: 'reading the catalog' };
  const query = <Row>(sql: string): Promise<Row[]> => source.query<Row>(sql, context);
  const schemas = await query<{ name: string; caseSensitive: number }>(
    `SELECT SCHEMA_NAME AS name, @@lower_case_table_names = 0 AS caseSensitive FROM information_schema.SCHEMATA ` +
      `WHERE SCHEMA_NAME = ${quoteSourceString(database)}`,
  );
  const schema = schemas.find(({ name }) => name === database) ?? schemas[0];
  if (!schema || (Number(schema.caseSensitive) === 1 && schema.name !== database)) {
    throw new TransfuseError(
      'SOURCE_DATABASE_MISSING',
      `The source has no database ${quoteSourceIdentifier(database)}.`,
      {
        where: { database },
      },
    );
  }
  const columns = await query<{ place: string }>(
    `SELECT CONCAT(UPPER(TABLE_NAME), '.', UPPER(COLUMN_NAME)) AS place FROM information_schema.COLUMNS ` +
      `WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME IN ` +
      `('COLUMNS', 'STATISTICS', 'CHECK_CONSTRAINTS', 'TABLE_CONSTRAINTS')`,
  );
  const known = new Set(columns.map(({ place }) => place));
  const literal = quoteSourceString(schema.name);
  return {
    source,
    database: schema.name,
    query,
    has: (table, column) => known.has(`${table}.${column}`),
    // The first half lets the server open only this database; the second tells `app` from `App`.
    isDatabase: (column) =>
      Number(schema.caseSensitive) === 1
        ? `${column} = ${literal} AND CAST(${column} AS BINARY) = CAST(${literal} AS BINARY)`
        : `${column} = ${literal}`,
  };
}

export function groupBy<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
