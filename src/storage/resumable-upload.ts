/**
 * Sends a large object in chunks, which the store confirms one by one.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload
 *
 * The client opens the session; its own uploader is not used for the rest: it goes on after it was abandoned, and what it meets then ends the
 * process; and where the last answer is lost it fails for good. Holds three chunks: one on its way, one that waits, one that is read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerError, send } from './send.ts';
import { AnswerNotUnderstood, isPassing } from './storage-errors.ts';
import { withinTime } from './within-time.ts';

/** What the store says of an object that is stored. */
export interface ObjectMetadata {
  size?: string | number;
  crc32c?: string;
  generation?: string | number;
}

interface UploadOptions {
  /** The address of the session, which is the permission as well. */
  uri: string;
  content: AsyncIterable<Buffer>;
  /** So many bytes of it the session has already. */
  storedBytes: number;
  chunkBytes: number;
  /** After so long without an answer a request is given up. */
  stallMs: number;
  signal: AbortSignal;
}

/** A request is made so many times before the session is given up. */
const ATTEMPTS = 4;
const FIRST_DELAY_MS = 200;

/** Sends all of the content. Throws errors that classifyStorageError() knows, the signal's reason, and what the content throws. */
export async function uploadChunks(options: UploadOptions): Promise<ObjectMetadata> {
  let start = options.storedBytes;
  let held: Buffer | null = null;
  /** While one is on its way the next is read. */
  let underWay: Promise<void> = Promise.resolve();
  for await (const chunk of chunksOf(behind(options.content, start), options.chunkBytes)) {
    if (held) {
      await underWay;
      underWay = sendInner(options, held, start);
      start += held.length;
    }
    held = chunk;
  }
  await underWay;
  const last = held ?? Buffer.alloc(0);
  const metadata = await sendChunk(options, last, start, start + last.length);
  if (!metadata) throw new AnswerNotUnderstood();
  return metadata;
}

/**
 * How many bytes a session has that an earlier process has begun; null where it cannot be gone on with: it has ended, one way or the other. Throws
 * as uploadChunks() does.
 */
export async function storedBytesOf(options: Asking): Promise<number | null> {
  try {
    const { stored, metadata } = await request(options, null, 0, null);
    return metadata ? null : stored;
  } catch (error) {
    options.signal.throwIfAborted();
    if (isPassing(error)) throw error;
    return null;
  }
}

/** Its failure waits until it is asked for. */
function sendInner(options: UploadOptions, chunk: Buffer, start: number): Promise<void> {
  const sent = requireMore(sendChunk(options, chunk, start, null));
  sent.catch(() => undefined);
  return sent;
}

async function requireMore(sent: Promise<ObjectMetadata | null>): Promise<void> {
  if (await sent) throw new AnswerNotUnderstood();
}

/**
 * One chunk, however often it takes; `total` is the size of the object with the last. Returns what the store says of the object once it has
 * it. A session that takes nothing, and says so, is given up as one that does not answer is.
 */
async function sendChunk(
  options: UploadOptions,
  chunk: Buffer,
  start: number,
  total: number | null,
): Promise<ObjectMetadata | null> {
  let sent = 0;
  for (let idle = 0; idle < ATTEMPTS;) {
    const { stored, metadata } = await request(options, chunk.subarray(sent), start + sent, total);
    if (metadata) return metadata;
    const before = sent;
    sent = within(stored - start, chunk.length);
    if (sent === chunk.length && total === null) return null;
    idle = sent > before ? 0 : idle + 1;
  }
  throw new AnswerError(408);
}

/** A session that has lost what it had confirmed, or has more than was sent, is none that could be gone on with. */
function within(stored: number, length: number): number {
  if (stored < 0 || stored > length) throw new AnswerError(410);
  return stored;
}

type Asking = Pick<UploadOptions, 'uri' | 'stallMs' | 'signal'>;

interface Answer {
  /** Bytes of the object that the store has. */
  stored: number;
  /** Once it has all of them. */
  metadata: ObjectMetadata | null;
}

/** Without bytes, and after a failure, the session is asked how far it has come, which may be to the end. */
async function request(
  options: Asking,
  bytes: Buffer | null,
  at: number,
  total: number | null,
): Promise<Answer> {
  let delayMs = FIRST_DELAY_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return attempt === 1 && bytes
        ? await put(options, bytes, rangeOf(bytes, at, total))
        : await put(options, Buffer.alloc(0), `bytes */${total ?? '*'}`);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isPassing(error) || attempt === ATTEMPTS) throw error;
      await sleep(delayMs, undefined, { signal: options.signal });
      delayMs *= 2;
    }
  }
}

function rangeOf(bytes: Buffer, at: number, total: number | null): string {
  const span = bytes.length === 0 ? '*' : `${at}-${at + bytes.length - 1}`;
  return `bytes ${span}/${total ?? '*'}`;
}

async function put(options: Asking, body: Buffer, range: string): Promise<Answer> {
  const { uri, stallMs, signal: outer } = options;
  return withinTime(stallMs, outer, async (signal) => {
    const headers = { 'content-range': range };
    const answer = await send({ url: new URL(uri), method: 'PUT', headers, body, signal });
    if (answer.status === 200 || answer.status === 201)
      return { stored: Infinity, metadata: JSON.parse(answer.body.toString()) as ObjectMetadata };
    if (answer.status !== 308) throw AnswerError.of(answer);
    const last = /^bytes=0-(\d+)$/.exec(answer.headers.range ?? '')?.[1];
    return { stored: last === undefined ? 0 : Number(last) + 1, metadata: null };
  });
}

async function* behind(content: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const piece of content) {
    const skipped = Math.min(left, piece.length);
    left -= skipped;
    if (skipped < piece.length) yield piece.subarray(skipped);
  }
  // What is uploaded is shorter by now than what the session has of it.
  if (left > 0) throw new AnswerError(410);
}

/** Of exactly that size, but for the last. */
async function* chunksOf(content: AsyncIterable<Buffer>, chunkBytes: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (let bytes of content) {
    while (length + bytes.length >= chunkBytes) {
      const taken = chunkBytes - length;
      yield Buffer.concat([...parts, bytes.subarray(0, taken)]);
      bytes = bytes.subarray(taken);
      parts = [];
      length = 0;
    }
    if (bytes.length > 0) parts.push(bytes);
    length += bytes.length;
  }
  if (length > 0) yield Buffer.concat(parts);
}
