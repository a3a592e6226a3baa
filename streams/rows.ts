import type { Readable } from 'node:stream';

/** The rows of a chunk on their way, whatever they are read from: batches of SourceBatch. */
export interface Rows extends Readable {
  /** Bytes received. */
  readonly bytesRead: number;
  readonly rowsRead: number;
  /** Time during which the consumer was ready and the source had nothing. */
  readonly waitMs: number;
  /** True while the consumer is ready, rows are still to come, and the source has sent none. */
  readonly isWaiting: boolean;
}
