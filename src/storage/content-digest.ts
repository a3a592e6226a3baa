import { createHash } from 'node:crypto';
import { createCRC32 } from 'hash-wasm';

export interface Digest {
  /** Bytes. */
  size: number;
  /** Base64 of 4 bytes, the most significant first, as the object store gives it. */
  crc32c: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

type Crc = Awaited<ReturnType<typeof createCRC32>>;

/** Of Castagnoli, with its bits in reverse order. */
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** A new one costs more than a small content. */
const idle: Crc[] = [];

/** Measures content as it passes. */
export class ContentDigest {
  #size = 0;
  readonly #crc: Crc;
  readonly #sha256 = createHash('sha256');

  private constructor(crc: Crc) {
    this.#crc = crc;
  }

  static async start(): Promise<ContentDigest> {
    const crc = idle.pop() ?? (await createCRC32(CRC32C_POLYNOMIAL));
    return new ContentDigest(crc.init());
  }

  update(bytes: Buffer): void {
    this.#size += bytes.length;
    this.#crc.update(bytes);
    this.#sha256.update(bytes);
  }

  /** Of all that has passed; to be called once, and nothing after it. */
  end(): Digest {
    const crc32c = Buffer.from(this.#crc.digest('hex'), 'hex').toString('base64');
    idle.push(this.#crc);
    return { size: this.#size, crc32c, sha256: this.#sha256.digest('hex') };
  }
}
