/**
 * A small workload for a database that nobody knows: texts of existing rows are turned around, by key. Nothing is chosen that an
 * index, a foreign key or a CHECK could have a say in, so that every statement is one that the database takes.
 */
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { Random } from '../clinic/random.ts';
import { text } from '../clinic/sql-values.ts';
import { Workload, type Script, type Transaction } from './workload.ts';

interface TurnedTable {
  /** Quoted, as are the columns. */
  table: string;
  column: string;
  /** As conditions. */
  keys: string[];
}

/** Of each table: the workload holds so much and no more. */
const ROWS = 200;
const CONNECTIONS = 2;
const INTERVAL_MS = 20;
const SEED = 0x7e47;

/** Tables that have no primary key: sync could not tell their rows apart. */
export async function tablesWithoutKey(connection: mysql.ConnectionOptions): Promise<string[]> {
  return withConnection(connection, async (query) => {
    const rows = await query(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES t
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND NOT EXISTS (
         SELECT 1 FROM information_schema.STATISTICS s
         WHERE s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME AND s.NON_UNIQUE = 0
         GROUP BY s.INDEX_NAME HAVING MAX(s.NULLABLE = 'YES') = 0)
       ORDER BY 1`,
    );
    return rows.map(({ name }) => String(name));
  });
}

/** Begins at once; null where no table has a row with a text that may be turned around. */
export async function changeAnyDatabase(
  connection: mysql.ConnectionOptions,
  signal: AbortSignal,
): Promise<{ workload: Workload; tables: number } | null> {
  const tables = await withConnection(connection, turnedTables);
  if (tables.length === 0) return null;
  // One connection has the even rows and the other the odd ones: they do not wait for each other.
  const scripts = Array.from({ length: CONNECTIONS }, (_, index) => new TurnTexts(index, tables));
  const session = `SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'`;
  const workload = await Workload.start({ connection, session, scripts, intervalMs: INTERVAL_MS, signal });
  return { workload, tables: tables.length };
}

class TurnTexts implements Script {
  readonly #random: Random;
  readonly #tables: readonly TurnedTable[];
  readonly #index: number;

  constructor(index: number, tables: readonly TurnedTable[]) {
    this.#random = new Random(SEED + index);
    this.#tables = tables;
    this.#index = index;
  }

  /** One row to five of one table; now and then taken back. */
  next(): Transaction {
    const { table, column, keys } = this.#random.pick(this.#tables);
    const own = keys.filter((_, place) => place % CONNECTIONS === this.#index);
    if (own.length === 0) return { statements: [] };
    const statements = Array.from(
      { length: this.#random.between(1, 5) },
      () => `UPDATE ${table} SET ${column} = REVERSE(${column}) WHERE ${this.#random.pick(own)}`,
    );
    return { statements, isRolledBack: this.#random.percent(2) };
  }
}

type Query = (sql: string, values?: unknown[]) => Promise<RowDataPacket[]>;

async function turnedTables(query: Query): Promise<TurnedTable[]> {
  const columns = await query(
    `SELECT TABLE_NAME AS tableName, MIN(COLUMN_NAME) AS columnName FROM information_schema.COLUMNS c
     JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
     WHERE TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND t.ENGINE = 'InnoDB' AND DATA_TYPE = 'varchar'
       AND COLUMN_KEY = '' AND EXTRA = '' AND NOT EXISTS (
         SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = c.TABLE_SCHEMA
           AND s.TABLE_NAME = c.TABLE_NAME AND s.COLUMN_NAME = c.COLUMN_NAME)
       AND NOT EXISTS (
         SELECT 1 FROM information_schema.TABLE_CONSTRAINTS k WHERE k.TABLE_SCHEMA = c.TABLE_SCHEMA
           AND k.TABLE_NAME = c.TABLE_NAME AND k.CONSTRAINT_TYPE = 'CHECK')
       AND NOT EXISTS (
         SELECT 1 FROM information_schema.TRIGGERS g WHERE g.EVENT_OBJECT_SCHEMA = c.TABLE_SCHEMA
           AND g.EVENT_OBJECT_TABLE = c.TABLE_NAME AND g.EVENT_MANIPULATION = 'UPDATE')
       AND NOT EXISTS (
         SELECT 1 FROM information_schema.COLUMNS d WHERE d.TABLE_SCHEMA = c.TABLE_SCHEMA
           AND d.TABLE_NAME = c.TABLE_NAME AND d.GENERATION_EXPRESSION <> '')
     GROUP BY TABLE_NAME ORDER BY TABLE_NAME`,
  );
  const tables: TurnedTable[] = [];
  for (const { tableName, columnName } of columns) {
    const table = quote(String(tableName));
    const keys = await readKeys(query, String(tableName));
    if (keys.length > 0) tables.push({ table, column: quote(String(columnName)), keys });
  }
  return tables;
}

/** Of the first rows, where the key is made of whole numbers: those have one form, whatever the session. */
async function readKeys(query: Query, table: string): Promise<string[]> {
  const columns = await query(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_KEY = 'PRI' ORDER BY ORDINAL_POSITION`,
    [table],
  );
  const isWhole = columns.length > 0 && columns.every(({ type }) => /int$/i.test(String(type)));
  if (!isWhole) return [];
  const names = columns.map(({ name }) => quote(String(name)));
  const cells = names.map((name) => `CAST(${name} AS CHAR)`).join(`, ',', `);
  const rows = await query(
    `SELECT CONCAT(${cells}) AS k FROM ${quote(table)} ORDER BY ${names.join(', ')} LIMIT ${ROWS}`,
  );
  return rows.map(({ k }) =>
    String(k)
      .split(',')
      .map((value, place) => `${names[place]} = ${text(value)}`)
      .join(' AND '),
  );
}

async function withConnection<Result>(
  options: mysql.ConnectionOptions,
  body: (query: Query) => Promise<Result>,
): Promise<Result> {
  const connection = await mysql.createConnection(options);
  try {
    return await body(async (sql, values) => (await connection.query<RowDataPacket[]>(sql, values))[0]);
  } finally {
    connection.destroy();
  }
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
