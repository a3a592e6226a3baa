/**
 * Compares a source database with its mirror in the target, value by value, by means of its own: both sides are read as text
 * through their drivers, and each type's text is brought into one form here. Shares nothing with the program's codecs.
 */
import { createHash } from 'node:crypto';
import mysql from 'mysql2/promise';
import type pg from 'pg';
import { openSourceSession, openTargetSession } from './database-sessions.ts';
import { canonicalValues, type ComparedColumn } from './compare-databases-values.ts';
import type { DatabaseAddress } from './database-address.ts';

export interface CompareOptions {
  /** Rows that are not expected in the target: column names and canonical values of the source. */
  except?: (table: string, row: Readonly<Record<string, string | null>>) => boolean;
  /** Of the target, for a source table. Default: lower case. */
  targetName?: (table: string) => string;
  /** Default: all of the source. */
  tables?: readonly string[];
}

const MAX_SHOWN = 3;

/** What differs, in words; empty where source and target hold the same rows. Tables without a key are compared as multisets, like all others. */
export async function differencesBetween(
  source: DatabaseAddress,
  target: DatabaseAddress,
  options: CompareOptions = {},
): Promise<string[]> {
  const from = await openSourceSession(source);
  const to = await openTargetSession(target);
  try {
    await from.query("SET time_zone = '+00:00', sql_mode = ''");
    await to.query(
      "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET extra_float_digits = 3",
    );
    const differences: string[] = [];
    for (const [table, columns] of await columnsOf(from, source.database)) {
      if (options.tables && !options.tables.includes(table)) continue;
      const wanted = await sourceRows(from, table, columns, options);
      const found = await targetRows(to, options.targetName?.(table) ?? table.toLowerCase(), columns);
      differences.push(...describeDifference(table, wanted, found));
    }
    return differences;
  } finally {
    from.destroy();
    await to.end();
  }
}

async function columnsOf(from: mysql.Connection, database: string): Promise<Map<string, ComparedColumn[]>> {
  const [rows] = await from.query<mysql.RowDataPacket[]>(
    `SELECT c.table_name AS t, c.column_name AS name, c.data_type AS type, c.column_type AS whole
     FROM information_schema.columns c JOIN information_schema.tables USING (table_schema, table_name)
     WHERE c.table_schema = ? AND table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`,
    [database],
  );
  const tables = new Map<string, ComparedColumn[]>();
  for (const row of rows) {
    const columns = tables.get(row['t'] as string) ?? [];
    tables.set(row['t'] as string, columns);
    columns.push({
      name: row['name'],
      dataType: String(row['type']).toLowerCase(),
      columnType: String(row['whole']),
    });
  }
  return tables;
}

async function sourceRows(
  from: mysql.Connection,
  table: string,
  columns: ComparedColumn[],
  { except }: CompareOptions,
): Promise<string[]> {
  const names = columns.map(({ name, dataType }) => {
    const quoted = mysql.escapeId(name, true);
    // As text a FLOAT comes rounded to six digits.
    return dataType === 'float' ? `CAST(${quoted} AS DOUBLE)` : quoted;
  });
  const [rows] = await from.query({
    sql: `SELECT ${names.join(', ')} FROM ${mysql.escapeId(table, true)}`,
    rowsAsArray: true,
    typeCast: (field: { buffer(): Buffer | null }) => field.buffer(),
  } as never);
  const result: string[] = [];
  for (const row of rows as unknown as (Buffer | null)[][]) {
    const values = row.map((value, at) =>
      value === null ? null : canonicalValues.source(columns[at]!, value),
    );
    if (except?.(table, Object.fromEntries(columns.map(({ name }, at) => [name, values[at]!])))) continue;
    result.push(rowText(values));
  }
  return result;
}

/** Columns correspond by position: what they are called over there is the program's choice. Further ones are the target's own. */
async function targetRows(to: pg.Client, table: string, columns: ComparedColumn[]): Promise<string[]> {
  const { rows } = await to.query<(string | null)[]>({
    text: `SELECT * FROM "${table.replaceAll('"', '""')}"`,
    rowMode: 'array',
    types: { getTypeParser: () => String },
  });
  return rows.map((row) =>
    rowText(
      columns.map((column, at) => (row[at] === null ? null : canonicalValues.target(column, row[at]!))),
    ),
  );
}

function rowText(values: (string | null)[]): string {
  return JSON.stringify(
    values.map((value) =>
      value !== null && value.length > 1000
        ? `sha256 ${createHash('sha256').update(value).digest('hex')}`
        : value,
    ),
  );
}

function describeDifference(table: string, wanted: string[], found: string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of wanted) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of found) counts.set(row, (counts.get(row) ?? 0) - 1);
  const rows = [...counts].flatMap(([row, count]) =>
    Array.from({ length: Math.abs(count) }, () => [row, count] as const),
  );
  const missing = rows.filter(([, count]) => count > 0).map(([row]) => row);
  const extra = rows.filter(([, count]) => count < 0).map(([row]) => row);
  return [
    ...(missing.length > 0
      ? [`${table}: ${missing.length} rows are missing, such as ${shown(missing)}`]
      : []),
    ...(extra.length > 0 ? [`${table}: ${extra.length} rows are too many, such as ${shown(extra)}`] : []),
  ];
}

function shown(rows: string[]): string {
  return rows
    .slice(0, MAX_SHOWN)
    .map((row) => row.slice(0, 400))
    .join(' ');
}
