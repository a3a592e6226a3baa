/**
 * The middle stage of the row path: source rows in, COPY bytes out, in buffers of a fixed size.
 *
 * Promises: each row read is encoded, filtered or refused, and counted as such. A refused row costs nothing but itself:
 * it is handed to `onRefused` and the stream goes on. Holds one output buffer beside what its queues hold (both bounded).
 *
 * Rows are first copied, many at once, behind the output in the same buffer: an encoder copies bytes within a buffer three times
 * faster than from one to another.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { ValueRefused } from '../src/core/reject-reasons.ts';
import { FILTERED, type CompiledMapping } from '../src/mapping/compiled-mapping.ts';
import type { EncodedSet, RowSetEncoder } from '../src/mapping/compiled-mapping.ts';
import type { BufferPool } from './buffer-pool.ts';
import { COPY_HEADER, COPY_TRAILER } from './copy-format.ts';
import { LargeRowEncoder } from './large-row.ts';
import { PACKET_HEADER_BYTES, packetLength, type EncodedBatch, type SourceBatch } from './source-batch.ts';

const MAX_QUEUED_BATCHES = 2;
/** At the end of each output buffer, for the rows that are being encoded: what a socket gives at once. */
const INPUT_BYTES = 64 * 1024;

export interface EncodeOptions {
  compiled: CompiledMapping;
  /** The memory of the batches that come in, given back when they are encoded. */
  inputPool: BufferPool;
  /** The memory of the batches that go out. */
  pool: BufferPool;
  /** A batch ends after so many rows, or when its buffer is full. */
  batchRows: number;
  /** The payload of a row that cannot be loaded; the buffer may be kept. What it throws ends the stream. */
  onRefused(payload: Buffer): void;
}

export class EncodeStage extends Transform {
  readonly #options: EncodeOptions;
  #out: Buffer;
  /** Where the output has to end: behind it are the rows that are being encoded. */
  #outEnd: number;
  #at: number;
  #batchRows = 0;
  #large: LargeRowEncoder | null = null;
  #pieces: Buffer[] = [];
  /** Of the source. */
  rowsEncoded = 0;
  /** For the target: as many, unless the mapping makes sets of rows. */
  tuplesEncoded = 0;
  rowsFiltered = 0;
  rowsRefused = 0;
  bytesEncoded = 0;
  busyMs = 0;

  constructor(options: EncodeOptions) {
    super({
      objectMode: true,
      readableHighWaterMark: MAX_QUEUED_BATCHES,
      writableHighWaterMark: MAX_QUEUED_BATCHES,
    });
    this.#options = options;
    this.#out = options.pool.acquire();
    this.#outEnd = this.#out.length - INPUT_BYTES;
    this.#at = COPY_HEADER.copy(this.#out, 0);
  }

  override _transform(batch: SourceBatch, _encoding: BufferEncoding, callback: TransformCallback): void {
    const since = performance.now();
    try {
      if (batch.kind === 'rows') this.#encodePackets(batch.data);
      else this.#encodePiece(batch.data, batch.last);
    } catch (error) {
      callback(error as Error);
      return;
    }
    this.busyMs += performance.now() - since;
    callback();
  }

  override _flush(callback: TransformCallback): void {
    this.#reserve(COPY_TRAILER.length);
    this.#at += COPY_TRAILER.copy(this.#out, this.#at);
    this.#emitBatch();
    callback();
  }

