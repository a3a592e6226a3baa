import type { ErrorCode } from '../core/error-codes.ts';
import { TransfuseError } from '../core/errors.ts';
import {
  isConnectionLoss,
  isStranger,
  isTlsFailure,
  isUnreachable,
  sqlStateOf,
  systemCodeOf,
  targetErrorKind,
} from './error-kind.ts';

export { copyLineOf, rejectReasonOf, sqlStateOf, targetErrorKind } from './error-kind.ts';

export interface TargetErrorContext {
  /** What was being done, as it follows "could not": `create table a`. Names only, never a value. */
  action: string;
  where?: Readonly<Record<string, string | number>>;
  /** Before the user is signed in: nothing was begun then, so nothing is lost. */
  connecting?: boolean;
  /** The exact remedy, where the caller knows better than the error code. */
  fix?: string;
}

interface CodeAndPhrase {
  code: ErrorCode;
  phrase: string;
}

/** Names that the server sends beside its message; they are of the schema, never of a row. */
const NAME_FIELDS = ['schema', 'table', 'column', 'constraint'] as const;

/**
 * The one way from an error of PostgreSQL or its driver to an error of ours. Keeps SQLSTATE and object names; message,
 * detail, hint and context are dropped, since they quote rows (invariant 9). An error that is ours already is returned
 * as it is.
 */
export function classifyTargetError(error: unknown, context: TargetErrorContext): TransfuseError {
  if (error instanceof TransfuseError) return error;
  const notSignedIn = context.connecting ? signInFailure(error) : null;
  const { code, phrase } = notSignedIn ?? codeAndPhrase(error);
  const names = objectNames(error);
  const evidence = [sqlStateOf(error) && `SQLSTATE ${sqlStateOf(error)}`, systemCodeOf(error)];
  for (const [field, name] of Object.entries(names)) evidence.push(`${field} ${name}`);
  const tail = evidence.filter(Boolean).join(', ');
  return new TransfuseError(code, `Could not ${context.action}: ${phrase}${tail && ` (${tail})`}.`, {
    where: { ...names, ...context.where },
    transient: notSignedIn !== null || targetErrorKind(error) === 'transient',
    ...(context.fix === undefined ? {} : { fix: context.fix }),
  });
}

function signInFailure(error: unknown): CodeAndPhrase | null {
  const fail = (phrase: string): CodeAndPhrase => ({ code: 'TARGET_UNREACHABLE', phrase });
  if (isStranger(error)) return fail('what listens there does not answer as PostgreSQL does');
  if (!isConnectionLoss(error)) return null;
  return sqlStateOf(error) === '57P03'
    ? fail('the server is starting up, shutting down or recovering')
    : fail('the connection was ended before the user was signed in');
}

function codeAndPhrase(error: unknown): CodeAndPhrase {
  const state = sqlStateOf(error);
  if (isTlsFailure(error)) return { code: 'TARGET_TLS', phrase: 'no trusted TLS connection could be made' };
  if (isUnreachable(error)) return { code: 'TARGET_UNREACHABLE', phrase: 'the server does not answer' };
  if (isConnectionLoss(error)) return { code: 'TARGET_LOST', phrase: 'the connection was lost' };
  if (state === null) return { code: 'UNEXPECTED', phrase: 'the driver failed' };
  if (state === '3D000') return { code: 'TARGET_DATABASE_MISSING', phrase: 'the database does not exist' };
  if (state === '53300') return { code: 'TARGET_UNREACHABLE', phrase: 'the server has no connection left' };
  switch (targetErrorKind(error)) {
    case 'permission':
      return {
        code: 'TARGET_ACCESS_DENIED',
        phrase: state.startsWith('28') ? 'the login was refused' : 'a privilege is missing',
      };
    case 'gone':
      return { code: 'TARGET_SCHEMA_MISSING', phrase: 'a schema, table or column is not there' };
    case 'full':
      return {
        code: 'TARGET_FULL',
        phrase: state === '53200' ? 'the server is out of memory' : 'the server has no space left',
      };
    case 'transient':
      return { code: 'TARGET_STATEMENT_FAILED', phrase: 'another session was in the way' };
    default:
      return { code: 'TARGET_STATEMENT_FAILED', phrase: 'the server refused the statement' };
  }
}

function objectNames(error: unknown): Record<string, string> {
  const names: Record<string, string> = {};
  if (typeof error !== 'object' || error === null || sqlStateOf(error) === null) return names;
  for (const field of NAME_FIELDS) {
    const name = (error as Record<string, unknown>)[field];
    if (typeof name === 'string' && name !== '') names[field] = name;
  }
  return names;
}
