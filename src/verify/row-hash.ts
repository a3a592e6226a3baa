/**
 * A digest of bytes in 64 bits, as two numbers, made in JavaScript: for a row of some hundred bytes a call of a library's costs more than the
 * hashing. Two lanes that take turns with the words of the input and mix with one another, as the four of MurmurHash3 do (x86, 128 bits, Austin Appleby, public
 * domain: https://github.com/aappleby/smhasher). It tells rows apart that differ by accident; what it says is the same is so but for one in 2^64 of the rows that
 * differ. It is no signature.
 */
export class RowHash {
  high = 0;
  low = 0;
  /** What was read last, word by word at any place: to ask bytes for their memory each time takes as long as to digest them. */
  #bytes: Buffer | null = null;
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));

  begin(): void {
    this.high = 0x3c6ef372 | 0;
    this.low = 0xa54ff53a | 0;
  }

  /** Where the bytes were cut counts: `ab` and `c` are not `a` and `bc`. */
  add(bytes: Buffer, from: number, to: number): void {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const view = this.#view;
    let a = mixHigh(this.high, to - from);
    let b = mixLow(this.low, to - from);
    let at = from;
    for (const last = to - 8; at <= last; at += 8) {
      a = turn(a, b, view.getInt32(at, true), 0x239b961b, 0xab0e9789, 0x561ccd1b);
      b = turn(b, a, view.getInt32(at + 4, true), 0xab0e9789, 0x38b34ae5, 0x0bcaa747);
    }
    if (at + 4 <= to) {
      a = turn(a, b, view.getInt32(at, true), 0x239b961b, 0xab0e9789, 0x561ccd1b);
      at += 4;
    }
    if (at < to) {
      let word = 0;
      for (let shift = 0; at < to; at++, shift += 8) word |= view.getUint8(at) << shift;
      b = turn(b, a, word, 0xab0e9789, 0x38b34ae5, 0x0bcaa747);
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
    const high = (this.high + this.low) | 0;
    this.high = finish(high);
    this.low = finish((this.low + high) | 0);
    this.high = (this.high + this.low) | 0;
    this.low = (this.low + this.high) | 0;
  }
}

/** A word goes into one lane, and the other lane with it. */
function turn(
  lane: number,
  other: number,
  word: number,
  first: number,
  second: number,
  more: number,
): number {
  let mixed = Math.imul(word, first);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), second);
  const next = lane ^ mixed;
  return (Math.imul((((next << 19) | (next >>> 13)) + other) | 0, 5) + more) | 0;
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
