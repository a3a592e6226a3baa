/**
 * Moves documents into the bucket, each on its own.
 *
 * Promises: an object holds what the legacy system would show, decrypted and whole, under a name that is made of ids; nothing is
 * uploaded that an HMAC denies; plaintext is in memory alone. What is wrong with one document is its outcome; what is wrong with the object store, the
 * source or the root is thrown. Holds `MAX_HELD_BYTES` of contents at most, however many are under way (invariant 7).
 */
import { Budget } from '../core/budget.ts';
import { TransfuseError } from '../core/errors.ts';
import { SealBroken, type DocumentDescription } from '../mapping/document-source.ts';
import type { ControlSource } from '../mysql/control-source.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { StoredObject } from '../storage/put-object.ts';
import { columnContent, fileContent, ReadFailed, type Content } from './content.ts';
import { contentTypeOf, SNIFFED_BYTES } from './content-type.ts';
import type { DocumentResult, DocumentTask, StoredDocument } from './document-task.ts';
import type { DocumentsRoot, NotFound } from './documents-root.ts';
import { HashCheck, headOf, measure, type Measured } from './measure.ts';
import { openDocument, SMALL_BYTES, type OpenDocument } from './open-document.ts';
import type { SealKeys } from './seal-keys.ts';
import { versionName, type ObjectNames } from './object-names.ts';

export interface MoverOptions {
  root: DocumentsRoot;
  source: ControlSource;
  sourceTable: string;
  keyColumn: string;
  store: ObjectStore;
  bucket: string;
  names: ObjectNames;
  /** null where the system does not encrypt. */
  keys: SealKeys | null;
}

const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** A content is held as it lies there, opened, and as it goes out; of a large one pieces and a chunk. */
const COPIES = 4;
const LARGE_HELD_BYTES = 32 * 1024 * 1024;
/** A content that changes while it is read is read again so often. */
const ATTEMPTS = 3;
const MAX_VERSIONS = 100;

export class DocumentMover {
  readonly #options: MoverOptions;
  readonly #budget = new Budget(MAX_HELD_BYTES);

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  /**
   * `looksFirst`: the object may be there from a run that was killed before it could note that. Throws STORAGE_*, SOURCE_*,
   * DOCUMENTS_ROOT_LOST, INTERRUPTED.
   */
  async move(task: DocumentTask, looksFirst: boolean): Promise<DocumentResult> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.#tryToMove(task, looksFirst || attempt > 1);
      if (result !== 'changed') return result;
      if (attempt === ATTEMPTS) return without('unreadable');
    }
  }

  async #tryToMove(task: DocumentTask, looksFirst: boolean): Promise<DocumentResult | 'changed'> {
    const content = await this.#find(task);
    if (typeof content === 'string') return without(content);
    const held = content.sizeBytes > SMALL_BYTES ? LARGE_HELD_BYTES : content.sizeBytes * COPIES;
    const giveBack = await this.#budget.take(held);
    try {
      return await this.#moveContent(task, content, looksFirst);
    } catch (error) {
      if (error instanceof ReadFailed) return without('unreadable', content.path);
      if (error instanceof SealBroken) return 'changed';
      throw error;
    } finally {
      giveBack();
      await content.close();
    }
  }

  async #find({ description: { place }, sourceKey }: DocumentTask): Promise<Content | Without> {
    switch (place.kind) {
      case 'file': {
        const found = await this.#options.root.find(place.path);
        return typeof found === 'string' ? found : fileContent(found);
      }
      case 'column': {
        const { source, sourceTable: table, keyColumn } = this.#options;
        const { column } = place;
        return (
          (await columnContent(source, { table, column, keyColumn, key: sourceKey })) ?? 'missing_source'
        );
      }
      case 'nowhere':
        return 'missing_source';
      case 'external':
        return 'external_url';
      case 'quarantined':
      case 'unsupported':
        return place.kind;
    }
  }

  async #moveContent(
    task: DocumentTask,
    content: Content,
    looksFirst: boolean,
  ): Promise<DocumentResult | 'changed'> {
    const { description } = task;
    const { path } = content;
    const { keys } = this.#options;
    let document = await openDocument(content, description, keys);
    // It may be of a key that the site has made since.
    if (!document && (await keys?.renew())) document = await openDocument(content, description, keys);
    if (!document) return without('decrypt_failed', path);
    const stored = await this.#store(task, document, looksFirst);
    if (stored === 'changed') return stored;
    if (stored.hashVerified === false) return { outcome: 'hash_mismatch', stored, path };
    const isOfSize = description.sizeBytes === null || description.sizeBytes === stored.sizeBytes;
    return { outcome: isOfSize ? 'stored' : 'size_mismatch', stored, path };
  }

  async #store(
    task: DocumentTask,
    document: OpenDocument,
    looksFirst: boolean,
  ): Promise<StoredDocument | 'changed'> {
    const { names, bucket, store } = this.#options;
    const { hash, contentType: declared } = task.description;
    const measureOnce = async (): Promise<Measured> =>
      (document.measured ??= await measure(document.read(), hash));
    if (names.needContent) await measureOnce();
    const base = names.nameOf(task, document.measured);
    const there = looksFirst ? await store.find(base) : null;
    if (there) await measureOnce();
    const { measured, wasSealed } = document;
    const contentType = await contentTypeOf(await headOf(document.read(), SNIFFED_BYTES), declared);
    let hashVerified = measured?.hashVerified ?? null;
    const open = (): AsyncIterable<Buffer> =>
      measured ? document.read() : checked(document.read(), hash, (verified) => (hashVerified = verified));
    const put = async (name: string): Promise<StoredObject> =>
      name === base && there && there.crc32c === measured!.crc32c && there.size === measured!.size
        ? { name, generation: there.generation, ...measured! }
        : store.put({ name, contentType, open });
    const object = await this.#putUnderFreeName(base, put);
    const { name, generation, size: sizeBytes, crc32c, sha256 } = object;
    const expected = measured?.sha256 ?? task.rowContentSha256 ?? sha256;
    // It is left there: a row may point to it. Where none does, the sweep finds it.
    if (sha256 !== expected) return 'changed';
    return {
      bucket,
      object: name,
      generation,
      sizeBytes,
      crc32c,
      sha256,
      contentType,
      wasSealed,
      hashVerified,
    };
  }

  /** A document whose content has changed gets another name: what its row still points to stays until the row does not. */
  async #putUnderFreeName(base: string, put: (name: string) => Promise<StoredObject>): Promise<StoredObject> {
    for (let version = 1; ; version++) {
      try {
        return await put(versionName(base, version));
      } catch (error) {
        const isTaken = error instanceof TransfuseError && error.code === 'STORAGE_OBJECT_DIFFERS';
        if (!isTaken || version === MAX_VERSIONS) throw error;
      }
    }
  }
}

type Without = NotFound | 'decrypt_failed' | 'unsupported' | 'external_url';

function without(outcome: Without, path: Buffer | null = null): DocumentResult {
  return { outcome, stored: null, path };
}

async function* checked(
  content: AsyncIterable<Buffer>,
  hash: DocumentDescription['hash'],
  onEnd: (verified: boolean | null) => void,
): AsyncGenerator<Buffer> {
  const check = new HashCheck(hash);
  for await (const bytes of content) {
    check.update(bytes);
    yield bytes;
  }
  onEnd(check.end());
}
