/**
 * The first stage of the row path: runs one SELECT and emits its rows as batches of protocol bytes.
 *
 * Promises: every row of the result set, in order, once, or an error. Backpressure reaches the server's socket: while the
 * consumer is busy nothing is read. Holds at most `MAX_QUEUED_BATCHES` socket chunks of up to 64 KiB.
 * Does not promise that the connection can be used again after an error or an early end: it is destroyed then.
 */
import { Readable } from 'node:stream';
import type { Connection, FieldPacket, Query } from 'mysql2';
import type { SourceConnection } from '../src/mysql/connection.ts';
import { classifySourceError } from '../src/mysql/errors.ts';
import { attachRowFramer } from '../src/mysql/row-framer.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Rows } from './rows.ts';
import type { SourceBatch } from './source-batch.ts';

const MAX_QUEUED_BATCHES = 8;

export interface RowSourceOptions {
  source: SourceConnection;
  sql: string;
  /** For messages. */
  table: string;
  /** Where the batches' memory comes from; the consumer gives it back. Without it each batch has memory of its own. */
  pool?: BufferPool;
  /** Sees the column definitions before the first row; what it throws ends the stream. */
  onFields?: (fields: FieldPacket[]) => void;
}

export class RowSource extends Readable implements Rows {
  readonly #options: RowSourceOptions;
  #query: Query | null = null;
  #finished = false;
  #paused = false;
  /** Bytes of rows received, headers included. */
  bytesRead = 0;
  rowsRead = 0;
  /** Time during which the consumer was ready and the source had nothing. */
  waitMs = 0;
  #waitingSince = 0;
  #stopListening = (): void => undefined;

  constructor(options: RowSourceOptions) {
    super({ objectMode: true, highWaterMark: MAX_QUEUED_BATCHES });
    this.#options = options;
  }

  /** True while the consumer is ready, rows are still to come, and the source has sent none. */
  get isWaiting(): boolean {
    return this.#waitingSince !== 0 && !this.#finished;
  }

  override _read(): void {
    if (!this.#query) this.#start();
    if (this.#waitingSince === 0) this.#waitingSince = performance.now();
    this.#resumeSocket();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#stopListening();
    // A result set that nobody reads would stream for ever, and keep its snapshot open on the server.
    if (this.#query && !this.#finished) this.#options.source.destroy();
    callback(error);
  }

  #resumeSocket(): void {
    if (!this.#paused) return;
    this.#paused = false;
    socketOf(this.#options.source.raw).resume();
  }

  #start(): void {
    const { source, sql, onFields } = this.#options;
    const framer = attachRowFramer(source.raw);
    const query = source.raw.query({ sql, rowsAsArray: true });
    this.#query = query;
    this.#stopListening = source.onLost(this.#fail);
    query.on('fields', (fields: FieldPacket[]) => {
      framer.expectRows({ rows: this.#rows, piece: this.#piece });
      try {
        onFields?.(fields);
      } catch (error) {
        this.destroy(error as Error);
      }
    });
    query.on('error', this.#fail);
    query.on('end', () => {
      this.#finished = true;
      // The connection goes on to the next statement, and nobody will ask this stream for more.
      this.#resumeSocket();
      this.#stopListening();
      this.push(null);
    });
  }

  #rows = (data: Buffer, rows: number): void => {
    this.rowsRead += rows;
    this.#emit({ kind: 'rows', data: this.#keep(data), rows });
  };

  #piece = (data: Buffer, last: boolean): void => {
    if (last) this.rowsRead++;
    this.#emit({ kind: 'piece', data: this.#keep(data), last });
  };

  #keep(data: Buffer): Buffer {
    const { pool } = this.#options;
    if (!pool || data.length > pool.bufferBytes) return Buffer.from(data);
    const buffer = pool.acquire();
    buffer.set(data);
    return buffer.subarray(0, data.length);
  }

  #emit(batch: SourceBatch): void {
    this.bytesRead += batch.data.length;
    if (this.#waitingSince !== 0) {
      this.waitMs += performance.now() - this.#waitingSince;
      this.#waitingSince = 0;
    }
    if (!this.push(batch) && !this.#paused && !this.destroyed) {
      this.#paused = true;
      socketOf(this.#options.source.raw).pause();
    }
  }

  #fail = (error: unknown): void => {
    const { source, table } = this.#options;
    this.destroy(classifySourceError(error, { ...source.context, table, doing: 'reading rows' }));
  };
}

/** The connection's socket as it is now: TLS replaces it. */
function socketOf(connection: Connection): { pause(): void; resume(): void } {
  return (connection as unknown as { stream: { pause(): void; resume(): void } }).stream;
}
