/**
 * The last stage of the row path: encoded batches into one COPY … FROM STDIN of an open transaction.
 *
 * `finish` means that the server has taken every row and told how many (`rowsCopied`); committing is the caller's.
 * When the stream is destroyed before that, CopyFail is sent, and the connection is ready again only after the server's
 * answer: await `settled`. Errors come as the driver gave them, for the caller to classify: they quote rows.
 */
import { Writable } from 'node:stream';
import type { Client } from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import type { BufferPool } from './buffer-pool.ts';
import type { EncodedBatch } from './source-batch.ts';

const MAX_QUEUED_BATCHES = 2;

export interface CopySinkOptions {
  client: Client;
  /** The COPY statement, in binary format. */
  sql: string;
  pool: BufferPool;
  onBatch?: (batch: EncodedBatch) => void;
}

export class CopySink extends Writable {
  readonly #options: CopySinkOptions;
  readonly #copy: CopyStreamQuery;
  /** The server needs to be told nothing more: the COPY is over, well or not. */
  #copyFailed = false;
  readonly settled: Promise<void>;
  /** Time spent waiting for the target to take what was written. */
  waitMs = 0;

  constructor(options: CopySinkOptions) {
    super({ objectMode: true, highWaterMark: MAX_QUEUED_BATCHES });
    this.#options = options;
    this.#copy = options.client.query(copyFrom(options.sql));
    this.settled = new Promise((resolve) => {
      this.#copy.once('close', resolve);
      this.#copy.on('error', (error) => {
        this.#copyFailed = true;
        this.destroy(error);
        resolve();
      });
    });
  }

  get rowsCopied(): number {
    return this.#copy.rowCount;
  }

  override _write(
    batch: EncodedBatch,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    const since = performance.now();
    const bytes =
      batch.buffer.length === batch.length ? batch.buffer : batch.buffer.subarray(0, batch.length);
    this.#copy.write(bytes, (error) => {
      this.waitMs += performance.now() - since;
      // The driver may still hold bytes that the socket has not taken: only then is the buffer left to the collector.
      if (unsentBytes(this.#options.client) === 0) this.#options.pool.release(batch.buffer);
      if (!error) this.#options.onBatch?.(batch);
      callback(error);
    });
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#copy.once('finish', () => callback());
    this.#copy.end();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // The message of CopyFail goes to the server's log: it must not be a driver's.
    if (!this.#copyFailed && !this.#copy.destroyed && !this.#copy.writableFinished) {
      this.#copy.destroy(new Error('the load was stopped'));
    }
    callback(error);
  }
}

function unsentBytes(client: Client): number {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream.writableLength;
}
