/**
 * A digest of a set of rows in whatever order: the sum of their SHA-256, modulo 2^256. Two tables with the same rows, each as
 * often, have the same, however they were divided.
 */
const WORDS = 8;
const WORD = 0x1_0000_0000;

export class RowSum {
  /** The least significant word first. */
  readonly #words = new Float64Array(WORDS);

  /** 32 bytes. */
  add(digest: Buffer): void {
    let carry = 0;
    for (let word = 0; word < WORDS; word++) {
      const sum = this.#words[word]! + digest.readUInt32LE(word * 4) + carry;
      carry = sum >= WORD ? 1 : 0;
      this.#words[word] = carry ? sum - WORD : sum;
    }
  }

  /** 64 hexadecimal digits. */
  get hex(): string {
    return this.bytes.toString('hex');
  }

  get bytes(): Buffer {
    const bytes = Buffer.alloc(WORDS * 4);
    for (let word = 0; word < WORDS; word++) bytes.writeUInt32LE(this.#words[word]!, word * 4);
    return bytes;
  }
}
