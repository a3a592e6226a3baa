import { to as copyTo } from 'pg-copy-streams';
import { COPY_HEADER } from '../../streams/copy-format.ts';
import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError } from '../postgres/errors.ts';
import type { TupleLayout } from './tuple-layout.ts';

interface TargetTuplesOptions {
  target: TargetConnection;
  select: string;
  layout: TupleLayout;
  /** For messages. */
  action: string;
  /** A tuple that the layout has measured. */
  onTuple(bytes: Buffer, start: number, end: number): void;
}

/** Of the next piece, what completes a row that began in the last one; where it does not, all of it. */
const SEAM_BYTES = 4096;

/**
 * What a SELECT gives, as tuples of binary COPY. Comes back after each piece that the server has sent, so that others get their turn. Holds such a
 * piece, or one row where that is larger. Throws TARGET_*.
 */
export async function* targetTuples(options: TargetTuplesOptions): AsyncGenerator<void> {
  const { target, select, action } = options;
  const stream = target.client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  // A connection that breaks ends the query, not its stream.
  const stopListening = target.onLost(() => stream.destroy(lost()));
  const reader = new TupleReader(options);
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      reader.take(piece);
      yield;
    }
  } catch (error) {
    throw error instanceof TransfuseError ? error : classifyTargetError(error, { action });
  } finally {
    stopListening();
    // The answer to a COPY that nobody reads to its end stands in the way of any other.
    if (!stream.readableEnded) target.destroy();
  }
}

const TRAILER = -1;
const TRAILER_BYTES = 2;

class TupleReader {
  readonly #options: Pick<TargetTuplesOptions, 'layout' | 'onTuple'>;
  /** The beginning of a row, and how much of it there must be to see more. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #needed = COPY_HEADER.length;
  #isInHeader = true;

  constructor(options: Pick<TargetTuplesOptions, 'layout' | 'onTuple'>) {
    this.#options = options;
  }

  take(piece: Buffer): void {
    if (this.#pendingBytes === 0) return this.#keep(piece, this.#read(piece));
    const seam = Math.min(piece.length, Math.max(SEAM_BYTES, this.#needed - this.#pendingBytes));
    this.#pending.push(piece.subarray(0, seam));
    this.#pendingBytes += seam;
    if (this.#pendingBytes < this.#needed) return;
    const before = this.#pendingBytes - seam;
    const joined = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    const end = this.#read(joined, before);
    // Where the row is whole the rest is read where it lies.
    if (end >= before && end > 0) return this.#keep(piece, this.#read(piece, Infinity, end - before));
    const rest = piece.subarray(seam);
    this.#keep(joined, end);
    if (rest.length > 0) this.take(rest);
  }

  #keep(bytes: Buffer, from: number): void {
    if (from === bytes.length) return;
    this.#pending = [bytes.subarray(from)];
    this.#pendingBytes = bytes.length - from;
  }

  /** The tuples that begin before `limit`. Returns where the first one begins that is not whole, or begins behind it. */
  #read(bytes: Buffer, limit = Infinity, from = 0): number {
    const { layout, onTuple } = this.#options;
    let at = from;
    if (this.#isInHeader) {
      this.#needed = COPY_HEADER.length;
      if (bytes.length < COPY_HEADER.length) return at;
      this.#isInHeader = false;
      at = COPY_HEADER.length;
    }
    for (; at < limit;) {
      this.#needed = TRAILER_BYTES;
      if (bytes.length < at + TRAILER_BYTES || bytes.readInt16BE(at) === TRAILER) return at;
      const end = layout.measure(bytes, at, bytes.length);
      this.#needed = end - at;
      if (end > bytes.length) return at;
      onTuple(bytes, at, end);
      at = end;
    }
    return at;
  }
}

function lost(): TransfuseError {
  return new TransfuseError('TARGET_LOST', 'The connection to the target was lost.', { transient: true });
}
