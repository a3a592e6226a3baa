/** What an error of PostgreSQL or its driver means for the program. Reads codes; what it reads in texts stays here. */
import type { RejectReason } from '../core/reject-reasons.ts';

/**
 * transient: trying again, on a new connection where this one is lost, may succeed · permission: a login or a grant ·
 * gone: a database or object that is not there · data: this row, not the statement · full: no space or memory left ·
 * fatal: everything else.
 */
export type TargetErrorKind = 'transient' | 'permission' | 'gone' | 'data' | 'full' | 'fatal';

const LOST_SYSTEM_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ENETRESET',
  'ERR_STREAM_DESTROYED',
]);
const UNREACHABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
/** The driver gives these no code. They are matched here and nowhere passed on. */
const LOST_DRIVER_TEXT =
  /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const TIMEOUT_DRIVER_TEXT =
  /^(timeout expired|timeout exceeded when trying to connect|Connection terminated due to connection timeout)/;
const TLS_TEXT = /does not support SSL|client network socket disconnected before secure TLS/i;
/** The first answer, to the wish for TLS or to a login, is none that PostgreSQL gives. */
const STRANGER_TEXT = /^(There was an error establishing an SSL connection|received invalid response)/;

interface CodedError {
  code?: unknown;
  message?: unknown;
  where?: unknown;
}

function fieldsOf(error: unknown): CodedError {
  return typeof error === 'object' && error !== null ? error : {};
}

function messageOf(error: unknown): string {
  const { message } = fieldsOf(error);
  return typeof message === 'string' ? message : '';
}

/** The five characters of the SQLSTATE, or null for an error that the server did not send. */
export function sqlStateOf(error: unknown): string | null {
  const { code } = fieldsOf(error);
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : null;
}

/** The code of the operating system or of TLS, such as ECONNRESET; null where there is none. */
export function systemCodeOf(error: unknown): string | null {
  const { code } = fieldsOf(error);
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) && sqlStateOf(error) === null
    ? code
    : null;
}

/** True where the server could not be reached at all, as opposed to a connection that was lost. */
export function isUnreachable(error: unknown): boolean {
  return (
    UNREACHABLE_SYSTEM_CODES.has(systemCodeOf(error) ?? '') || TIMEOUT_DRIVER_TEXT.test(messageOf(error))
  );
}

/** True where the server that answers is no PostgreSQL server. */
export function isStranger(error: unknown): boolean {
  return sqlStateOf(error) === null && STRANGER_TEXT.test(messageOf(error));
}

/** True where TLS is what failed: no support, no trust, or the wrong host name. */
export function isTlsFailure(error: unknown): boolean {
  const code = systemCodeOf(error) ?? '';
  return (
    /CERT|^ERR_(TLS|SSL|OSSL)|^EPROTO$|UNABLE_TO_(GET|VERIFY)|_CRL|CRL_/.test(code) ||
    TLS_TEXT.test(messageOf(error))
  );
}

/** True where the connection is gone with the error, so that nothing more can be asked on it. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== null) return /^08|^57P0[1235]$|^25P0[34]$/.test(state);
  return LOST_SYSTEM_CODES.has(systemCodeOf(error) ?? '') || LOST_DRIVER_TEXT.test(messageOf(error));
}

/** The class of any error of the target. */
export function targetErrorKind(error: unknown): TargetErrorKind {
  if (isConnectionLoss(error)) return 'transient';
  const state = sqlStateOf(error);
  if (state === null) return isUnreachable(error) && !isTlsFailure(error) ? 'transient' : 'fatal';
  // Serialization, deadlock, lock time-out, too many connections.
  if (/^40|^55P03$|^53300$/.test(state)) return 'transient';
  if (/^28|^42501$/.test(state)) return 'permission';
  if (/^3D000$|^57P04$|^3F000$|^42P01$|^42703$|^42704$/.test(state)) return 'gone';
  if (/^53/.test(state)) return 'full';
  // A malformed COPY stream is a fault of the program, not of a row.
  if (state === '22P04') return 'fatal';
  // 54000: an index entry or a row that is too big. P0…: raised by a trigger.
  if (/^22|^23|^540|^P0/.test(state)) return 'data';
  return 'fatal';
}

const REASON_BY_SQLSTATE: Readonly<Record<string, RejectReason>> = {
  '22021': 'invalid_utf8',
  '22P05': 'invalid_json',
  '22P03': 'malformed',
  '22001': 'too_long',
  '22026': 'too_long',
  '22003': 'out_of_range',
  '22008': 'out_of_range',
  '22015': 'out_of_range',
  '22007': 'invalid_date',
  '22030': 'invalid_json',
  '22032': 'invalid_json',
  '23502': 'not_null',
  '23514': 'check_violation',
  '23505': 'unique_violation',
  '23503': 'foreign_key_violation',
  '23P01': 'exclusion_violation',
};

/** Why the server refused a row, or null where the error is not about a row. */
export function rejectReasonOf(error: unknown): RejectReason | null {
  const state = sqlStateOf(error);
  if (state === null || targetErrorKind(error) !== 'data') return null;
  if (state === '22P02') return /\bjson\b/i.test(messageOf(error)) ? 'invalid_json' : 'malformed';
  return REASON_BY_SQLSTATE[state] ?? 'target_refused';
}

/**
 * The number of the row, from 1, at which a COPY failed; null where the server did not say. The text it is taken from
 * quotes the row and goes nowhere else. A hint, not a proof: triggers and translated servers may leave it out.
 */
export function copyLineOf(error: unknown): number | null {
  const { where } = fieldsOf(error);
  if (typeof where !== 'string') return null;
  const match = /^COPY [^\n]*?, [^\d\n":]*(\d+)/m.exec(where);
  return match ? Number(match[1]) : null;
}
