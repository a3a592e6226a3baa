/** Rates over the last few seconds. Holds one small bucket for each half second of the window. */
const WINDOW_MS = 5_000;
const BUCKET_MS = 500;

interface Bucket {
  startMs: number;
  rows: number;
  bytes: number;
}

export interface Rates {
  rowsPerSecond: number;
  bytesPerSecond: number;
}

export class RateWindow {
  readonly #startMs: number;
  #buckets: Bucket[] = [];

  constructor(nowMs: number) {
    this.#startMs = nowMs;
  }

  add(rows: number, bytes: number, nowMs: number): void {
    const startMs = nowMs - (nowMs % BUCKET_MS);
    const last = this.#buckets.at(-1);
    if (last?.startMs === startMs) {
      last.rows += rows;
      last.bytes += bytes;
      return;
    }
    this.#forget(nowMs);
    this.#buckets.push({ startMs, rows, bytes });
  }

  /** Over the window, or over the time since the start while that is shorter; never over less than half a second. */
  at(nowMs: number): Rates {
    this.#forget(nowMs);
    const seconds = Math.max(Math.min(nowMs - this.#startMs, WINDOW_MS), BUCKET_MS) / 1000;
    const total = (pick: (bucket: Bucket) => number) =>
      this.#buckets.reduce((sum, bucket) => sum + pick(bucket), 0);
    return {
      rowsPerSecond: total((bucket) => bucket.rows) / seconds,
      bytesPerSecond: total((bucket) => bucket.bytes) / seconds,
    };
  }

  #forget(nowMs: number): void {
    this.#buckets = this.#buckets.filter((bucket) => bucket.startMs >= nowMs - WINDOW_MS);
  }
}
