/**
 * Rows of files in the form in which a server sends them: packets of the text protocol, so that they go through the same encoders.
 * Hands over batches of about `BATCH_BYTES`.
 */
import { PACKET_HEADER_BYTES, type SourceBatch } from './source-batch.ts';

const BATCH_BYTES = 64 * 1024;
const MAX_LENGTH_BYTES = 9;
const MAX_PACKET_BYTES = 0xffffff;
const NULL = 0xfb;
/** Of UTF-8 for a unit of a string. */
const MAX_BYTES_PER_UNIT = 3;

/** So many units of a string are fewer bytes than need a longer prefix. */
const SURELY_SHORT = Math.floor((NULL - 1) / MAX_BYTES_PER_UNIT);

export type FieldValue = string | Buffer | null;

export class RowPacker {
  readonly #emit: (batch: SourceBatch) => void;
  #batch = Buffer.allocUnsafe(2 * BATCH_BYTES);
  #at = 0;
  #rows = 0;

  constructor(emit: (batch: SourceBatch) => void) {
    this.#emit = emit;
  }

  add(values: readonly FieldValue[]): void {
    let bound = PACKET_HEADER_BYTES;
    for (const value of values)
      bound +=
        MAX_LENGTH_BYTES +
        (value === null ? 0 : value.length * (typeof value === 'string' ? MAX_BYTES_PER_UNIT : 1));
    if (bound > this.#batch.length - this.#at) this.flush();
    if (bound > this.#batch.length) this.#emitAlone(values, bound);
    else {
      const start = this.#at + PACKET_HEADER_BYTES;
      const end = writeRow(values, this.#batch, start);
      this.#batch.writeUIntLE(end - start, this.#at, 3);
      this.#batch[start - 1] = 0;
      this.#at = end;
      this.#rows++;
      if (this.#at >= BATCH_BYTES) this.flush();
    }
  }

  flush(): void {
    if (this.#rows === 0) return;
    this.#emit({ kind: 'rows', data: Buffer.from(this.#batch.subarray(0, this.#at)), rows: this.#rows });
    this.#at = this.#rows = 0;
  }

  #emitAlone(values: readonly FieldValue[], bound: number): void {
    const row = Buffer.allocUnsafe(bound);
    const end = writeRow(values, row, PACKET_HEADER_BYTES);
    const length = end - PACKET_HEADER_BYTES;
    if (length >= MAX_PACKET_BYTES) {
      this.#emit({ kind: 'piece', data: row.subarray(PACKET_HEADER_BYTES, end), last: true });
      return;
    }
    row.writeUIntLE(length, 0, 3);
    row[PACKET_HEADER_BYTES - 1] = 0;
    this.#emit({ kind: 'rows', data: row.subarray(0, end), rows: 1 });
  }
}

function writeRow(values: readonly FieldValue[], out: Buffer, start: number): number {
  let at = start;
  for (const value of values) {
    if (value === null) {
      out[at++] = NULL;
      continue;
    }
    if (typeof value === 'string' && value.length <= SURELY_SHORT) {
      const end = writeAscii(value, out, at + 1) || at + 1 + out.write(value, at + 1);
      out[at] = end - at - 1;
      at = end;
      continue;
    }
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
    at = writeLength(length, out, at);
    at += typeof value === 'string' ? out.write(value, at) : value.copy(out, at);
  }
  return at;
}

/** A call of the buffer's own costs more than so many characters. */
const FEW_CHARACTERS = 24;

/** Returns where it ends; 0 for a text that is too long, or not of ASCII alone. */
function writeAscii(text: string, out: Buffer, start: number): number {
  if (text.length > FEW_CHARACTERS) return 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return 0;
    out[start + index] = unit;
  }
  return start + text.length;
}

function writeLength(length: number, out: Buffer, at: number): number {
  if (length < NULL) {
    out[at] = length;
    return at + 1;
  }
  if (length < 0x1_0000) {
    out[at] = 0xfc;
    return out.writeUInt16LE(length, at + 1);
  }
  if (length < 0x100_0000) {
    out[at] = 0xfd;
    return out.writeUIntLE(length, at + 1, 3);
  }
  out[at] = 0xfe;
  return out.writeBigUInt64LE(BigInt(length), at + 1);
}
