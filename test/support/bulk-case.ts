/**
 * A source database, a target database, and the commands between them. Every statement of the test goes over a connection
 * of its own, so that a case lives through whatever happens to the servers.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import type { DatabaseAddress } from './database-address.ts';
import {
  openSourceSession,
  openTargetSession,
  querySource,
  queryTarget,
  type Row,
} from './database-sessions.ts';
import type { ServerAddress } from './global-setup.ts';
import { commandEnvironment, startCommand, type CommandOutcome, type RunningCommand } from './run-command.ts';
import type { MysqlFlavor } from './servers/index.ts';

export { openSourceSession, openTargetSession, type Row };
export type Changes = Readonly<Record<string, string>>;

export interface BulkCase extends AsyncDisposable {
  readonly flavor: MysqlFlavor;
  readonly source: DatabaseAddress;
  readonly target: DatabaseAddress;
  /** The working directory of the commands; their logs are in `logs` below it. */
  readonly directory: string;
  sourceQuery<Result extends Row = Row>(sql: string, values?: unknown[]): Promise<Result[]>;
  targetQuery<Result extends Row = Row>(sql: string, values?: unknown[]): Promise<Result[]>;
  environment(changes?: Changes): Record<string, string>;
  start(command: string, args?: readonly string[], changes?: Changes): RunningCommand;
  run(command: string, args?: readonly string[], changes?: Changes): Promise<CommandOutcome>;
  /** Runs it and throws with its output unless it ends with exit code 0. */
  succeed(command: string, args?: readonly string[], changes?: Changes): Promise<CommandOutcome>;
  /** A new, empty target database takes the place of the old one. */
  renewTarget(): Promise<void>;
}

interface BulkCaseOptions {
  flavor?: MysqlFlavor;
  sourceServer?: ServerAddress;
  targetServer?: ServerAddress;
  /** Statements that fill the source. */
  fill?: readonly string[];
  /** Of every command. */
  changes?: Changes;
  /** Leave to sync what a load leaves to it. Without it, every bulk is given --no-sync: other tests move the binlog meanwhile. */
  sync?: boolean;
}

export async function openBulkCase(options: BulkCaseOptions = {}): Promise<BulkCase> {
  const flavor = options.flavor ?? 'mariadb';
  const sourceServer = options.sourceServer ?? inject('sourceServers')[flavor];
  if (!sourceServer) throw new Error(`This run has no ${flavor} server: use describe.each(sourceFlavors())`);
  const targetServer = options.targetServer ?? inject('targetServer');
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-case-'));
  const source = { ...sourceServer, database: uniqueName() };
  const target = { ...targetServer, database: uniqueName() };
  const asAdministrator = { ...target, database: 'postgres' };
  const dropTarget = async () => {
    const drop = () =>
      queryTarget(asAdministrator, `DROP DATABASE IF EXISTS "${target.database}" WITH (FORCE)`);
    try {
      await drop();
    } catch (error) {
      // A drop asks the server for a checkpoint, which fails now and then while others drop theirs.
      if (!String(error).includes('checkpoint request failed')) throw error;
      await drop();
    }
  };
  const createTarget = () =>
    queryTarget(asAdministrator, `CREATE DATABASE "${target.database}" TEMPLATE template0`);

  await querySource(
    { ...source, database: '' },
    `CREATE DATABASE \`${source.database}\` CHARACTER SET utf8mb4`,
  );
  await createTarget();
  if (options.fill) await runSourceStatements(source, options.fill);
  const environment = (changes: Changes = {}) =>
    commandEnvironment(source, target, {
      LOG_DIR: path.join(directory, 'logs'),
      ...options.changes,
      ...changes,
    });
  const start: BulkCase['start'] = (command, args = [], changes = {}) =>
    startCommand(command, command === 'bulk' && !options.sync ? ['--no-sync', ...args] : args, {
      env: environment(changes),
      cwd: directory,
    });
  const run: BulkCase['run'] = (command, args, changes) => start(command, args, changes).ended;
  return {
    flavor,
    source,
    target,
    directory,
    sourceQuery: (sql, values) => querySource(source, sql, values),
    targetQuery: (sql, values) => queryTarget(target, sql, values),
    environment,
    start,
    run,
    async succeed(command, args, changes) {
      const outcome = await run(command, args, changes);
      if (outcome.exitCode === 0) return outcome;
      throw new Error(
        `bin/${command} ended with ${outcome.exitCode ?? outcome.signal}:\n${outcome.stderr}${outcome.stdout}`,
      );
    },
    async renewTarget() {
      await dropTarget();
      await createTarget();
    },
    async [Symbol.asyncDispose]() {
      await fs.rm(directory, { recursive: true, force: true });
      // A case may have stopped its own servers: they took the databases with them.
      if (!options.sourceServer) {
        await querySource({ ...source, database: '' }, `DROP DATABASE IF EXISTS \`${source.database}\``);
      }
      if (!options.targetServer) await dropTarget();
    },
  };
}

/** As a legacy application would have: without strictness, so that dirty values get in. */
export async function runSourceStatements(
  address: DatabaseAddress,
  statements: readonly string[],
): Promise<void> {
  const connection = await openSourceSession(address);
  try {
    await connection.query("SET sql_mode = '', time_zone = '+00:00', foreign_key_checks = 0");
    for (const statement of statements) await connection.query(statement);
  } finally {
    connection.destroy();
  }
}

function uniqueName(): string {
  return `case_${randomBytes(6).toString('hex')}`;
}
