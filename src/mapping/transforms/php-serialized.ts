/** Reads what PHP's serialize() wrote, as far as it is plain data. For stored settings, which may hold anything. */

/**
 * An array of PHP keeps the order of its keys, which are whole numbers or texts; both are texts here. A Map, so that a key
 * `__proto__` is a key like any other.
 */
export type PhpArray = Map<string, PhpValue>;
/** Whole numbers are bigint, so that all 64 bits are exact; numbers with a point are number, and may be infinite or NaN. */
export type PhpValue = string | bigint | number | boolean | null | PhpArray;

const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const MAX_DEPTH = 64;
const MAX_INTEGER = 0x7fff_ffff_ffff_ffffn;
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
const FLOAT = /^-?(?:(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?|INF)$/;
const LENGTH = /^\d{1,9}$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The value, or undefined for everything that is not one value and nothing behind it: text that was cut off, lengths that do
 * not fit (they count bytes of UTF-8), arrays more than 64 deep, objects and references. Never throws.
 */
export function parsePhpSerialized(text: string): PhpValue | undefined {
  const reader = new Reader(Buffer.from(text));
  const value = reader.readValue(0);
  return reader.isAtEnd ? value : undefined;
}

/** Methods answer undefined for what cannot be read; where they stopped then is of no use. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  readValue(depth: number): PhpValue | undefined {
    switch (this.#readMark()) {
      case 'N;':
        return null;
      case 'b:':
        return this.#readBoolean();
      case 'i:':
        return this.#readInteger();
      case 'd:':
        return this.#readFloat();
      case 's:':
        return this.#readString();
      case 'a:':
        return depth < MAX_DEPTH ? this.#readArray(depth) : undefined;
      default:
        return undefined;
    }
  }

  #readMark(): string {
    this.#at += 2;
    return this.#bytes.toString('latin1', this.#at - 2, this.#at);
  }

  /** What stands before the next `mark`, which is passed over. */
  #readUntil(mark: string): string {
    const end = this.#bytes.indexOf(mark, this.#at, 'latin1');
    if (end === -1) return '';
    const token = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + mark.length;
    return token;
  }

  #readBoolean(): boolean | undefined {
    const token = this.#readUntil(';');
    return token === '1' ? true : token === '0' ? false : undefined;
  }

  #readInteger(): bigint | undefined {
    const token = this.#readUntil(';');
    const value = INTEGER.test(token) ? BigInt(token) : undefined;
    return value !== undefined && value <= MAX_INTEGER && value >= -MAX_INTEGER - 1n ? value : undefined;
  }

  #readFloat(): number | undefined {
    const token = this.#readUntil(';');
    if (token === 'NAN') return Number.NaN;
    return FLOAT.test(token) ? Number(token.replace('INF', 'Infinity')) : undefined;
  }

  #readString(): string | undefined {
    const length = this.#readUntil(':');
    const start = this.#at + 1;
    const end = start + Number(length);
    const isClosed = this.#bytes[end] === QUOTE && this.#bytes[end + 1] === SEMICOLON;
    if (!LENGTH.test(length) || this.#bytes[start - 1] !== QUOTE || !isClosed) return undefined;
    this.#at = end + 2;
    try {
      return strictUtf8.decode(this.#bytes.subarray(start, end));
    } catch {
      return undefined;
    }
  }

  #readArray(depth: number): PhpArray | undefined {
    const length = this.#readUntil(':');
    if (!LENGTH.test(length) || this.#bytes[this.#at++] !== OPENING_BRACE) return undefined;
    const array: PhpArray = new Map();
    for (let left = Number(length); left > 0; left--) {
      const key = this.readValue(MAX_DEPTH);
      if (typeof key !== 'string' && typeof key !== 'bigint') return undefined;
      const value = this.readValue(depth + 1);
      if (value === undefined) return undefined;
      array.set(String(key), value);
    }
    return this.#bytes[this.#at++] === CLOSING_BRACE ? array : undefined;
  }
}
