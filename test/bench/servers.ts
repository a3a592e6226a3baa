/** The two servers that everything is measured on, and the programs' ways to reach them. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import {
  startMariadb,
  startMysql,
  startPostgres,
  type MysqlFlavor,
  type MysqlServer,
  type PostgresServer,
} from '../support/servers/index.ts';

/** Said in the result: no checkpoint and no autovacuum of the server's own falls into a measurement. */
export const SERVER_SETTINGS = {
  mariadb: ['--innodb-buffer-pool-size=1G'],
  mysql: ['--innodb-buffer-pool-size=1G'],
  postgres: [
    '-c',
    'shared_buffers=512MB',
    '-c',
    'max_wal_size=16GB',
    '-c',
    'checkpoint_timeout=1h',
    '-c',
    'autovacuum=off',
    '-c',
    'track_commit_timestamp=on',
  ],
};

export interface BenchServers extends AsyncDisposable {
  readonly source: MysqlServer;
  readonly target: PostgresServer;
  /** For files of the bench and of the servers, both of which may read it. Goes with the target. */
  readonly directory: string;
  /** One connection to the source. */
  readonly sourceAdmin: mysql.Connection;
  /** Runs one statement in a database of the target. */
  queryTarget<Row extends pg.QueryResultRow>(database: string, sql: string): Promise<Row[]>;
  /** Resolves when nobody is connected to the target: the time of a connection is counted when it has ended. */
  targetIdle(): Promise<void>;
}

/** Everything is stopped and removed when the result is disposed of. */
export async function startBenchServers(flavor: MysqlFlavor = 'mariadb'): Promise<BenchServers> {
  const undo: (() => Promise<unknown>)[] = [];
  const dispose = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const target = await startPostgres({ extraArgs: SERVER_SETTINGS.postgres });
    undo.push(() => target.stop());
    const directory = path.join(target.dir, 'bench');
    await fs.mkdir(directory);
    const startSource = flavor === 'mariadb' ? startMariadb : startMysql;
    const source = await startSource({ extraArgs: SERVER_SETTINGS[flavor] });
    undo.push(() => source.stop());
    const { host, port, user, password } = source;
    const sourceAdmin = await mysql.createConnection({ host, port, user, password });
    undo.push(() => sourceAdmin.end());
    return {
      source,
      target,
      directory,
      sourceAdmin,
      queryTarget: (database, sql) => queryOnce(target, database, sql),
      targetIdle: () => waitUntilIdle(target),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function queryOnce<Row extends pg.QueryResultRow>(
  { host, port, user, password }: PostgresServer,
  database: string,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const POLL_MS = 50;

async function waitUntilIdle(target: PostgresServer): Promise<void> {
  for (;;) {
    const others = await queryOnce(
      target,
      'postgres',
      "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    await sleep(POLL_MS);
    if (others.length === 0) return;
  }
}
