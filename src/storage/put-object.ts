/**
 * Puts an object into the bucket: once, whole, and as it was read.
 *
 * Promises: never overwrites; an object that is there already with the same bytes is a success, whoever put it there; what was stored has the
 * size and the CRC-32C of what was read, or is removed again. A lost answer, a broken connection, a session that the server forgot are tried again, from a
 * source opened anew. Holds at most 8 MiB of a small object, or three chunks of a large one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bucket, File } from '@google-cloud/storage';
import { TransfuseError } from '../core/errors.ts';
import { retry } from '../core/retry.ts';
import { ContentDigest, type Digest } from './content-digest.ts';
import { removeFile } from './remove-file.ts';
import {
  bucketMissing,
  classifyStorageError,
  failureOf,
  isPassing,
  notUnderstood,
} from './storage-errors.ts';
import { storedBytesOf, uploadChunks, type ObjectMetadata } from './resumable-upload.ts';
import { uploadAtOnce } from './upload-at-once.ts';
import { withinTime } from './within-time.ts';

type Pieces = AsyncIterable<Buffer> | Iterable<Buffer>;

export interface NewObject {
  /** Without anything about a person. */
  name: string;
  /** The content from its beginning; called again for each attempt. What it throws is thrown as it is. */
  open(): Pieces;
  contentType: string;
  /** Without anything about a person. */
  metadata?: Readonly<Record<string, string>>;
}

export interface StoredObject extends Digest {
  name: string;
  /** Which of the objects that had this name in the course of time. */
  generation: string;
}

/** Where the addresses of uploads are kept that another process may have to go on with. */
export interface UploadSessions {
  find(object: string): Promise<string | null>;
  keep(object: string, session: string): Promise<void>;
  forget(object: string): Promise<void>;
}

export interface PutOptions {
  bucket: Bucket;
  /** null: an upload that ends with its process begins anew. */
  sessions: UploadSessions | null;
  /** Resource name of the key that encrypts it; null for Google's own. */
  kmsKey: string | null;
  /** After so long without progress an attempt is given up. */
  stallMs: number;
  /** 0: it is not tried again. */
  retryTimeoutMs: number;
  signal: AbortSignal;
  onRetry(warning: string): void;
}

/** Up to this size an object goes in one request; above in chunks of this size, which the store confirms one by one. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/** Of a thousand requests some are answered with 503 or 429: nobody need be told of a first one. */
const QUIET_ATTEMPTS = 3;
const QUIET_DELAY_MS = 200;

/** Only where there is nothing of that name. */
const NEW = { ifGenerationMatch: 0 };

/** Throws STORAGE_*, INTERRUPTED, and what the source throws. */
export async function putObject(object: NewObject, options: PutOptions): Promise<StoredObject> {
  const { retryTimeoutMs, signal, onRetry } = options;
  if (retryTimeoutMs === 0) return new Upload(object, options).run();
  return retry(() => new Upload(object, options).run(), {
    timeoutMs: retryTimeoutMs,
    signal,
    onRetry,
    subject: 'the object from its beginning',
  });
}

/** One attempt. */
class Upload {
  readonly #object: NewObject;
  readonly #options: PutOptions;
  readonly #file: File;
  #digest: Digest | null = null;
  #sourceError: Error | null = null;

  constructor(object: NewObject, options: PutOptions) {
    this.#object = object;
    this.#options = options;
    const { bucket, kmsKey } = options;
    // The key has to be the file's: one that is given to the stream is not heeded.
    this.#file = bucket.file(object.name, kmsKey === null ? {} : { kmsKeyName: kmsKey });
  }

  async run(): Promise<StoredObject> {
    const content = this.#read(this.#object.open());
    let stored: ObjectMetadata;
    try {
      stored = await this.#send(content);
    } catch (error) {
      if (this.#sourceError) throw this.#sourceError;
      return await this.#afterFailure(error);
    } finally {
      // What was not read to its end is let go of.
      await content.return(undefined);
    }
    return this.#confirm(stored, true);
  }

  async #send(rest: AsyncGenerator<Buffer, undefined>): Promise<ObjectMetadata> {
    const head: Buffer[] = [];
    let headBytes = 0;
    let isWhole = false;
    while (headBytes <= CHUNK_BYTES && !isWhole) {
      const { value, done } = await rest.next();
      isWhole = done === true;
      if (value) {
        head.push(value);
        headBytes += value.length;
      }
    }
    if (isWhole) return this.#sendAtOnce(Buffer.concat(head));
    const content = async function* (): AsyncGenerator<Buffer> {
      yield* head.splice(0);
      yield* rest;
    };
    return this.#sendInChunks(content());
  }

  async #sendInChunks(content: AsyncIterable<Buffer>): Promise<ObjectMetadata> {
    const { stallMs, signal, sessions } = this.#options;
    const session = await this.#session();
    let isOver = true;
    try {
      return await uploadChunks({ ...session, content, chunkBytes: CHUNK_BYTES, stallMs, signal });
    } catch (error) {
      isOver = !signal.aborted && !this.#sourceError && !isPassing(error);
      throw error;
    } finally {
      if (isOver) await sessions?.forget(this.#object.name);
    }
  }

