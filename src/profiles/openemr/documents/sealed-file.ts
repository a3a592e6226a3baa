/**
 * Files as OpenEMR encrypts them: `00N`, N being the version of the key, and base64 of HMAC ‖ IV ‖ AES-256-CBC with PKCS #7. The HMAC is
 * over IV ‖ ciphertext: SHA-384 from version 4 on, SHA-256 in 2 and 3; version 1 has none.
 * src/Common/Crypto/CryptoGen.php of OpenEMR 5.0.2 to 7.0.3.
 */
import { createDecipheriv, createHmac, timingSafeEqual, type Decipher, type Hmac } from 'node:crypto';
import { SealBroken, type Unsealer } from '../../../mapping/document-source.ts';

export const VERSIONS = [1, 2, 3, 4, 5, 6, 7] as const;
export type KeyVersion = (typeof VERSIONS)[number];

/** Of 32 bytes each; no HMAC key for version 1. */
export interface SealKey {
  cipher: Buffer;
  hmac: Buffer | null;
}

const PREFIX_BYTES = 3;
const IV_BYTES = 16;
const HMACS = { sha256: 32, sha384: 48 } as const;
const SEALED = /^00[1-7][A-Za-z0-9+/]+={0,2}\s*$/;
const BASE64_GROUP = 4;

/** Whether content that begins like this may be such a file. */
export function looksSealed(head: Buffer): boolean {
  // The smallest has an IV and a block: 44 characters of base64.
  return head.length >= PREFIX_BYTES + 44 && SEALED.test(head.toString('latin1'));
}

export function keyVersionOf(head: Buffer): KeyVersion {
  return Number(head.toString('latin1', 2, PREFIX_BYTES)) as KeyVersion;
}

export class FileUnsealer implements Unsealer {
  readonly #version: KeyVersion;
  readonly #key: SealKey;
  readonly #macBytes: number;
  readonly #hmac: Hmac | null;
  #decipher: Decipher | null = null;
  /** Characters of base64 that make no whole group yet. */
  #rest = '';
  #skip = PREFIX_BYTES;
  /** HMAC and IV, until both are there. */
  #head = Buffer.alloc(0);

  constructor(version: KeyVersion, key: SealKey) {
    this.#version = version;
    this.#key = key;
    const algorithm = version >= 4 ? 'sha384' : 'sha256';
    this.#hmac = version === 1 ? null : createHmac(algorithm, key.hmac!);
    this.#macBytes = version === 1 ? 0 : HMACS[algorithm];
  }

  get isAuthenticated(): boolean {
    return this.#version > 1;
  }

  update(sealed: Buffer): Buffer {
    const skipped = Math.min(this.#skip, sealed.length);
    this.#skip -= skipped;
    const text = this.#rest + sealed.toString('latin1', skipped);
    const whole = text.length - (text.length % BASE64_GROUP);
    this.#rest = text.slice(whole);
    return this.#decrypt(Buffer.from(text.slice(0, whole), 'base64'));
  }

  end(): Buffer {
    const last = this.#decrypt(Buffer.from(this.#rest.trimEnd(), 'base64'));
    if (!this.#decipher) throw new SealBroken();
    if (this.#hmac && !timingSafeEqual(this.#hmac.digest(), this.#head.subarray(0, this.#macBytes)))
      throw new SealBroken();
    try {
      return Buffer.concat([last, this.#decipher.final()]);
    } catch {
      // The padding is not one.
      throw new SealBroken();
    }
  }

  #decrypt(payload: Buffer): Buffer {
    if (this.#decipher) return this.#pass(payload);
    this.#head = Buffer.concat([this.#head, payload]);
    const headBytes = this.#macBytes + IV_BYTES;
    if (this.#head.length < headBytes) return Buffer.alloc(0);
    const iv = this.#head.subarray(this.#macBytes, headBytes);
    this.#hmac?.update(iv);
    this.#decipher = createDecipheriv('aes-256-cbc', this.#key.cipher, iv);
    const first = this.#head.subarray(headBytes);
    this.#head = this.#head.subarray(0, headBytes);
    return this.#pass(first);
  }

  #pass(ciphertext: Buffer): Buffer {
    this.#hmac?.update(ciphertext);
    return this.#decipher!.update(ciphertext);
  }
}
