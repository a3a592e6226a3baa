/** What the object store answered, in our own words: answers may quote names and contents of requests (invariant 9). */
import type { ErrorCode } from '../core/error-codes.ts';
import { TransfuseError } from '../core/errors.ts';

export interface StorageFailure {
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

/** An error of the client as ours. Throws nothing; ours stay as they are. */
export function classifyStorageError(
  error: unknown,
  { bucket, action }: { bucket: string; action: string },
): TransfuseError {
  if (error instanceof TransfuseError) return error;
  const { status, code, reason, message } = failureOf(error);
  const what = describe(status, code);
  const of = (ours: ErrorCode, text: string, transient = false): TransfuseError =>
    new TransfuseError(ours, text, { where: { bucket, ...(status !== null && { status }) }, transient });
  if (NO_CREDENTIALS.test(message))
    return of('STORAGE_CREDENTIALS', `No credentials for the bucket ${bucket} that could be used.`);
  if (status === 404 && /bucket/i.test(message))
    return of('STORAGE_BUCKET_MISSING', `There is no bucket ${bucket}.`);
  if (status === 429 || (status === 403 && /rateLimit|quota/i.test(reason)))
    return of('STORAGE_UNREACHABLE', `The object store asks for fewer requests: ${action} ${what}.`, true);
  if (status === 400 && /crc32c|md5|checksum/i.test(message))
    return of('STORAGE_CHECKSUM', 'Other bytes came to the object store than were sent; it kept none.', true);
  if (status === 401 || status === 403)
    return of('STORAGE_ACCESS_DENIED', `The object store does not allow to ${action} (${what}).`);
  if (status === null || status >= 500 || TRANSIENT.has(status))
    return of('STORAGE_UNREACHABLE', `The object store could not ${action}: ${what}.`, true);
  return of('STORAGE_REFUSED', `The object store refused to ${action} (${what}).`);
}

function describe(status: number | null, code: string | null): string {
  if (status !== null) return `answer ${status}`;
  return code ?? 'the connection broke';
}
