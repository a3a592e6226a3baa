/**
 * From a content as it lies there to the document in it: decrypted where it is encrypted, whatever the row says of that.
 * A small one is read once and kept; of a large one nothing is kept, and it is read again for each use.
 */
import { SealBroken, type DocumentDescription, type Unsealer } from '../mapping/document-source.ts';
import type { Content } from './content.ts';
import { SNIFFED_BYTES } from './content-type.ts';
import { headOf, measure, unseal, type Measured } from './measure.ts';
import type { SealKeys } from './seal-keys.ts';

export interface OpenDocument {
  read(): AsyncIterable<Buffer>;
  wasSealed: boolean;
  /** null where it was not read to its end yet. */
  measured: Measured | null;
}

/** What is up to this size is kept in memory while it is on its way. */
export const SMALL_BYTES = 8 * 1024 * 1024;

/** null for a content that no key opens. Throws what reading throws. */
export async function openDocument(
  content: Content,
  { hash, isSealed }: Pick<DocumentDescription, 'hash' | 'isSealed'>,
  keys: SealKeys | null,
): Promise<OpenDocument | null> {
  const read = await readerOf(content);
  const plain = { read, wasSealed: false, measured: null };
  const head = await headOf(read(), SNIFFED_BYTES);
  if (!keys?.looksSealed(head)) return plain;
  for (const open of keys.unsealers(head)) {
    const opened = await tryKey(read, open, hash);
    if (opened) return opened;
  }
  if (isSealed) return null;
  // It only looks like one that is encrypted: its hash says that it is as it was.
  const measured = await measure(read(), hash);
  return measured.hashVerified === true ? { ...plain, measured } : null;
}

async function tryKey(
  read: OpenDocument['read'],
  open: () => Unsealer,
  hash: DocumentDescription['hash'],
): Promise<OpenDocument | null> {
  const readPlain = (): AsyncIterable<Buffer> => unseal(read(), open());
  try {
    const measured = await measure(readPlain(), hash);
    // Without a code of authentication the wrong key gives something too, now and then.
    if (!open().isAuthenticated && measured.hashVerified === false) return null;
    return { read: readPlain, wasSealed: true, measured };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

async function readerOf(content: Content): Promise<() => AsyncIterable<Buffer>> {
  if (content.sizeBytes > SMALL_BYTES) return () => content.read();
  const pieces: Buffer[] = [];
  for await (const piece of content.read()) pieces.push(piece);
  // oxlint-disable-next-line require-await
  return async function* () {
    yield* pieces;
  };
}
