import type { ChunkProgress } from './chunk-task.ts';

/** What one attempt at a chunk has reported, so that it can be taken back. */
export class AttemptProgress {
  readonly #mapping: string;
  readonly #report: (progress: ChunkProgress) => void;
  #rows = 0;
  #bytes = 0;
  #isOver = false;

  constructor(mapping: string, report: (progress: ChunkProgress) => void) {
    this.#mapping = mapping;
    this.#report = report;
  }

  readonly add = (rows: number, bytes: number): void => {
    // The driver goes on to tell of what it had written when the attempt failed.
    if (this.#isOver) return;
    this.#rows += rows;
    this.#bytes += bytes;
    this.#report({ mapping: this.#mapping, rows, bytes });
  };

  /** The attempt has failed: nothing of it stays, and nothing is added any more. */
  takeBack(): void {
    this.add(-this.#rows, -this.#bytes);
    this.#isOver = true;
  }
}
