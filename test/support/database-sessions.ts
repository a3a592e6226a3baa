/** Connections of a test's own to both ends, and single statements over a connection each, which live through whatever happens to the servers. */
import mysql from 'mysql2/promise';
import pg from 'pg';
import { driverOptions, type DatabaseAddress } from './database-address.ts';

export type Row = Record<string, unknown>;

export async function openSourceSession(address: DatabaseAddress): Promise<mysql.Connection> {
  const connection = await mysql.createConnection({
    ...driverOptions(address),
    charset: 'utf8mb4_bin',
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  connection.on('error', () => {}); // the test may kill the server
  return connection;
}

export async function openTargetSession(address: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client(driverOptions(address));
  client.on('error', () => {});
  await client.connect();
  return client;
}

export async function querySource<Result extends Row>(
  address: DatabaseAddress,
  sql: string,
  values?: unknown[],
): Promise<Result[]> {
  const connection = await openSourceSession(address);
  try {
    const [rows] = await connection.query(sql, values);
    return (Array.isArray(rows) ? rows : []) as Result[];
  } finally {
    connection.destroy();
  }
}

export async function queryTarget<Result extends Row>(
  address: DatabaseAddress,
  sql: string,
  values?: unknown[],
): Promise<Result[]> {
  const client = await openTargetSession(address);
  try {
    const answer = await client.query<Result>(sql, values);
    return (Array.isArray(answer) ? (answer as pg.QueryResult<Result>[]).at(-1)! : answer).rows;
  } finally {
    await client.end();
  }
}
