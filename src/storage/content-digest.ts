import { createHash } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';

export interface Digest {
  /** Bytes. */
  size: number;
  /** Base64 of 4 bytes, the most significant first, as the object store gives it. */
  crc32c: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** Measures content as it passes. */
export class ContentDigest {
  #size = 0;
  readonly #crc32c = new CRC32C();
  readonly #sha256 = createHash('sha256');

  update(bytes: Buffer): void {
    this.#size += bytes.length;
    this.#crc32c.update(bytes);
    this.#sha256.update(bytes);
  }

  /** Of all that has passed; to be called once. */
  end(): Digest {
    return { size: this.#size, crc32c: this.#crc32c.toString(), sha256: this.#sha256.digest('hex') };
  }
}
