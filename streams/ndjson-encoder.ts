/**
 * Rows of the text protocol as lines of JSON, an object each, in the order of the columns.
 *
 * Promises: whatever is in a row comes back from its line as it was: whole numbers up to 32 bits, years and floats as JSON numbers, binary values
 * as base64, everything else (BIGINT and DECIMAL among it) as a string of the text that the server gives; NULL as null. A row may come in
 * pieces, and is never held: bytes leave as soon as `OUTPUT_BYTES` of them are there (invariant 7).
 */
import { createHash } from 'node:crypto';
import { RowSum } from './row-sum.ts';

export type JsonForm = 'number' | 'string' | 'base64';

export interface JsonColumn {
  name: string;
  form: JsonForm;
}

const OUTPUT_BYTES = 128 * 1024;
/** Of a value, what is written before it is seen whether there is room: it may become six times as long. */
const SLICE_BYTES = 8 * 1024;
const MAX_GROWTH = 6;
const LENGTH_BYTES = [0, 2, 3, 8];
const NULL_MARKER = 251;
const NULL = Buffer.from('null');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_END = Buffer.from('}\n');
const HEX = Buffer.from('0123456789abcdef');

export class NdjsonEncoder {
  readonly #forms: JsonForm[];
  /** `{"a":` for the first column, `,"b":` for the others. */
  readonly #names: Buffer[];
  readonly #emit: (bytes: Buffer) => void;
  readonly #reserve: number;
  #out = Buffer.allocUnsafe(OUTPUT_BYTES);
  #at = 0;
  #column = 0;
  /** The length of a value, while it comes in pieces. */
  readonly #prefix = Buffer.alloc(9);
  #prefixLength = 0;
  /** Bytes of the value that are still to come; -1 while its length is read. */
  #remaining = -1;
  /** Bytes of a binary value that make no whole group of three yet. */
  #rest = Buffer.alloc(0);
  #lineStart = 0;
  #lineHash: ReturnType<typeof createHash> | null = null;
  readonly sum = new RowSum();
  rows = 0;

  /** `emit` is given memory that is used again when it has come back. */
  constructor(columns: readonly JsonColumn[], emit: (bytes: Buffer) => void) {
    this.#forms = columns.map(({ form }) => form);
    this.#names = columns.map(({ name }, index) =>
      Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`),
    );
    this.#reserve = Math.max(...this.#names.map(({ length }) => length)) + 64;
    this.#emit = emit;
  }

  /** More of the row's payload. */
  feed(data: Buffer, start: number, end: number): void {
    for (let at = start; at < end;)
      at = this.#remaining < 0 ? this.#length(data, at) : this.#value(data, at, end);
  }

  /** Throws RangeError unless exactly the row's columns have been fed. */
  endRow(): void {
    if (this.#column !== this.#forms.length || this.#remaining >= 0)
      throw new RangeError('a row ended in the middle');
    this.#room(LINE_END.length);
    this.#at += LINE_END.copy(this.#out, this.#at);
    const line = this.#out.subarray(this.#lineStart, this.#at);
    const hash = this.#lineHash ?? createHash('sha256');
    this.sum.add(hash.update(line).digest());
    this.#lineHash = null;
    this.#lineStart = this.#at;
    this.#column = 0;
    this.rows++;
  }

  /** Emits what is left. */
  end(): void {
    this.#flush();
  }

  #length(data: Buffer, at: number): number {
    this.#prefix[this.#prefixLength++] = data[at]!;
    const first = this.#prefix[0]!;
    if (first === NULL_MARKER) {
      this.#name();
      this.#at += NULL.copy(this.#out, this.#at);
      this.#nextColumn();
      return at + 1;
    }
    const more = first < NULL_MARKER ? 0 : LENGTH_BYTES[first - NULL_MARKER]!;
    if (this.#prefixLength === 1 + more) this.#beginValue(more === 0 ? first : this.#readLength(more));
    return at + 1;
  }

  #readLength(bytes: number): number {
    return bytes === 8 ? Number(this.#prefix.readBigUInt64LE(1)) : this.#prefix.readUIntLE(1, bytes);
  }

  #beginValue(length: number): void {
    this.#name();
    this.#remaining = length;
    if (this.#forms[this.#column] !== 'number') this.#out[this.#at++] = QUOTE;
    if (length === 0) this.#endValue();
  }

  #value(data: Buffer, from: number, limit: number): number {
    const end = Math.min(from + this.#remaining, limit, from + SLICE_BYTES);
    this.#room((end - from + this.#rest.length) * MAX_GROWTH + this.#reserve);
    switch (this.#forms[this.#column]) {
      case 'string':
        this.#string(data, from, end);
        break;
      case 'base64':
        this.#base64(data, from, end);
        break;
      default:
        this.#at += data.copy(this.#out, this.#at, from, end);
    }
    this.#remaining -= end - from;
    if (this.#remaining === 0) this.#endValue();
    return end;
  }

  #string(data: Buffer, from: number, end: number): void {
    const out = this.#out;
    let at = this.#at;
    for (let index = from; index < end; index++) {
      const byte = data[index]!;
      if (byte === QUOTE || byte === BACKSLASH) {
        out[at++] = BACKSLASH;
        out[at++] = byte;
      } else if (byte < 0x20) {
        at += out.write('\\u00', at, 'latin1');
        out[at++] = HEX[byte >> 4]!;
        out[at++] = HEX[byte & 15]!;
      } else out[at++] = byte;
    }
    this.#at = at;
  }

  #base64(data: Buffer, from: number, end: number): void {
    const bytes =
      this.#rest.length > 0
        ? Buffer.concat([this.#rest, data.subarray(from, end)])
        : data.subarray(from, end);
    const whole = bytes.length - (bytes.length % 3);
    this.#at += this.#out.write(bytes.toString('base64', 0, whole), this.#at, 'latin1');
    this.#rest = Buffer.from(bytes.subarray(whole));
  }

  #endValue(): void {
    const form = this.#forms[this.#column];
    if (this.#rest.length > 0) {
      this.#at += this.#out.write(this.#rest.toString('base64'), this.#at, 'latin1');
      this.#rest = Buffer.alloc(0);
    }
    if (form !== 'number') this.#out[this.#at++] = QUOTE;
    this.#nextColumn();
  }

  #name(): void {
    const name = this.#names[this.#column];
    if (!name) throw new RangeError('a row has more columns than were selected');
    this.#room(this.#reserve);
    this.#at += name.copy(this.#out, this.#at);
  }

  #nextColumn(): void {
    this.#column++;
    this.#prefixLength = 0;
    this.#remaining = -1;
  }

  #room(bytes: number): void {
    if (this.#out.length - this.#at < bytes) this.#flush();
  }

  #flush(): void {
    if (this.#at > this.#lineStart)
      (this.#lineHash ??= createHash('sha256')).update(this.#out.subarray(this.#lineStart, this.#at));
    if (this.#at > 0) this.#emit(this.#out.subarray(0, this.#at));
    this.#at = 0;
    this.#lineStart = 0;
  }
}
