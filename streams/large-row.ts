/**
 * Encodes one row of any size while its bytes arrive. A value that goes through as it is (text, bytea, jsonb) is passed on
 * piece by piece and never held; any other value is collected first, which is small for every type but a huge geometry.
 */
import { refuse } from '../src/core/reject-reasons.ts';
import type { CompiledMapping } from '../src/mapping/compiled-mapping.ts';
import type { Codec } from '../src/mapping/types/codec.ts';

interface Output {
  write(source: Buffer, start: number, end: number): void;
}

/** PostgreSQL's limit for one value (MaxAllocSize), 1 GiB less one byte. */
const MAX_VALUE_BYTES = 0x3fffffff;
const LENGTH_BYTES = [0, 2, 3, 8];

export class LargeRowEncoder {
  readonly #codecs: Codec[];
  readonly #out: Output;
  readonly #small = Buffer.alloc(16);
  #column = 0;
  /** The length prefix under way: its bytes so far, and how many more it needs. */
  #prefix = Buffer.alloc(9);
  #prefixLength = 0;
  /** Bytes of the current value that are still to come; -1 while its length is read. */
  #remaining = -1;
  #collected: Buffer | null = null;
  #collectedLength = 0;

  /** `compiled` must be streamable: each output is one source column, in order. */
  constructor(compiled: CompiledMapping, out: Output) {
    this.#codecs = compiled.outputs.map((output) => output.codec!);
    this.#out = out;
    this.#small.writeInt16BE(this.#codecs.length, 0);
    out.write(this.#small, 0, 2);
  }

  feed(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      at = this.#remaining < 0 ? this.#feedLength(data, at) : this.#feedValue(data, at);
    }
  }

  /** Throws RangeError unless exactly the row's columns have been fed. */
  end(): void {
    if (this.#column !== this.#codecs.length) throw new RangeError('a row ended in the middle');
  }

  #feedLength(data: Buffer, from: number): number {
    this.#prefix[this.#prefixLength++] = data[from]!;
    const first = this.#prefix[0]!;
    if (first === 251) {
      this.#writeInt32(-1);
      this.#nextColumn();
    } else {
      const more = first < 251 ? 0 : LENGTH_BYTES[first - 251]!;
      if (this.#prefixLength === 1 + more) this.#beginValue(more === 0 ? first : this.#readLength(more));
    }
    return from + 1;
  }

  #readLength(bytes: number): number {
    return bytes === 8 ? Number(this.#prefix.readBigUInt64LE(1)) : this.#prefix.readUIntLE(1, bytes);
  }

  #beginValue(length: number): void {
    const codec = this.#codecs[this.#column];
    if (!codec) throw new RangeError('a row has more columns than were selected');
    if (length > MAX_VALUE_BYTES - 1) refuse('too_long');
    this.#remaining = length;
    if (codec.verbatim) {
      const { prefix } = codec.verbatim;
      this.#writeInt32(length + prefix.length);
      for (const byte of prefix) {
        this.#small[0] = byte;
        this.#out.write(this.#small, 0, 1);
      }
    } else {
      this.#collected = Buffer.allocUnsafe(length);
      this.#collectedLength = 0;
    }
    if (length === 0) this.#endValue();
  }

  #feedValue(data: Buffer, from: number): number {
    const end = Math.min(from + this.#remaining, data.length);
    if (this.#collected)
      this.#collectedLength += data.copy(this.#collected, this.#collectedLength, from, end);
    else this.#out.write(data, from, end);
    this.#remaining -= end - from;
    if (this.#remaining === 0) this.#endValue();
    return end;
  }

  #endValue(): void {
    if (this.#collected) {
      const codec = this.#codecs[this.#column]!;
      const encoded = Buffer.allocUnsafe(codec.maxBytes(this.#collected.length));
      const end = codec.write(this.#collected, 0, this.#collected.length, encoded, 0);
      this.#out.write(encoded, 0, end);
      this.#collected = null;
    }
    this.#nextColumn();
  }

  #nextColumn(): void {
    this.#column++;
    this.#prefixLength = 0;
    this.#remaining = -1;
  }

  #writeInt32(value: number): void {
    this.#small.writeInt32BE(value, 0);
    this.#out.write(this.#small, 0, 4);
  }
}
