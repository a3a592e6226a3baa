/** The bucket as the commands see it: objects go in whole, come out whole, and go again, each by its name and generation. */
import { setMaxListeners } from 'node:events';
import type { Bucket, GetFilesOptions } from '@google-cloud/storage';
import type { StorageSettings } from '../config/settings.ts';
import { retry } from '../core/retry.ts';
import {
  putObject,
  requireObject,
  statFile,
  type NewObject,
  type StoredObject,
  type UploadSessions,
} from './put-object.ts';
import { removeFile } from './remove-file.ts';
import { openBucket } from './storage-client.ts';
import { bucketMissing, classifyStorageError, failureOf, objectMissing } from './storage-errors.ts';
import { withinTime } from './within-time.ts';

export interface ObjectStoreOptions {
  settings: StorageSettings;
  signal: AbortSignal;
  /** 0: nothing is tried again. */
  retryTimeoutMs: number;
  /** How long a store that says nothing is waited for. */
  stallMs?: number;
  sessions?: UploadSessions;
  onRetry(warning: string): void;
}

export interface ListedObject extends Pick<StoredObject, 'name' | 'generation' | 'size' | 'crc32c'> {
  /** As putObject() was given it. */
  metadata: Readonly<Record<string, string>>;
}

const STALL_MS = 60_000;
const PAGE_OBJECTS = 1000;

export class ObjectStore {
  readonly #options: ObjectStoreOptions;
  readonly #stallMs: number;
  readonly #bucket: Bucket;

  /** Sends nothing yet. */
  constructor(options: ObjectStoreOptions) {
    this.#options = options;
    this.#stallMs = options.stallMs ?? STALL_MS;
    // Each request under way listens to it.
    setMaxListeners(0, options.signal);
    this.#bucket = openBucket(options.settings, this.#stallMs);
  }

  /** As putObject(): once, whole, never over another. Throws STORAGE_*, INTERRUPTED, and what the source throws. */
  async put(object: NewObject): Promise<StoredObject> {
    const { settings, signal, retryTimeoutMs, onRetry, sessions = null } = this.#options;
    const stallMs = this.#stallMs;
    const { kmsKey } = settings;
    return putObject(object, {
      bucket: this.#bucket,
      sessions,
      kmsKey,
      stallMs,
      retryTimeoutMs,
      signal,
      onRetry,
    });
  }

  /** What the store says of an object; null where there is none. Throws STORAGE_*. */
  async find(name: string): Promise<Pick<StoredObject, 'generation' | 'size' | 'crc32c'> | null> {
    const found = await this.#again(() => statFile(this.#bucket.file(name), this.#asking));
    if (!found) return null;
    const { generation, size, crc32c } = requireObject(found, this.#bucket);
    return { generation: String(generation), size: Number(size), crc32c };
  }

  /** The content of a small object, of this generation. Throws STORAGE_OBJECT_MISSING and the other STORAGE_*. */
  async read({ name, generation }: Pick<StoredObject, 'name' | 'generation'>): Promise<Buffer> {
    return this.#again(async () => {
      try {
        const [content] = await withinTime(this.#stallMs, this.#options.signal, () =>
          this.#bucket.file(name, { generation }).download({ validation: false }),
        );
        return content;
      } catch (error) {
        if (failureOf(error).status === 404) throw objectMissing(this.#bucket);
        throw classifyStorageError(error, { bucket: this.#bucket, action: 'read an object' });
      }
    });
  }

  /**
   * The content of this generation in pieces, from its beginning; an object of any size. Not tried again once a piece has come. Throws
   * STORAGE_OBJECT_MISSING and the other STORAGE_*.
   */
  async *pieces({ name, generation }: Pick<StoredObject, 'name' | 'generation'>): AsyncGenerator<Buffer> {
    const { signal } = this.#options;
    const stream = this.#bucket
      .file(name, { generation })
      .createReadStream({ validation: false, decompress: false });
    const pieces = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await withinTime(this.#stallMs, signal, () => pieces.next());
        if (done) return;
        yield value;
      }
    } catch (error) {
      if (failureOf(error).status === 404) throw objectMissing(this.#bucket);
      throw classifyStorageError(error, { bucket: this.#bucket, action: 'read an object' });
    } finally {
      stream.destroy();
    }
  }

  /** This generation, and no other. Throws STORAGE_*. */
  async remove({ name, generation }: Pick<StoredObject, 'name' | 'generation'>): Promise<void> {
    await this.#again(() => removeFile(this.#bucket.file(name), generation, this.#asking));
  }

  /** All objects whose names begin so, some hundred at a time, in the order of their names. Throws STORAGE_*. */
  async *list(prefix: string): AsyncGenerator<ListedObject[]> {
    let pageToken: string | undefined;
    do {
      const query = {
        prefix,
        maxResults: PAGE_OBJECTS,
        autoPaginate: false,
        ...(pageToken && { pageToken }),
      };
      const { files, next } = await this.#again(() => listFiles(query, this.#asking));
      yield files.map(({ name, metadata: { generation, size, crc32c = '', metadata = {} } }) => ({
        name,
        generation: String(generation),
        size: Number(size),
        crc32c,
        metadata: metadata as Record<string, string>,
      }));
      pageToken = next;
    } while (pageToken !== undefined);
  }

  get #asking() {
    return { bucket: this.#bucket, stallMs: this.#stallMs, signal: this.#options.signal };
  }

  async #again<T>(request: () => Promise<T>): Promise<T> {
    const { retryTimeoutMs: timeoutMs, signal, onRetry } = this.#options;
    return timeoutMs === 0 ? request() : retry(request, { timeoutMs, signal, onRetry });
  }
}

async function listFiles(
  query: GetFilesOptions,
  { bucket, stallMs, signal }: { bucket: Bucket; stallMs: number; signal: AbortSignal },
) {
  try {
    const [files, next] = await withinTime(stallMs, signal, () => bucket.getFiles(query));
    return { files, next: (next as { pageToken?: string } | null)?.pageToken };
  } catch (error) {
    throw failureOf(error).status === 404
      ? bucketMissing(bucket)
      : classifyStorageError(error, { bucket, action: 'list objects' });
  }
}
