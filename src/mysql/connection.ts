/**
 * One connection to the source, prepared for reading. Promises: it cannot write; text is UTF-8, times are UTC, BIGINT,
 * DECIMAL and dates are text; every error is a TransfuseError without row values (invariant 9); TLS as the settings
 * say (invariant 12). Does not reconnect and does not retry. Holds the whole result of `query` in memory: rows in
 * bulk are read through `raw` instead.
 */
import mysql from 'mysql2';
import type { ConnectionOptions, SslOptions } from 'mysql2';
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { explainMissingDatabase, isDatabaseMissing } from './database-missing.ts';
import { classifySourceError, type SourceErrorContext } from './errors.ts';
import { Greeting } from './greeting.ts';
import { quoteAccount } from './identifiers.ts';
import { attachRowFramer } from './row-framer.ts';
import { parseServerVersion } from './server-version.ts';
import { sessionStatements } from './session.ts';
import type { SourceConnection } from './source-connection.ts';
import { SourceLink } from './source-link.ts';
import { sourceTlsOptions } from './tls-options.ts';
import { connectSocket } from './transport.ts';

export type { SourceConnection } from './source-connection.ts';
export type { DatabaseSettings };

const CONNECT_TIMEOUT_MS = 10_000;

interface OpenOptions {
  /** Shown to administrators in performance_schema: `bulk reader`. */
  purpose: string;
  /** Ends the opening, and later the connection; pending queries then fail with INTERRUPTED. */
  signal?: AbortSignal;
  /** A query that is not answered in this time has lost the connection. Without it, queries are waited for without end. */
  answerTimeoutMs?: number;
}

/**
 * Connects, signs in and prepares the session. Gives up after ten seconds. Throws SOURCE_UNREACHABLE, SOURCE_TLS,
 * SOURCE_ACCESS_DENIED, SOURCE_DATABASE_MISSING naming the databases there are, SOURCE_LOST once signed in, SOURCE_QUERY_FAILED
 * (too many connections: transient), INTERRUPTED.
 */
export async function openSource(
  settings: DatabaseSettings,
  options: OpenOptions,
): Promise<SourceConnection> {
  try {
    return await connect(settings, options, settings.database);
  } catch (error) {
    if (!isDatabaseMissing(error)) throw error;
    throw await explainMissing(error, settings, options);
  }
}

/** Where the databases there are cannot be asked for, the refusal as it is. */
async function explainMissing(
  refusal: TransfuseError,
  settings: DatabaseSettings,
  options: OpenOptions,
): Promise<TransfuseError> {
  try {
    const source = await connect(settings, options, null);
    try {
      return await explainMissingDatabase(refusal, settings.database, source);
    } finally {
      await source.close();
    }
  } catch {
    return refusal;
  }
}

async function connect(
  settings: DatabaseSettings,
  options: OpenOptions,
  database: string | null,
): Promise<SourceConnection> {
  const { host, port } = settings;
  const context: SourceErrorContext = { host, port, database: settings.database };
  const ssl = await sourceTlsOptions(settings.tls);
  if (options.signal?.aborted) throw new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
  const greeting = new Greeting();
  const raw = mysql.createConnection({
    ...driverOptions({ ...settings, database: database ?? '' }, ssl, options.purpose),
    stream: () => greeting.watch(connectSocket(host, port, { reuseReadBuffer: !ssl })),
  });
  // From the first packet on: it copies for the driver what the next read would overwrite.
  attachRowFramer(raw);
  const link = new SourceLink(raw, context, options);
  try {
    await link.connected().catch((error: unknown) => {
      throw greeting.explain(classifySourceError(error, context), CONNECT_TIMEOUT_MS);
    });
    const [version] = await link.query<{ version: string; comment: string; account: string }>(
      'SELECT VERSION() AS version, @@version_comment AS comment, CURRENT_USER() AS account',
    );
    link.server = parseServerVersion(version?.version ?? '', version?.comment ?? '');
    link.context = {
      ...context,
      account: quoteAccount(version?.account ?? ''),
      literalGrants: await hasPartialRevokes(link),
    };
    for (const sql of sessionStatements(link.server)) await link.query(sql);
    link.ready(options.answerTimeoutMs);
    return link;
  } catch (error) {
    link.destroy();
    throw classifySourceError(error, { ...context, doing: 'connecting' });
  }
}

/** How this program connects to a source, whatever for; to none of its databases for ''. `ssl` is what `sourceTlsOptions` gave, new for each connection. */
export function driverOptions(
  { host, port, user, password, database }: DatabaseSettings,
  ssl: SslOptions | null,
  purpose: string,
): ConnectionOptions {
  return {
    user,
    password,
    ...(database !== '' && { database }),
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
    connectAttributes: { program_name: 'transfuse', transfuse_purpose: purpose },
  };
}

/** Asked in a way that servers without the setting answer too. */
async function hasPartialRevokes(link: SourceLink): Promise<boolean> {
  if (link.server.flavor === 'mariadb') return false;
  const [row] = await link.query<{ Value: string }>(`SHOW VARIABLES LIKE 'partial_revokes'`);
  return row?.Value === 'ON';
}