  /** The one that was begun before, if there is one that can be gone on with. */
  async #session(): Promise<{ uri: string; storedBytes: number }> {
    const { stallMs, signal, sessions } = this.#options;
    const { name } = this.#object;
    const kept = await sessions?.find(name);
    const storedBytes = kept ? await storedBytesOf({ uri: kept, stallMs, signal }) : null;
    if (kept && storedBytes !== null) return { uri: kept, storedBytes };
    const [uri] = await this.#begin(() =>
      this.#file.createResumableUpload({ metadata: this.#description(), preconditionOpts: NEW }),
    );
    await sessions?.keep(name, uri);
    return { uri, storedBytes: 0 };
  }

  async #sendAtOnce(content: Buffer): Promise<ObjectMetadata> {
    const { bucket, kmsKey } = this.#options;
    // The store compares the checksum as well.
    const metadata = { ...this.#description(), crc32c: this.#digest!.crc32c };
    const { name } = this.#object;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#begin((signal) =>
          uploadAtOnce({ bucket, name, kmsKey, content, metadata, signal }),
        );
      } catch (error) {
        const isOurs = error instanceof TransfuseError;
        if (isOurs || !isPassing(error) || attempt === QUIET_ATTEMPTS) throw error;
        await sleep(attempt * QUIET_DELAY_MS * (0.75 + Math.random() / 2), undefined, {
          signal: this.#options.signal,
        });
      }
    }
  }

  /** A request that names the bucket: where that is not found, there is none. */
  async #begin<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { bucket, stallMs, signal } = this.#options;
    try {
      return await withinTime(stallMs, signal, request);
    } catch (error) {
      throw failureOf(error).status === 404 ? bucketMissing(bucket) : error;
    }
  }

  #description() {
    const { contentType, metadata } = this.#object;
    return { contentType, ...(metadata && { metadata: { ...metadata } }) };
  }

  async *#read(source: Pieces): AsyncGenerator<Buffer, undefined> {
    const measured = await ContentDigest.start();
    try {
      for await (const bytes of source) {
        measured.update(bytes);
        yield bytes;
      }
    } catch (error) {
      this.#sourceError = error as Error;
      throw error;
    }
    this.#digest = measured.end();
    return undefined;
  }

  /** The answer may have been lost behind an object that is stored; or it is there from before. */
  async #afterFailure(error: unknown): Promise<StoredObject> {
    this.#options.signal.throwIfAborted();
    const failure = classifyStorageError(error, { bucket: this.#options.bucket, action: 'store an object' });
    if (failure.code === 'STORAGE_BUCKET_MISSING') throw failure;
    const isThere = failureOf(error).status === 412;
    const found = this.#digest !== null || isThere ? await this.#find(isThere) : null;
    if (!found) throw failure;
    // It is compared with all of the content, which was not read to its end.
    this.#digest ??= await this.#measure();
    return this.#confirm(found, false);
  }

  /** Where looking fails as well it is the first failure that is told of. */
  async #find(isThere: boolean): Promise<ObjectMetadata | null> {
    try {
      return await statFile(this.#file, this.#options);
    } catch (error) {
      if (isThere) throw error;
      return null;
    }
  }

  async #measure(): Promise<Digest> {
    const digest = await ContentDigest.start();
    for await (const bytes of this.#object.open()) digest.update(bytes);
    return digest.end();
  }

  async #confirm(metadata: ObjectMetadata, isOurs: boolean): Promise<StoredObject> {
    const digest = this.#digest!;
    const { bucket } = this.#options;
    const { size, crc32c, generation } = requireObject(metadata, bucket);
    if (Number(size) === digest.size && crc32c === digest.crc32c)
      return { name: this.#object.name, generation: String(generation), ...digest };
    const where = { bucket: bucket.name };
    if (!isOurs)
      throw new TransfuseError(
        'STORAGE_OBJECT_DIFFERS',
        'The bucket has another object under the name of one that is to be stored. It was left as it is.',
        { where },
      );
    await removeFile(this.#file, String(generation), this.#options);
    throw new TransfuseError(
      'STORAGE_CHECKSUM',
      'The object store has stored other bytes than were sent. They were removed again.',
      { where, transient: true },
    );
  }
}

/** What the store says of an object; null where there is none. */
export async function statFile(
  file: File,
  { bucket, stallMs, signal }: Pick<PutOptions, 'bucket' | 'stallMs' | 'signal'>,
): Promise<ObjectMetadata | null> {
  try {
    const [metadata] = await withinTime(stallMs, signal, () => file.getMetadata());
    return metadata;
  } catch (error) {
    if (failureOf(error).status === 404) return null;
    throw classifyStorageError(error, { bucket, action: 'look for an object' });
  }
}

/** What a proxy answers in the store's place must not be taken for what is stored. Throws STORAGE_NOT_UNDERSTOOD. */
export function requireObject(metadata: ObjectMetadata, bucket: Bucket): Required<ObjectMetadata> {
  const { size, crc32c, generation } = metadata;
  if (!/^\d+$/.test(String(generation)) || size === undefined || crc32c === undefined)
    throw notUnderstood(bucket);
  return { size, crc32c, generation: generation! };
}
