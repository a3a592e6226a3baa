/**
 * Databases of a test's own, in the servers shared by the run. Each has a fresh name, so test files may run side by
 * side. `await using` drops them at the end of the scope, also when the test fails.
 */
import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { inject } from 'vitest';
import { driverOptions, type DatabaseAddress } from './database-address.ts';
import type { ServerAddress } from './global-setup.ts';
import type { MysqlFlavor } from './servers/index.ts';

type Row = Record<string, unknown>;

export interface TestDatabase extends AsyncDisposable {
  /** How to reach it, as superuser. */
  readonly config: DatabaseAddress;
  /** One statement on one connection of the test's own, kept open between calls; the rows it returns, if any. */
  query<Result extends Row = Row>(sql: string, values?: unknown[]): Promise<Result[]>;
  /** Closes the connection and drops the database, whoever is still connected to it. Safe to call twice. */
  drop(): Promise<void>;
}

export interface SourceDatabase extends TestDatabase {
  readonly flavor: MysqlFlavor;
}

/** The kinds of source server this run has, for `describe.each`. MariaDB always; MySQL where it could be had. */
export function sourceFlavors(): MysqlFlavor[] {
  const servers = inject('sourceServers');
  return (['mariadb', 'mysql'] as const).filter((flavor) => servers[flavor] !== undefined);
}

/** In the server of the run, or in another one, for tests that change a server's own settings. */
export async function createSourceDatabase(
  flavor: MysqlFlavor,
  server: ServerAddress | undefined = inject('sourceServers')[flavor],
): Promise<SourceDatabase> {
  if (!server) throw new Error(`This run has no ${flavor} server: use describe.each(sourceFlavors())`);
  const { host, port, user, password, caFile } = server;
  const config = { host, port, user, password, caFile, database: uniqueName() };
  const connection = await mysql.createConnection({
    ...driverOptions(server),
    multipleStatements: true,
    supportBigNumbers: true,
  });
  await connection.query(`create database \`${config.database}\``);
  await connection.query(`use \`${config.database}\``);
  const drop = once(async () => {
    await connection.query(`drop database if exists \`${config.database}\``);
    await connection.end();
  });
  return {
    flavor,
    config,
    query: async <Result extends Row>(sql: string, values?: unknown[]) => {
      const [rows] = await connection.query(sql, values);
      return (Array.isArray(rows) ? rows : []) as Result[];
    },
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

export async function createTargetDatabase(): Promise<TestDatabase> {
  const server = inject('targetServer');
  const config = { ...server, database: uniqueName() };
  await asPostgresSuperuser(server, `create database "${config.database}" template template0`);
  const client = await connectToPostgres(config);
  const drop = once(async () => {
    await client.end();
    await asPostgresSuperuser(server, `drop database if exists "${config.database}" with (force)`);
  });
  return {
    config,
    query: async <Result extends Row>(sql: string, values?: unknown[]) =>
      (await client.query<Result>(sql, values)).rows,
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

async function asPostgresSuperuser(server: ServerAddress, sql: string): Promise<void> {
  const client = await connectToPostgres({ ...server, database: 'postgres' });
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function connectToPostgres(config: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client(driverOptions(config));
  client.on('error', () => {}); // the server may be killed by the test; the next query tells
  await client.connect();
  return client;
}

function uniqueName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
