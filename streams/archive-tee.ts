import type { ArchiveWriter } from './archive-writer.ts';
import type { SourceBatch } from './source-batch.ts';

/**
 * A stage between the row source and the encoder: what passes goes to an archive as well. The slower of the two sides sets the
 * pace. Ends when the archive has the last part. Holds what its ArchiveWriter holds.
 */
export class ArchiveTee {
  readonly #writer: ArchiveWriter;
  /** Whether the archive has all of the rows. */
  isWhole = false;
  /** While it waits for the bucket, which has time limits of its own. */
  isStoring = false;

  constructor(writer: ArchiveWriter) {
    this.#writer = writer;
  }

  /** Throws STORAGE_*, and what the source throws. */
  async *pass(batches: AsyncIterable<SourceBatch>): AsyncGenerator<SourceBatch> {
    try {
      for await (const batch of batches) {
        // Its lines are made before it goes on, since its memory is used again behind the encoder; they are stored while it is encoded.
        const stored = this.#writer.add(batch);
        stored.catch(() => undefined);
        yield batch;
        await this.#store(stored);
      }
      await this.#store(this.#writer.end());
      this.isWhole = true;
    } finally {
      this.#writer.destroy();
    }
  }

  async #store(stored: Promise<unknown>): Promise<void> {
    this.isStoring = true;
    try {
      await stored;
    } finally {
      this.isStoring = false;
    }
  }
}
