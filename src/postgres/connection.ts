/**
 * A session on the target. Promises: TLS as configured, UTC and ISO formats, an empty search_path, and errors that are
 * classified and carry no row. Does not promise to reconnect: a lost session stays lost, and its owner decides.
 */
import pg from 'pg';
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { classifyTargetError } from './errors.ts';
import { tlsOptionsFor } from './tls.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Until the session is ready for use. */
const OPEN_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** How long DDL waits for a table that others use before it gives up; without it, it would block their queries too. */
const LOCK_TIMEOUT_MS = 30_000;

const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  // The catalog prints interval defaults in this style: it must be the one the plan is written in.
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  lock_timeout: `${LOCK_TIMEOUT_MS}ms`,
  standard_conforming_strings: 'on',
  search_path: '',
  // A client that went away without a word is noticed in minutes, not in hours: it may hold the writer's lock.
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '15',
  tcp_keepalives_count: '6',
};

/**
 * Otherwise an index under way when we are killed is built to its end, for hours perhaps, and the writer's lock is held until
 * then. PostgreSQL 13 does not have the setting, nor do some platforms.
 */
const NOTICE_A_LOST_CLIENT =
  "SELECT pg_catalog.set_config(name, '5s', false) FROM pg_catalog.pg_settings " +
  "WHERE name = 'client_connection_check_interval' AND current_setting('server_version_num')::integer >= 140000";

export interface TargetConnection {
  /** For COPY streams and cursors. Its errors are raw: classify them, never pass them on. */
  readonly client: pg.Client;
  readonly isLost: boolean;
  /**
   * Runs one statement with parameters, or several without. Of several the last one's rows are returned.
   * Throws TransfuseError: TARGET_LOST, TARGET_STATEMENT_FAILED and the others that classifyTargetError gives.
   */
  query<Row = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<QueryAnswer<Row>>;
  /** Calls the listener once when the session ends without close() or destroy(); at once if it has. Returns its removal. */
  onLost(listener: () => void): () => void;
  /** Ends the session in good order; ends it the hard way when the server does not answer. Never throws. */
  close(): Promise<void>;
  /** Cuts the connection at once. The server rolls back what was open. */
  destroy(): void;
  /** Cuts a connection whose other end gives no sign of life: it counts as lost, and says so to the listeners. */
  abandon(): void;
}

export interface QueryAnswer<Row> {
  rows: Row[];
  rowCount: number;
}

export interface OpenTargetOptions {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Gives up connecting when aborted. Does not touch an open session. */
  signal?: AbortSignal;
  /** Another database of the same server. */
  database?: string;
}

/**
 * Opens a session. Throws TransfuseError: TARGET_UNREACHABLE, TARGET_ACCESS_DENIED, TARGET_DATABASE_MISSING,
 * TARGET_TLS, and INTERRUPTED when the signal is aborted.
 */
export async function openTarget(
  settings: DatabaseSettings,
  options: OpenTargetOptions,
): Promise<TargetConnection> {
  const database = options.database ?? settings.database;
  const context = {
    action: `connect to the target database ${database} at ${settings.host}:${settings.port} as ${settings.user}`,
    where: { host: settings.host, port: settings.port, database },
    connecting: true,
  };
  throwIfAborted(options.signal);
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database,
    ssl: tlsOptionsFor(settings.tls, settings.host),
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  const connection = new ClientConnection(client);
  const onAbort = (): void => connection.destroy();
  // The driver's own limit ends when the server has let us in; it may fall silent just then.
  const deadline = setTimeout(() => connection.abandon(), OPEN_TIMEOUT_MS);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    await client.query(sessionSql());
    throwIfAborted(options.signal);
    return connection;
  } catch (error) {
    connection.destroy();
    throwIfAborted(options.signal);
    throw classifyTargetError(error, context);
  } finally {
    clearTimeout(deadline);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function sessionSql(): string {
  const settings = Object.entries(SESSION_SETTINGS);
  const set = settings
    .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', false)`)
    .join(', ');
  return `SELECT ${set}; ${NOTICE_A_LOST_CLIENT}`;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TransfuseError('INTERRUPTED', 'Stopped while connecting to the target.');
}

class ClientConnection implements TargetConnection {
  readonly client: pg.Client;
  private lost = false;
  private ended = false;
  private readonly listeners = new Set<() => void>();

  constructor(client: pg.Client) {
    this.client = client;
    // The driver emits `error` besides rejecting; without a listener the process would die of it.
    client.on('error', () => this.markLost());
    client.on('end', () => this.markLost());
  }

  get isLost(): boolean {
    return this.lost;
  }

  async query<Row>(sql: string, params?: readonly unknown[]): Promise<QueryAnswer<Row>> {
    try {
      const answer = await this.client.query(sql, params === undefined ? undefined : [...params]);
      const last = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryResult | undefined;
      return { rows: (last?.rows ?? []) as Row[], rowCount: last?.rowCount ?? 0 };
    } catch (error) {
      if (this.lost || this.ended) {
        throw new TransfuseError(
          'TARGET_LOST',
          'Could not run a statement: the connection to the target was lost.',
          {
            transient: true,
          },
        );
      }
      throw classifyTargetError(error, { action: 'run a statement on the target' });
    }
  }

  onLost(listener: () => void): () => void {
    if (this.lost) listener();
    else this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    if (this.lost) return this.cut();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)));
    await Promise.race([this.client.end().catch(() => undefined), timeout]);
    clearTimeout(timer);
    this.cut();
  }

  destroy(): void {
    this.ended = true;
    this.cut();
  }

  abandon(): void {
    this.markLost();
    this.cut();
  }

  private cut(): void {
    // The driver's own end() waits for the server; only the socket can be cut.
    const { connection } = this.client as unknown as { connection?: { stream?: { destroy(): void } } };
    connection?.stream?.destroy();
  }

  private markLost(): void {
    if (this.lost) return;
    if (this.ended) return;
    this.lost = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}
