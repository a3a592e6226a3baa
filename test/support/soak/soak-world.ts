/** Servers, proxies in front of them, databases, and the program's commands, which see the servers through the proxies only. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DatabaseAddress } from '../database-address.ts';
import { querySource, queryTarget, type Row } from '../database-sessions.ts';
import { commandEnvironment, startCommand, type RunningCommand } from '../run-command.ts';
import {
  startMariadb,
  startMysql,
  startPostgres,
  type MysqlFlavor,
  type MysqlServer,
  type PostgresServer,
} from '../servers/index.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts';

export interface SoakWorld extends AsyncDisposable {
  readonly flavor: MysqlFlavor;
  readonly servers: { readonly source: MysqlServer; readonly target: PostgresServer };
  readonly proxies: Readonly<Record<End, TcpProxy>>;
  /** Not through the proxies. */
  readonly source: DatabaseAddress;
  readonly target: DatabaseAddress;
  sourceQuery<Result extends Row = Row>(sql: string): Promise<Result[]>;
  targetQuery<Result extends Row = Row>(sql: string): Promise<Result[]>;
  start(
    command: string,
    args?: readonly string[],
    changes?: Readonly<Record<string, string>>,
  ): RunningCommand;
}

export type End = 'source' | 'target';

const DATABASE = 'clinic';
/** What the binlog says has happened must have happened after a kill -9, too. */
const DURABLE = ['--sync-binlog=1', '--innodb-flush-log-at-trx-commit=1', '--max-binlog-size=2M'];
/** How long the program waits for a sign of life before it takes a connection for dead. */
const PATIENCE_SECONDS = '12';

export async function openSoakWorld(flavor: MysqlFlavor): Promise<SoakWorld> {
  const undo: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    return await openIn(flavor, undo, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function openIn(
  flavor: MysqlFlavor,
  undo: (() => Promise<unknown>)[],
  dispose: () => Promise<void>,
): Promise<SoakWorld> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-soak-'));
  undo.push(() => fs.rm(directory, { recursive: true, force: true }));
  const sourceServer = await (flavor === 'mariadb' ? startMariadb : startMysql)({ extraArgs: DURABLE });
  undo.push(() => sourceServer.stop());
  const targetServer = await startPostgres();
  undo.push(() => targetServer.stop());
  const proxies = { source: await startTcpProxy(sourceServer), target: await startTcpProxy(targetServer) };
  undo.push(() => Promise.all([proxies.source.close(), proxies.target.close()]));

  const source = addressOf(sourceServer);
  const target = addressOf(targetServer);
  await querySource({ ...source, database: '' }, `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`);
  await queryTarget({ ...target, database: 'postgres' }, `CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  const environment = (changes: Readonly<Record<string, string>> = {}) =>
    commandEnvironment(
      { ...source, port: proxies.source.port },
      { ...target, port: proxies.target.port },
      {
        LOG_DIR: path.join(directory, 'logs'),
        RETRY_TIMEOUT_SECONDS: PATIENCE_SECONDS,
        CHUNK_ROWS: '100',
        ...changes,
      },
    );
  return {
    flavor,
    servers: { source: sourceServer, target: targetServer },
    proxies,
    source,
    target,
    sourceQuery: (sql) => querySource(source, sql),
    targetQuery: (sql) => queryTarget(target, sql),
    start: (command, args = [], changes = {}) =>
      startCommand(command, args, { env: environment(changes), cwd: directory }),
    [Symbol.asyncDispose]: dispose,
  };
}

function addressOf({ host, port, user, password, caFile }: MysqlServer | PostgresServer): DatabaseAddress {
  return { host, port, user, password, caFile, database: DATABASE };
}
