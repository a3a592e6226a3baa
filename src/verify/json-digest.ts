/**
 * A digest of JSON that is the same however it is written: the order of keys, blanks, escapes and the spelling of numbers do not count, as they do not
 * to jsonb. One pass over the bytes, since rows may have several such values. A key that is there twice makes another digest than the last of the two alone, which
 * is what jsonb keeps: such rows are held against the target itself.
 */
import { finish, mixHigh, mixLow, RowHash } from './row-hash.ts';

const [QUOTE, BACKSLASH, COMMA, COLON, MINUS] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const [ZERO, NINE] = [0x30, 0x39];
/** By their first letter. */
const WORDS: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);
/** What kind of a value was digested: `1` is not `"1"`. */
const KIND = { word: 11, number: 12, text: 13, array: 14, object: 15 };
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export class JsonDigest {
  high = 0;
  low = 0;
  readonly #hash = new RowHash();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** Leaves the digest in `high` and `low`; false for what is no JSON. */
  read(bytes: Buffer, from: number, to: number): boolean {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    return this.#value() && this.#peek() < 0;
  }

  /** The next byte that is no blank; -1 at the end. */
  #peek(): number {
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    return -1;
  }

  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  #value(): boolean {
    const first = this.#peek();
    if (first === QUOTE) return this.#text();
    if (first === OPEN_OBJECT) return this.#object();
    if (first === OPEN_ARRAY) return this.#array();
    if (first === MINUS || (first >= ZERO && first <= NINE)) return this.#number();
    return this.#word();
  }

  /** Its members count whatever their order: their digests are added up. */
  #object(): boolean {
    this.#at++;
    let [high, low] = [KIND.object, KIND.object];
    if (this.#take(CLOSE_OBJECT)) return this.#found(high, low);
    do {
      if (this.#peek() !== QUOTE || !this.#text()) return false;
      const [keyHigh, keyLow] = [this.high, this.low];
      if (!this.#take(COLON) || !this.#value()) return false;
      high = (high + finish(mixHigh(keyHigh, this.high))) | 0;
      low = (low + finish(mixLow(keyLow, this.low))) | 0;
    } while (this.#take(COMMA));
    return this.#take(CLOSE_OBJECT) && this.#found(finish(high), finish(low));
  }

  #array(): boolean {
    this.#at++;
    let [high, low] = [KIND.array, KIND.array];
    if (this.#take(CLOSE_ARRAY)) return this.#found(high, low);
    do {
      if (!this.#value()) return false;
      high = mixHigh(high, this.high);
      low = mixLow(low, this.low);
    } while (this.#take(COMMA));
    return this.#take(CLOSE_ARRAY) && this.#found(finish(high), finish(low));
  }

  #text(): boolean {
    const start = this.#at + 1;
    let isPlain = true;
    let at = start;
    for (; at < this.#end && this.#bytes[at] !== QUOTE; at++) {
      if (this.#bytes[at] !== BACKSLASH) continue;
      isPlain = false;
      at++;
    }
    if (at >= this.#end) return false;
    this.#at = at + 1;
    if (isPlain) return this.#leaf(KIND.text, this.#bytes, start, at);
    try {
      const text = Buffer.from(JSON.parse(this.#bytes.toString('utf8', start - 1, at + 1)) as string);
      return this.#leaf(KIND.text, text, 0, text.length);
    } catch {
      return false;
    }
  }

  #number(): boolean {
    const start = this.#at;
    let isWhole = true;
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at]!;
      if (byte >= ZERO && byte <= NINE) continue;
      if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || byte <= 0x20) break;
      if (byte !== MINUS || this.#at > start) isWhole = false;
    }
    // Most are whole, and need no other spelling.
    const isPlain =
      isWhole && this.#at - start > 1 && this.#bytes[start] !== MINUS && this.#bytes[start] !== ZERO;
    if (isPlain) return this.#leaf(KIND.number, this.#bytes, start, this.#at);
    const text = this.#bytes.toString('latin1', start, this.#at);
    if (!NUMBER.test(text)) return false;
    const digits = Buffer.from(plainNumber(text));
    return this.#leaf(KIND.number, digits, 0, digits.length);
  }

  #word(): boolean {
    const letter = this.#peek();
    const word = WORDS.get(letter);
    if (!word || this.#at + word.length > this.#end) return false;
    for (const byte of word) if (this.#bytes[this.#at++] !== byte) return false;
    return this.#found(mixHigh(KIND.word, letter), mixLow(KIND.word, letter));
  }

  #leaf(kind: number, bytes: Buffer, from: number, to: number): boolean {
    this.#hash.begin();
    this.#hash.addDigest(kind, kind);
    this.#hash.add(bytes, from, to);
    this.#hash.end();
    return this.#found(this.#hash.high, this.#hash.low);
  }

  #found(high: number, low: number): boolean {
    this.high = high;
    this.low = low;
    return true;
  }
}

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** A longer exponent is no number of a row, and would be as many zeros. */
const MAX_EXPONENT = 20_000;

/** By its value: without an exponent, and without zeros that say nothing. */
function plainNumber(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text)!;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_EXPONENT) return text;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at).replace(/0+$/, '');
  const value = rest === '' ? integer : `${integer}.${rest}`;
  return /[1-9]/.test(value) ? `${sign}${value}` : '0';
}
