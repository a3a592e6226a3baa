/** What the object store answered, in our own words: answers may quote names and contents of requests (invariant 9). */
import type { Bucket } from '@google-cloud/storage';
import type { ErrorCode } from '../core/error-codes.ts';
import { TransfuseError } from '../core/errors.ts';

interface StorageFailure {
  /** Of an answer; null where there was none. */
  status: number | null;
  /** Of the network or the client: ECONNRESET. */
  code: string | null;
  /** Of an answer: rateLimitExceeded. */
  reason: string;
  message: string;
}

/** What is told of an error of the client. */
export function failureOf(error: unknown): StorageFailure {
  const { code, status, response, errors } = error as {
    code?: unknown;
    status?: unknown;
    response?: { status?: unknown };
    errors?: { reason?: unknown }[];
  };
  const number = [code, status, response?.status].map(Number).find((value) => value >= 100 && value < 600);
  const reason = Array.isArray(errors) ? errors[0]?.reason : undefined;
  return {
    status: number ?? null,
    code: typeof code === 'string' && /^[A-Z][A-Z_0-9]+$/.test(code) ? code : null,
    reason: typeof reason === 'string' ? reason : '',
    message: error instanceof Error ? error.message : '',
  };
}

const TRANSIENT = new Set([404, 408, 410, 429]);
const NO_CREDENTIALS = /default credentials|invalid_grant|invalid_client|private key|credentials json/i;

export function bucketMissing(bucket: Bucket): TransfuseError {
  const message = `There is no bucket ${bucket.name} at ${bucket.storage.apiEndpoint}.`;
  return new TransfuseError('STORAGE_BUCKET_MISSING', message, { where: { bucket: bucket.name } });
}

export function objectMissing(bucket: Bucket): TransfuseError {
  const message = `An object is not in the bucket ${bucket.name} in the generation that was noted.`;
  return new TransfuseError('STORAGE_OBJECT_MISSING', message, { where: { bucket: bucket.name } });
}

/** Of a session: success before the end. */
export class AnswerNotUnderstood extends Error {}

/** An answer that is none of the object store's. */
export function notUnderstood(bucket: Bucket): TransfuseError {
  const message = `What answers at ${bucket.storage.apiEndpoint} does not answer as an object store does.`;
  return new TransfuseError('STORAGE_NOT_UNDERSTOOD', message, { where: { bucket: bucket.name } });
}

/** An error of the client as ours; `action` completes “The object store could not …”. Ours stay as they are. */
export function classifyStorageError(
  error: unknown,
  { bucket, action }: { bucket: Bucket; action: string },
): TransfuseError {
  if (error instanceof TransfuseError) return error;
  if (error instanceof SyntaxError || error instanceof AnswerNotUnderstood) return notUnderstood(bucket);
  const { status, code, reason, message } = failureOf(error);
  // What is no HTTP at all.
  if (code?.startsWith('HPE_')) return notUnderstood(bucket);
  const store = `The object store at ${bucket.storage.apiEndpoint}`;
  const what = status === null ? (code ?? 'no answer came') : `answer ${status}`;
  const of = (ours: ErrorCode, text: string, transient = false): TransfuseError =>
    new TransfuseError(ours, text, {
      where: { bucket: bucket.name, ...(status !== null && { status }) },
      transient,
    });
  if (status === 401 || NO_CREDENTIALS.test(message))
    return of('STORAGE_CREDENTIALS', `${store} was given no credentials that it accepts.`);
  if (status === 429 || (status === 403 && /rateLimit|quota/i.test(reason)))
    return of('STORAGE_UNREACHABLE', `${store} asks for fewer requests (${what}).`, true);
  if (status === 400 && /crc32c|md5|checksum/i.test(message))
    return of('STORAGE_CHECKSUM', 'Other bytes came to the object store than were sent; it kept none.', true);
  if (status === 403) return of('STORAGE_ACCESS_DENIED', `${store} does not allow to ${action} (${what}).`);
  if (status === null || status >= 500 || TRANSIENT.has(status))
    return of('STORAGE_UNREACHABLE', `${store} could not ${action}: ${what}.`, true);
  return of('STORAGE_REFUSED', `${store} refused to ${action} (${what}).`);
}

/** Whether the same request may succeed when it is made again: the connection broke, or the store asks for patience. */
export function isPassing(error: unknown): boolean {
  const { status } = failureOf(error);
  // What is no JSON is another's answer, and will be again.
  if (status === null) return !(error instanceof SyntaxError);
  return status === 408 || status === 429 || status >= 500;
}
