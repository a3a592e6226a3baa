/**
 * One connection to the source, prepared for reading. Promises: it cannot write; text is UTF-8, times are UTC, BIGINT,
 * DECIMAL and dates are text; every error is a TransfuseError without row values (invariant 9); TLS as the settings
 * say (invariant 12). Does not reconnect and does not retry. Holds the whole result of `query` in memory: rows in
 * bulk are read through `raw` instead.
 */
import mysql from 'mysql2';
import type { Connection } from 'mysql2';
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { classifySourceError, type SourceErrorContext } from './errors.ts';
import { quoteAccount } from './identifiers.ts';
import { parseServerVersion, type SourceServer } from './server-version.ts';
import { sessionStatements } from './session.ts';
import { SourceLink } from './source-link.ts';
import { sourceTlsOptions } from './tls-options.ts';
import { connectSocket } from './transport.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface SourceConnection {
  /** The driver's connection, for reading rows without parsing them. Whoever uses it classifies its errors. */
  readonly raw: Connection;
  readonly server: SourceServer;
  /** CONNECTION_ID() at the server. */
  readonly threadId: number;
  /** True once the connection broke by itself. `close` and `destroy` do not count. */
  readonly isLost: boolean;
  /** Names of host, port, database and account for messages. */
  readonly context: SourceErrorContext;
  /** The rows as objects. `sql` goes as it is: names and values in it come from identifiers.ts. */
  query<Row>(sql: string, context?: SourceErrorContext): Promise<Row[]>;
  /** Calls back once when the connection breaks, at once if it already has. Returns how to stop listening. */
  onLost(listener: (error: TransfuseError) => void): () => void;
  /** Says goodbye after the running statement; gives up after two seconds. Safe to call twice. */
  close(): Promise<void>;
  /** Ends the connection in the middle of whatever it does; pending queries are rejected. */
  destroy(): void;
}

interface OpenOptions {
  /** Shown to administrators in performance_schema: `bulk reader`. */
  purpose: string;
  /** Ends the opening, and later the connection; pending queries then fail with INTERRUPTED. */
  signal?: AbortSignal;
}

/**
 * Connects, signs in and prepares the session. Gives up after ten seconds. Throws SOURCE_UNREACHABLE, SOURCE_TLS,
 * SOURCE_ACCESS_DENIED, SOURCE_DATABASE_MISSING, SOURCE_LOST, SOURCE_QUERY_FAILED (too many connections: transient),
 * INTERRUPTED.
 */
export async function openSource(
  settings: DatabaseSettings,
  options: OpenOptions,
): Promise<SourceConnection> {
  const { host, port, user, password, database } = settings;
  const context: SourceErrorContext = { host, port, database };
  const ssl = await sourceTlsOptions(settings.tls);
  if (options.signal?.aborted) throw new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
  const raw = mysql.createConnection({
    user,
    password,
    database,
    // The host is still needed: the driver verifies the certificate for it.
    host,
    stream: () => connectSocket(host, port),
    ...(ssl && { ssl }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4_general_ci',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    timezone: 'Z',
    // A hostile server could otherwise ask for a local file.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'transfuse', transfuse_purpose: options.purpose },
  });
  const link = new SourceLink(raw, context, options.signal);
  try {
    await link.connected();
    const [version] = await link.query<{ version: string; comment: string; account: string }>(
      'SELECT VERSION() AS version, @@version_comment AS comment, CURRENT_USER() AS account',
    );
    link.server = parseServerVersion(version?.version ?? '', version?.comment ?? '');
    link.context = { ...context, account: quoteAccount(version?.account ?? '') };
    for (const sql of sessionStatements(link.server)) await link.query(sql);
    return link;
  } catch (error) {
    link.destroy();
    throw classifySourceError(error, { ...context, doing: 'connecting' });
  }
}
