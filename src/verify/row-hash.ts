/**
 * A digest of bytes in 64 bits, as two numbers, made in JavaScript: for a row of some hundred bytes a call of a library's costs more than the
 * hashing. Two lanes of MurmurHash3 (x86, 32 bits, Austin Appleby, public domain: https://github.com/aappleby/smhasher) with different constants. It
 * tells rows apart that differ by accident; what it says is the same is so but for one in 2^64 of the rows that differ. It is no signature.
 */
export class RowHash {
  high = 0;
  low = 0;

  begin(): void {
    this.high = 0x3c6ef372 | 0;
    this.low = 0xa54ff53a | 0;
  }

  /** Where the bytes were cut counts: `ab` and `c` are not `a` and `bc`. */
  add(bytes: Buffer, from: number, to: number): void {
    let a = mixHigh(this.high, to - from);
    let b = mixLow(this.low, to - from);
    let at = from;
    for (const end = to - 3; at < end; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      a = mixHigh(a, word);
      b = mixLow(b, word);
    }
    if (at < to) {
      let word = 0;
      for (let shift = 0; at < to; at++, shift += 8) word |= bytes[at]! << shift;
      a = mixHigh(a, word);
      b = mixLow(b, word);
    }
    this.high = a;
    this.low = b;
  }

  /** What was digested elsewhere. */
  addDigest(high: number, low: number): void {
    this.high = mixHigh(this.high, high);
    this.low = mixLow(this.low, low);
  }

  end(): void {
    this.high = finish(this.high);
    this.low = finish(this.low ^ Math.imul(this.high, 0x9e3779b1));
  }
}

export function mixHigh(state: number, word: number): number {
  return step(state, word, 0xcc9e2d51, 0x1b873593);
}

export function mixLow(state: number, word: number): number {
  return step(state, word, 0x239b961b, 0xab0e9789);
}

function step(state: number, word: number, first: number, second: number): number {
  let mixed = Math.imul(word, first);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), second);
  const next = state ^ mixed;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

export function finish(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
