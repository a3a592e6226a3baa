/** The rows that rows of the source become, by the encoders that a load uses (invariant 1): as tuples of binary COPY. */
import { BufferPool } from '../../streams/buffer-pool.ts';
import { RowSource } from '../../streams/row-source.ts';
import { PACKET_HEADER_BYTES, packetLength, type SourceBatch } from '../../streams/source-batch.ts';
import { ValueRefused } from '../core/reject-reasons.ts';
import { FILTERED, type CompiledMapping } from '../mapping/compiled-mapping.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { READ_BYTES } from '../mysql/transport.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import type { TupleLayout } from './tuple-layout.ts';

export interface ExpectedCounts {
  /** Of the source. */
  rowsRead: number;
  rowsFiltered: number;
  rowsRefused: number;
  /** Tuples that the target should have. */
  rowsExpected: number;
}

interface ExpectedOptions {
  source: SourceConnection;
  planned: PlannedMapping;
  /** A SELECT of the mapping's columns. */
  sql: string;
  layout: TupleLayout;
  counts: ExpectedCounts;
  /** A tuple that the layout has measured, of the source row whose payload is given; the memory is used again when it has come back. */
  onTuple(tuple: Buffer, end: number, payload: () => Buffer): void;
  /** The payload of a source row that has no place in the target; may be kept. */
  onRefused(payload: Buffer): void;
}

const SCRATCH_BYTES = 64 * 1024;
const FREE_BUFFERS = 8;

/** Comes back after each batch of the source, so that others get their turn. Throws SOURCE_*. */
export async function* readExpected(options: ExpectedOptions): AsyncGenerator<void> {
  const { source, planned, sql } = options;
  const encoder = new TupleEncoder(options);
  const pool = new BufferPool(READ_BYTES, FREE_BUFFERS);
  const rows = new RowSource({ source, sql, table: planned.table.name, pool });
  let pieces: Buffer[] = [];
  for await (const batch of rows as AsyncIterable<SourceBatch>) {
    if (batch.kind === 'rows') {
      encoder.packets(batch.data);
      pool.release(batch.data);
    } else {
      pieces.push(batch.data);
      if (batch.last) {
        const payload = Buffer.concat(pieces);
        pieces = [];
        encoder.row(payload, 0, payload.length);
      }
    }
    yield;
  }
}

class TupleEncoder {
  readonly #options: ExpectedOptions;
  readonly #compiled: CompiledMapping;
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

  constructor(options: ExpectedOptions) {
    this.#options = options;
    this.#compiled = options.planned.compiled;
  }

  /** The rows are copied behind the output first: an encoder copies bytes within a buffer three times faster than from one to another. */
  packets(data: Buffer): void {
    const longest = this.#compiled.maxRowBytes(data.length);
    if (this.#scratch.length < longest + data.length)
      this.#scratch = Buffer.allocUnsafeSlow(longest + data.length);
    const base = this.#scratch.length - data.length;
    this.#scratch.set(data, base);
    const input = this.#scratch;
    for (let from = base; from < input.length;) {
      const start = from + PACKET_HEADER_BYTES;
      from = start + packetLength(input, from);
      this.row(input, start, from);
    }
  }

  row(src: Buffer, start: number, end: number): void {
    const { counts, onRefused } = this.#options;
    counts.rowsRead++;
    try {
      if (this.#compiled.set) this.#set(src, start, end);
      else this.#one(src, start, end);
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      counts.rowsRefused++;
      onRefused(Buffer.from(src.subarray(start, end)));
    }
  }

  #one(src: Buffer, start: number, end: number): void {
    const { counts } = this.#options;
    const bound = this.#compiled.maxRowBytes(end - start);
    if (this.#scratch.length < bound) this.#scratch = Buffer.allocUnsafeSlow(bound);
    const to = this.#compiled.encode(src, start, end, this.#scratch, 0);
    if (to === FILTERED) counts.rowsFiltered++;
    else this.#emit(this.#scratch, to, src, start, end);
  }

  #set(src: Buffer, start: number, end: number): void {
    const { layout, counts } = this.#options;
    const set = this.#compiled.set!.encode(src, start, end);
    if (set === null) {
      counts.rowsFiltered++;
      return;
    }
    for (let at = 0; at < set.length;) {
      const to = layout.measure(set.buffer, at, set.length);
      this.#emit(set.buffer.subarray(at, to), to - at, src, start, end);
      at = to;
    }
  }

  #emit(tuple: Buffer, tupleEnd: number, src: Buffer, start: number, end: number): void {
    const { layout, counts, onTuple } = this.#options;
    counts.rowsExpected++;
    layout.measure(tuple, 0, tupleEnd);
    onTuple(tuple, tupleEnd, () => src.subarray(start, end));
  }
}
