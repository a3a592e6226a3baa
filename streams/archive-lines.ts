/** Rows of a chunk as the lines of an archive, with what they come to. */
import { createHash } from 'node:crypto';
import { NdjsonEncoder, type JsonColumn } from './ndjson-encoder.ts';
import { PACKET_HEADER_BYTES, packetLength, type SourceBatch } from './source-batch.ts';

/** Of a chunk's lines, in their order. */
export interface ArchivedContent {
  rows: number;
  /** Before they were compressed. */
  bytes: number;
  sha256: string;
  /** Of the rows in whatever order: see RowSum. */
  rowSum: string;
}

export class ArchiveLines {
  readonly #hash = createHash('sha256');
  readonly #encoder: NdjsonEncoder;
  #bytes = 0;
  #pending: Buffer[] = [];

  constructor(columns: readonly JsonColumn[]) {
    this.#encoder = new NdjsonEncoder(columns, (lines) => {
      this.#hash.update(lines);
      this.#bytes += lines.length;
      this.#pending.push(Buffer.from(lines));
    });
  }

  get rows(): number {
    return this.#encoder.rows;
  }

  /** The lines that are complete by now, in memory of their own. */
  feed(batch: SourceBatch): Buffer[] {
    const { data } = batch;
    if (batch.kind === 'piece') {
      this.#encoder.feed(data, 0, data.length);
      if (batch.last) this.#encoder.endRow();
      return this.#taken();
    }
    for (let from = 0; from < data.length;) {
      const start = from + PACKET_HEADER_BYTES;
      from = start + packetLength(data, from);
      this.#encoder.feed(data, start, from);
      this.#encoder.endRow();
    }
    return this.#taken();
  }

  /** What is left of the lines, and what all of them come to. */
  end(): { lines: Buffer[]; content: ArchivedContent } {
    this.#encoder.end();
    const content = {
      rows: this.#encoder.rows,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      rowSum: this.#encoder.sum.hex,
    };
    return { lines: this.#taken(), content };
  }

  #taken(): Buffer[] {
    const lines = this.#pending;
    this.#pending = [];
    return lines;
  }
}
