/**
 * What one side has shown and the other has not yet: rows meet here by the digest of their key and of themselves, in whatever order and however
 * often they come, and both are forgotten. What is left when both sides are at their end differs. Holds some 28 bytes for each row that waits; where
 * more than `maxRows` do, says so (invariant 7).
 */
export interface LeftRow {
  keyHigh: number;
  keyLow: number;
  side: Side;
  /** As it was given. */
  chunk: number;
}

export type Side = 'expected' | 'actual';

const NONE = -1;
const FIRST_ROWS = 1 << 14;
/** Four digests, the place, and the next one of the same bucket. */
const WORDS = 6;
const CHUNK_MASK = 0x3fffffff;
const ACTUAL = 0x40000000;

export class OutstandingRows {
  readonly #maxRows: number;
  #words = new Int32Array(FIRST_ROWS * WORDS);
  #heads = new Int32Array(FIRST_ROWS).fill(NONE);
  #free = NONE;
  #used = 0;
  #count = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  get size(): number {
    return this.#count;
  }

  /** False where there is no room. */
  add(keyHigh: number, keyLow: number, rowHigh: number, rowLow: number, side: Side, chunk: number): boolean {
    const words = this.#words;
    const isActual = side === 'actual';
    const bucket = keyLow & (this.#heads.length - 1);
    for (let before = NONE, at = this.#heads[bucket]!; at !== NONE; before = at, at = words[at + 5]!) {
      if (
        words[at] !== keyHigh ||
        words[at + 1] !== keyLow ||
        words[at + 2] !== rowHigh ||
        words[at + 3] !== rowLow ||
        (words[at + 4]! & ACTUAL) === (isActual ? ACTUAL : 0)
      )
        continue;
      if (before === NONE) this.#heads[bucket] = words[at + 5]!;
      else words[before + 5] = words[at + 5]!;
      words[at + 5] = this.#free;
      this.#free = at;
      this.#count--;
      return true;
    }
    return this.#insert(keyHigh, keyLow, rowHigh, rowLow, (isActual ? ACTUAL : 0) | (chunk & CHUNK_MASK));
  }

  *[Symbol.iterator](): Generator<LeftRow> {
    for (const head of this.#heads) {
      for (let at = head; at !== NONE; at = this.#words[at + 5]!) {
        const place = this.#words[at + 4]!;
        yield {
          keyHigh: this.#words[at]!,
          keyLow: this.#words[at + 1]!,
          side: place & ACTUAL ? 'actual' : 'expected',
          chunk: place & CHUNK_MASK,
        };
      }
    }
  }

  #insert(keyHigh: number, keyLow: number, rowHigh: number, rowLow: number, place: number): boolean {
    if (this.#count >= this.#maxRows) return false;
    let at = this.#free;
    if (at === NONE) {
      if (this.#used * WORDS === this.#words.length) this.#grow();
      at = this.#used++ * WORDS;
    } else this.#free = this.#words[at + 5]!;
    const words = this.#words;
    const bucket = keyLow & (this.#heads.length - 1);
    words[at] = keyHigh;
    words[at + 1] = keyLow;
    words[at + 2] = rowHigh;
    words[at + 3] = rowLow;
    words[at + 4] = place;
    words[at + 5] = this.#heads[bucket]!;
    this.#heads[bucket] = at;
    this.#count++;
    return true;
  }

  /** Called when every place is taken. */
  #grow(): void {
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    const heads = new Int32Array(this.#heads.length * 2).fill(NONE);
    for (let at = 0; at < this.#words.length; at += WORDS) {
      const bucket = words[at + 1]! & (heads.length - 1);
      words[at + 5] = heads[bucket]!;
      heads[bucket] = at;
    }
    this.#words = words;
    this.#heads = heads;
  }
}
