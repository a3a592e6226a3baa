import mysql from 'mysql2/promise';
import { runSqlFile } from '../support/sql-file.ts';

/** What the files say when they name no database of their own. */
const DEFAULT_DATABASE = 'legacy';

/** As old servers were: dates that are none, and a row numbered 0. A dump that wants it otherwise says so itself. */
const SESSION = `SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', foreign_key_checks = 0, sql_log_bin = 0`;

export interface LoadedDump {
  /** The database that was in use at the end. */
  database: string;
  /** Others that the files made, which are not migrated. */
  otherDatabases: string[];
  statements: number;
}

/** The message names the file and the server's error number; the statement, which holds data, is not quoted. */
export class DumpError extends Error {}

/** Runs SQL files on the server, one after the other on one connection, as `mysql < file` would. Throws DumpError. */
export async function loadDump(
  server: mysql.ConnectionOptions,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<LoadedDump> {
  const connection = await mysql.createConnection({ ...server, charset: 'utf8mb4' });
  try {
    await connection.query(`CREATE DATABASE ${DEFAULT_DATABASE}`);
    await connection.query(`USE ${DEFAULT_DATABASE}`);
    await connection.query(SESSION);
    let statements = 0;
    for (const file of files) statements += await loadFile(connection, file, signal);
    const [[current]] = (await connection.query('SELECT DATABASE() AS name')) as unknown as [
      [{ name: string | null }],
    ];
    const [filled] = (await connection.query(
      `SELECT DISTINCT TABLE_SCHEMA AS name FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'
       AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`,
    )) as unknown as [{ name: string }[]];
    const database = current.name ?? DEFAULT_DATABASE;
    const otherDatabases = filled.map(({ name }) => name).filter((name) => name !== database);
    return { database, otherDatabases, statements };
  } finally {
    connection.destroy();
  }
}

async function loadFile(
  connection: mysql.Connection,
  file: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  let statement = 0;
  const counted = {
    query: (sql: string) => {
      signal?.throwIfAborted();
      statement++;
      return connection.query(sql);
    },
  };
  try {
    return await runSqlFile(counted, file);
  } catch (error) {
    signal?.throwIfAborted();
    const { code = 'unknown', errno } = error as { code?: string; errno?: number };
    if (statement === 0) throw new DumpError(`${file} cannot be read (${code}).`);
    throw new DumpError(`Statement ${statement} of ${file} was refused: ${code}, error ${errno ?? '?'}.`);
  }
}
