/** The errors for which the operator needs to be told what to do, not only what happened. */
import { TransfuseError } from '../core/errors.ts';
import type { DriverErrorFacts } from './error-kinds.ts';
import { quoteGrantDatabase } from './identifiers.ts';

/** Names only; all of them appear in messages. */
export interface SourceErrorContext {
  host?: string;
  port?: number;
  database?: string;
  table?: string;
  /** Quoted, as a GRANT takes it; appears only in the advice, not in the message. */
  account?: string;
  /** Whether the server takes the database in a GRANT for a name and not for a pattern. */
  literalGrants?: boolean;
  /** What was being done, to follow "while": `reading table x`. */
  doing?: string;
  /** The privilege that the statement needs, when it is another than SELECT on the database. */
  privilege?: string;
}

/** ` (source error 1045, SQLSTATE 28000)`, or nothing. */
export function errorNumber({ errno, sqlState }: DriverErrorFacts): string {
  if (errno === null) return '';
  return ` (source error ${errno}${sqlState === null ? '' : `, SQLSTATE ${sqlState}`})`;
}

export function permissionError(
  facts: DriverErrorFacts,
  context: SourceErrorContext,
  at: string,
  during: string,
  where: Record<string, string | number>,
): TransfuseError {
  const fail = (message: string, fix: string): TransfuseError =>
    new TransfuseError('SOURCE_ACCESS_DENIED', `${at} ${message}${errorNumber(facts)}.`, { where, fix });
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
          : `${quoteGrantDatabase(context.database, context.literalGrants)}.*`;
      return fail(
        `does not let the user do this${during}`,
        context.account === undefined
          ? `At the source, grant ${privilege} on ${on} to the account in LEGACY_DB_USER.`
          : `At the source:\nGRANT ${privilege} ON ${on} TO ${context.account};`,
      );
    }
  }
}

/** `error` is looked at only to recognise phrases of OpenSSL. */
export function tlsError(
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
  if (/self.signed|issuer|verify|certificate (?:chain|signature)/i.test(phrase)) {
    return fail(
      'has a certificate of an authority that is not trusted',
      'Give the CA that signed it in LEGACY_DB_SSL_CA.',
    );
  }
  return fail('and this program agree on no TLS version and cipher', 'Use TLS 1.2 or newer at the source.');
}
