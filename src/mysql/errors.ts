/**
 * The one place where errors of the source are understood. Drivers quote rows and statements in their messages, so
 * nothing of their text goes on (invariant 9): the result is written here, from names and numbers.
 */
import { TransfuseError } from '../core/errors.ts';
import { driverErrorFacts, sourceErrorKind, TRANSIENT_KINDS, type DriverErrorFacts } from './error-kinds.ts';
import { quoteSourceIdentifier } from './identifiers.ts';

/** Names only; all of them appear in messages. */
export interface SourceErrorContext {
  host?: string;
  port?: number;
  database?: string;
  table?: string;
  /** Quoted, as a GRANT takes it; appears only in the advice, not in the message. */
  account?: string;
  /** What was being done, to follow "while": `reading table x`. */
  doing?: string;
  /** The privilege that the statement needs, when it is another than SELECT on the database. */
  privilege?: string;
}

/**
 * Says what an error of the driver, the network or the server means. Never throws. `transient` is set where the same
 * step may succeed later on a new connection: lost connections, server restarts, deadlocks, killed queries. An error
 * of ours passes through as it is.
 */
export function classifySourceError(error: unknown, context: SourceErrorContext): TransfuseError {
  if (error instanceof TransfuseError) return error;
  const facts = driverErrorFacts(error);
  const kind = sourceErrorKind(facts);
  const during = context.doing === undefined ? '' : ` while ${context.doing}`;
  const at = server(context);
  const where = whereOf(facts, context);
  const transient = kind !== null && TRANSIENT_KINDS.has(kind);
  switch (kind) {
    case 'unreachable':
      return new TransfuseError(
        'SOURCE_UNREACHABLE',
        `${at} cannot be reached: ${unreachableReason(facts)}.`,
        {
          where,
          transient: transient && !['ENOTFOUND', 'EACCES', 'EPERM', 'ENOENT'].includes(facts.code ?? ''),
        },
      );
    case 'lost':
      return new TransfuseError('SOURCE_LOST', `The connection to ${at} was lost${during}.`, {
        where,
        transient,
      });
    case 'busy':
      return new TransfuseError(
        'SOURCE_QUERY_FAILED',
        `${at} ${busyReason(facts)}${during}${number(facts)}.`,
        {
          where,
          transient,
          fix: 'Try again later; if it stays so, look at the load, the limits and the locks of the source server.',
        },
      );
    case 'tls':
      return tlsError(error, facts, at, where);
    case 'permission':
      return permissionError(facts, context, at, during, where);
    case 'database-missing':
      return new TransfuseError(
        'SOURCE_DATABASE_MISSING',
        `${at} has no database ${quoteSourceIdentifier(context.database ?? '?')}.`,
        { where },
      );
    case 'gone':
      return new TransfuseError(
        'SOURCE_TABLE_CHANGED',
        `${context.table === undefined ? 'A table' : `Table ${quoteSourceIdentifier(context.table)}`} of the source ` +
          `was dropped or altered: it no longer has what was asked for${during}${number(facts)}.`,
        { where },
      );
    case 'data':
      return new TransfuseError(
        'SOURCE_QUERY_FAILED',
        `${at} could not read its own data${during}${number(facts)}.`,
        {
          where,
          fix: 'Run CHECK TABLE at the source, and REPAIR TABLE or restore the table if it is damaged.',
        },
      );
    case 'fatal':
      return new TransfuseError(
        'SOURCE_QUERY_FAILED',
        `${at} refused a statement${during}${number(facts)}.`,
        { where },
      );
    case null:
      return new TransfuseError('UNEXPECTED', `An unforeseen fault in the reader of the source${during}.`, {
        where,
      });
  }
}

function server({ host, port }: SourceErrorContext): string {
  if (host === undefined) return 'The source server';
  return `The source server ${host}${port === undefined || host.startsWith('/') ? '' : `:${port}`}`;
}

function number({ errno, sqlState }: DriverErrorFacts): string {
  if (errno === null) return '';
  return ` (source error ${errno}${sqlState === null ? '' : `, SQLSTATE ${sqlState}`})`;
}

