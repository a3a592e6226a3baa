import { createHash } from 'node:crypto';
import type { DocumentDescription, Unsealer } from '../mapping/document-source.ts';
import { ContentDigest, type Digest } from '../storage/content-digest.ts';

type Bytes = AsyncIterable<Buffer>;
type LegacyHash = DocumentDescription['hash'];

export interface Measured extends Digest {
  /** Whether it is what the legacy system has; null where that has none. */
  hashVerified: boolean | null;
}

/** Compares with the hash that the legacy system has, as the content passes. */
export class HashCheck {
  readonly #expected: LegacyHash;
  readonly #hash: ReturnType<typeof createHash> | null;

  constructor(expected: LegacyHash) {
    this.#expected = expected;
    this.#hash = expected && createHash(expected.algorithm);
  }

  update(bytes: Buffer): void {
    this.#hash?.update(bytes);
  }

  /** To be called once. */
  end(): boolean | null {
    return this.#hash && this.#hash.digest('hex') === this.#expected!.hex;
  }
}

/** Reads the content to its end. Throws what it throws. */
export async function measure(content: Bytes, expected: LegacyHash): Promise<Measured> {
  const digest = await ContentDigest.start();
  const check = new HashCheck(expected);
  for await (const bytes of content) {
    digest.update(bytes);
    check.update(bytes);
  }
  return { ...digest.end(), hashVerified: check.end() };
}

/** The content opened, which is not to be trusted until it has been read to its end. Throws SealBroken there. */
export async function* unseal(sealed: Bytes, unsealer: Unsealer): AsyncGenerator<Buffer> {
  for await (const bytes of sealed) {
    const plain = unsealer.update(bytes);
    if (plain.length > 0) yield plain;
  }
  const rest = unsealer.end();
  if (rest.length > 0) yield rest;
}

/** The first bytes of the content, at most so many. */
export async function headOf(content: Bytes, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= length) break;
  }
  return Buffer.concat(pieces).subarray(0, length);
}