  #encodePackets(data: Buffer): void {
    if (this.#options.compiled.set) {
      for (let from = 0; from < data.length;) {
        const start = from + PACKET_HEADER_BYTES;
        from = start + packetLength(data, from);
        this.#encodeSet(this.#options.compiled.set, data, start, from);
      }
      this.#options.inputPool.release(data);
      return;
    }
    const { encode, maxRowBytes } = this.#options.compiled;
    const { batchRows } = this.#options;
    let input = data;
    let shift = 0;
    let isStaged = false;
    let from = 0;
    while (from < data.length) {
      const length = packetLength(data, from);
      if (this.#reserve(maxRowBytes(length)) || !isStaged) {
        const fits = data.length - from <= this.#out.length - this.#outEnd;
        input = fits ? this.#out : data;
        shift = fits ? this.#outEnd - from : 0;
        if (fits) this.#out.set(from === 0 ? data : data.subarray(from), this.#outEnd);
        isStaged = true;
      }
      const start = from + PACKET_HEADER_BYTES;
      from = start + length;
      let end: number;
      try {
        end = encode(input, start + shift, from + shift, this.#out, this.#at);
      } catch (error) {
        if (!(error instanceof ValueRefused)) throw error;
        this.rowsRefused++;
        this.#options.onRefused(Buffer.from(data.subarray(start, from)));
        continue;
      }
      if (end === FILTERED) {
        this.rowsFiltered++;
        continue;
      }
      if (end > this.#outEnd) throw new RangeError('an encoder wrote more than it had announced');
      this.#at = end;
      this.rowsEncoded++;
      this.tuplesEncoded++;
      if (++this.#batchRows >= batchRows) {
        this.#emitBatch();
        isStaged = false;
      }
    }
    this.#options.inputPool.release(data);
  }

  #encodePiece(data: Buffer, last: boolean): void {
    const { compiled, inputPool } = this.#options;
    if (!compiled.streamable) {
      // A computed column may need any part of the row: it is put together first, and costs its own size in memory.
      this.#pieces.push(data);
      if (!last) return;
      const payload = Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#encodeWhole(payload);
      return;
    }
    this.#large ??= new LargeRowEncoder(compiled, {
      write: (source, start, end) => this.#append(source, start, end),
    });
    this.#large.feed(data);
    inputPool.release(data);
    if (!last) return;
    this.#large.end();
    this.#large = null;
    this.rowsEncoded++;
    this.tuplesEncoded++;
    this.#batchRows++;
  }

  #encodeWhole(payload: Buffer): void {
    const { set } = this.#options.compiled;
    if (set) {
      this.#encodeSet(set, payload, 0, payload.length);
      return;
    }
    const packet = Buffer.allocUnsafeSlow(this.#options.compiled.maxRowBytes(payload.length));
    try {
      const end = this.#options.compiled.encode(payload, 0, payload.length, packet, 0);
      if (end === FILTERED) this.rowsFiltered++;
      else {
        this.#append(packet, 0, end);
        this.rowsEncoded++;
        this.tuplesEncoded++;
        this.#batchRows++;
      }
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      this.rowsRefused++;
      this.#options.onRefused(payload);
    }
  }

  /** A set may be much larger than its row, so it is made in memory of its own. */
  #encodeSet(encoder: RowSetEncoder, src: Buffer, start: number, end: number): void {
    let set: EncodedSet | null;
    try {
      set = encoder.encode(src, start, end);
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      this.rowsRefused++;
      this.#options.onRefused(Buffer.from(src.subarray(start, end)));
      return;
    }
    if (set === null) {
      this.rowsFiltered++;
      return;
    }
    this.#append(set.buffer, 0, set.length);
    this.rowsEncoded++;
    this.tuplesEncoded += set.rows;
    if (++this.#batchRows >= this.#options.batchRows) this.#emitBatch();
  }

  #append(source: Buffer, start: number, end: number): void {
    let from = start;
    while (from < end) {
      if (this.#at === this.#outEnd) this.#emitBatch();
      const take = Math.min(end - from, this.#outEnd - this.#at);
      source.copy(this.#out, this.#at, from, from + take);
      this.#at += take;
      from += take;
    }
  }

  /** Makes room for `bytes` in one piece, and tells whether that took another buffer. A single row that expands beyond one gets its own. */
  #reserve(bytes: number): boolean {
    if (this.#outEnd - this.#at >= bytes) return false;
    this.#emitBatch();
    if (this.#outEnd < bytes) {
      this.#options.pool.release(this.#out);
      this.#out = Buffer.allocUnsafeSlow(bytes);
      this.#outEnd = bytes;
    }
    return true;
  }

  #emitBatch(): void {
    if (this.#at > 0) {
      const batch: EncodedBatch = { buffer: this.#out, length: this.#at, rows: this.#batchRows };
      this.bytesEncoded += this.#at;
      this.push(batch);
      this.#out = this.#options.pool.acquire();
      this.#outEnd = this.#out.length - INPUT_BYTES;
    }
    this.#at = 0;
    this.#batchRows = 0;
  }
}
