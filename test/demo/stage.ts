/** The servers of one demo, with the accounts and the settings that the executables use, and how all of it goes away. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { connectionSettings, driverOptions, type DatabaseAddress } from '../support/database-address.ts';
import { startStorageServer, type StorageServer } from '../support/storage/storage-server.ts';
import {
  startMariadb,
  startMysql,
  startPostgres,
  type MysqlFlavor,
  type MysqlServer,
  type PostgresServer,
} from '../support/servers/index.ts';

export interface Stage {
  source: MysqlServer;
  target: PostgresServer;
  /** A bucket, in this process. */
  storage: StorageServer;
  /** Logs, the .env file, and the legacy documents. */
  dir: string;
  /** Stops the servers. Safe to call twice. */
  stop(): Promise<void>;
}

/** An account with the privileges of the manual and no others. */
const ACCOUNT = { user: 'migration', password: 'for-the-demo-only' };
export const TARGET_DATABASE = 'patient_service';
export const CLINIC_DATABASE = 'clinic';

const REPLICATION_PRIVILEGES: Record<MysqlFlavor, string> = {
  mariadb: 'BINLOG MONITOR, REPLICATION SLAVE',
  mysql: 'REPLICATION CLIENT, REPLICATION SLAVE',
};

/** Starts the servers. Throws where one cannot be had; nothing is left running then. */
export async function openStage(flavor: MysqlFlavor): Promise<Stage> {
  const started = await Promise.allSettled([
    flavor === 'mysql' ? startMysql() : startMariadb(),
    startPostgres(),
  ] as const);
  const [source, target] = started;
  const stop = async () => {
    const running = started.flatMap((server) => (server.status === 'fulfilled' ? [server.value] : []));
    await Promise.all(running.map((server) => server.stop()));
  };
  if (source.status === 'rejected' || target.status === 'rejected') {
    await stop();
    throw source.status === 'rejected' ? source.reason : (target as PromiseRejectedResult).reason;
  }
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-demo-'));
  const storage = await startStorageServer();
  const stopAll = async () => {
    await Promise.all([stop(), storage[Symbol.asyncDispose]()]);
  };
  return { source: source.value, target: target.value, storage, dir, stop: stopAll };
}

/** How the superuser reaches the source. */
export function sourceConnection({ source }: Stage): mysql.ConnectionOptions {
  return driverOptions(source);
}

/** Makes the accounts of the migration. To be called when the source database is there. */
export async function createAccounts(stage: Stage, sourceDatabase: string): Promise<void> {
  const connection = await mysql.createConnection(sourceConnection(stage));
  const account = `'${ACCOUNT.user}'@'127.0.0.1'`;
  const database = sourceDatabase.replaceAll('`', '``').replaceAll(/[_%]/g, '\\$&');
  await connection.query('SET SESSION sql_log_bin = 0');
  await connection.query(`CREATE USER ${account} IDENTIFIED BY '${ACCOUNT.password}'`);
  await connection.query(
    `GRANT SELECT, SHOW VIEW, TRIGGER, EXECUTE, EVENT ON \`${database}\`.* TO ${account}`,
  );
  await connection.query(`GRANT ${REPLICATION_PRIVILEGES[stage.source.flavor]} ON *.* TO ${account}`);
  await connection.end();

  const client = new pg.Client({ ...driverOptions(stage.target), database: 'postgres' });
  await client.connect();
  await client.query(`CREATE ROLE ${ACCOUNT.user} LOGIN CREATEDB PASSWORD '${ACCOUNT.password}'`);
  await client.end();
}

/** The settings of the migration, as its users write them into .env. */
export function settingsFor(
  stage: Stage,
  sourceDatabase: string,
  maxRejects: number,
): Record<string, string> {
  const { source, target } = endsOf(stage, sourceDatabase);
  return {
    ...connectionSettings({ ...source, ...ACCOUNT }, { ...target, ...ACCOUNT }),
    MAX_REJECTS: String(maxRejects),
    LOG_DIR: path.join(stage.dir, 'logs'),
  };
}

/** Where its documents are, and where they are to go. */
export function documentSettings({ storage, dir }: Stage) {
  return {
    DOCUMENTS_ROOT: path.join(dir, 'documents'),
    GCS_BUCKET: storage.bucket,
    GCS_API_ENDPOINT: storage.endpoint,
  };
}

/** Writes them to a file that only its owner may read, and returns its path. */
export async function writeEnvFile(
  stage: Stage,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const file = path.join(stage.dir, '.env');
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`);
  await fs.writeFile(file, lines.join(''), { mode: 0o600 });
  return file;
}

/** Both ends for the check, as superusers: it has to see what the migration's own account might not. */
export function endsOf(
  stage: Stage,
  sourceDatabase: string,
): { source: DatabaseAddress; target: DatabaseAddress } {
  const address = (server: MysqlServer | PostgresServer, database: string): DatabaseAddress => {
    const { host, port, user, password, caFile } = server;
    return { host, port, user, password, caFile, database };
  };
  return { source: address(stage.source, sourceDatabase), target: address(stage.target, TARGET_DATABASE) };
}