function whereOf(facts: DriverErrorFacts, context: SourceErrorContext): Record<string, string | number> {
  const { host, port, database, table } = context;
  const entries = Object.entries({ host, port, database, table, errno: facts.errno ?? undefined });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

function unreachableReason({ code }: DriverErrorFacts): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens at this port';
    case 'ETIMEDOUT':
      return 'it did not answer in time';
    case 'ENOTFOUND':
      return 'the host name is not known';
    case 'EAI_AGAIN':
      return 'the name server does not answer';
    case 'ENOENT':
      return 'there is no such socket';
    case 'EACCES':
    case 'EPERM':
      return 'this machine does not permit the connection';
    default:
      return 'there is no route to it';
  }
}

function busyReason({ errno }: DriverErrorFacts): string {
  switch (errno) {
    case 1040:
    case 1203:
    case 1226:
      return 'has no connection left to give';
    case 1205:
    case 1213:
    case 3572:
      return 'could not give a lock';
    case 1028:
    case 1317:
      return 'stopped a statement because somebody killed it';
    case 1969:
    case 3024:
      return 'stopped a statement at its time limit';
    case 3032:
      return 'is in offline mode';
    default:
      return 'is out of memory or threads';
  }
}

function permissionError(
  facts: DriverErrorFacts,
  context: SourceErrorContext,
  at: string,
  during: string,
  where: Record<string, string | number>,
): TransfuseError {
  const fail = (message: string, fix: string): TransfuseError =>
    new TransfuseError('SOURCE_ACCESS_DENIED', `${at} ${message}${number(facts)}.`, { where, fix });
  const login = 'Check LEGACY_DB_USER and LEGACY_DB_PASSWORD, and from which hosts the account may connect.';
  switch (facts.errno) {
    case null:
    case 1251:
    case 1275:
    case 1524:
      return fail(
        'asks for a way to sign in that is not supported',
        'Give the account mysql_native_password or caching_sha2_password.',
      );
    case 1045:
    case 1130:
    case 1698:
    case 1873:
    case 4166:
      return fail('refused the user, the password or this host', login);
    case 1129:
      return fail('blocks this host after too many failed connections', 'Run FLUSH HOSTS at the source.');
    case 1820:
    case 1862:
      return fail('says that the password has expired', 'Set a new password: ALTER USER … IDENTIFIED BY ….');
    case 3118:
    case 3955:
    case 4151:
      return fail('says that the account is locked', 'Unlock it: ALTER USER … ACCOUNT UNLOCK.');
    default: {
      const privilege = context.privilege ?? 'SELECT';
      const on =
        context.privilege || context.database === undefined
          ? '*.*'
          : `${quoteSourceIdentifier(context.database)}.*`;
      return fail(
        `does not let the user do this${during}`,
        `At the source: GRANT ${privilege} ON ${on} TO ${context.account ?? 'the account in LEGACY_DB_USER'};`,
      );
    }
  }
}

function tlsError(
  error: unknown,
  facts: DriverErrorFacts,
  at: string,
  where: Record<string, string | number>,
): TransfuseError {
  const fail = (message: string, fix: string, transient = false): TransfuseError =>
    new TransfuseError('SOURCE_TLS', `${at} ${message}.`, { where, fix, transient });
  if (facts.code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return fail(
      'does not offer TLS',
      'Give the server a certificate, or, only for a network you trust, set LEGACY_DB_SSL_MODE=disable.',
    );
  }
  if (facts.errno === 3159)
    return fail('accepts only TLS connections', 'Set LEGACY_DB_SSL_MODE=verify-full.');
  // The driver overwrites the code of the TLS failure, so the kind can only be recognised by OpenSSL's fixed phrases.
  const phrase = error instanceof Error ? error.message : '';
  if (/before secure TLS connection|ECONNRESET|socket hang up/i.test(phrase)) {
    return fail('closed the connection during the TLS handshake', 'See the log of the source server.', true);
  }
  if (/altname|does not match/i.test(phrase)) {
    return fail(
      'has a certificate for another host name',
      'Connect by the name in the certificate, or set LEGACY_DB_SSL_MODE=verify-ca.',
    );
  }
  if (/expired|not yet valid/i.test(phrase)) {
    return fail('has a certificate that is out of date', 'Renew the certificate, or check the clocks.');
  }
  if (/self.signed|issuer|verify|certificate chain/i.test(phrase)) {
    return fail(
      'has a certificate of an authority that is not trusted',
      'Give the CA that signed it in LEGACY_DB_SSL_CA.',
    );
  }
  return fail('and this program agree on no TLS version and cipher', 'Use TLS 1.2 or newer at the source.');
}
