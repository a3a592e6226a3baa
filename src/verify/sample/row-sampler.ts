/** Some rows of many, chosen by a seed alone: the ones whose keys' digests, mixed with it, are the smallest. In one pass, and in whatever order rows come. */
import { finish } from '../row-hash.ts';

export interface SampledRow {
  /** The source row's payload, and the tuple that it becomes. */
  payload: Buffer;
  tuple: Buffer;
}

/** Larger rows are not among them: they would have to be held. */
const MAX_ROW_BYTES = 1024 * 1024;

export class RowSampler {
  readonly #seed: number;
  readonly #size: number;
  readonly #taken: { rank: number; row: SampledRow }[] = [];
  /** What a row must be below. */
  #limit = Infinity;
  #rank = 0;

  constructor(seed: number, size: number) {
    this.#seed = seed;
    this.#size = size;
    if (size === 0) this.#limit = -1;
  }

  /** Whether the row is one of them, as far as can be told by now: then it is to be taken. */
  wants({ high, low }: { high: number; low: number }, bytes: number): boolean {
    this.#rank = (finish(high ^ this.#seed) >>> 0) * 2 ** 20 + (finish(low ^ this.#seed) >>> 12);
    // A pass may be made again.
    return (
      this.#rank < this.#limit &&
      bytes <= MAX_ROW_BYTES &&
      !this.#taken.some(({ rank }) => rank === this.#rank)
    );
  }

  /** The row that was asked about last. */
  take(row: SampledRow): void {
    this.#taken.push({ rank: this.#rank, row });
    this.#taken.sort((a, b) => a.rank - b.rank);
    if (this.#taken.length < this.#size) return;
    this.#taken.length = this.#size;
    this.#limit = this.#taken.at(-1)!.rank;
  }

  get rows(): SampledRow[] {
    return this.#taken.map(({ row }) => row);
  }
}
