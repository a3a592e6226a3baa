/**
 * The one place where errors of the source are understood. Drivers quote rows and statements in their messages, so
 * nothing of their text goes on (invariant 9): the result is written here, from names and numbers.
 */
import { TransfuseError } from '../core/errors.ts';
import { driverErrorFacts, sourceErrorKind, TRANSIENT_KINDS, type DriverErrorFacts } from './error-kinds.ts';
import { errorNumber, permissionError, tlsError, type SourceErrorContext } from './error-advice.ts';
import { quoteSourceIdentifier } from './identifiers.ts';

export type { SourceErrorContext } from './error-advice.ts';

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
      return new TransfuseError(
        'SOURCE_LOST',
        `The connection to ${at.replace(/^The/, 'the')} was lost${during}.`,
        {
          where,
          transient,
        },
      );
    case 'busy':
      return new TransfuseError(
        'SOURCE_QUERY_FAILED',
        `${at} ${busyReason(facts)}${during}${errorNumber(facts)}.`,
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
          `was dropped or altered: it no longer has what was asked for${during}${errorNumber(facts)}.`,
        { where },
      );
    case 'data':
      return new TransfuseError(
        'SOURCE_QUERY_FAILED',
        `${at} could not read its own data${during}${errorNumber(facts)}.`,
        {
          where,
          fix: 'Run CHECK TABLE at the source, and REPAIR TABLE or restore the table if it is damaged.',
        },
      );
    case 'fatal':
      return new TransfuseError(
        'SOURCE_QUERY_FAILED',
        `${at} refused a statement${during}${errorNumber(facts)}.`,
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
