/**
 * How far the target is behind, measured from outside: the end of the source's binlog is noted, and the time until the target has
 * committed everything before it. Says nothing of what sync itself says. Holds at most `MAX_SAMPLES` numbers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isBehind, type EndsOfLog } from './ends-of-log.ts';

export interface Lag {
  medianMs: number;
  maxMs: number;
  samples: number;
}

/** How exactly a sample is known. */
const LOOK_AGAIN_MS = 10;
const BETWEEN_SAMPLES_MS = 90;
/** Of a few minutes; then older ones make room, and the maximum stays. */
const MAX_SAMPLES = 4096;

export class LagProbe implements AsyncDisposable {
  readonly #ends: EndsOfLog;
  readonly #done: Promise<void>;
  readonly #samples: number[] = [];
  #count = 0;
  #maxMs = 0;
  #isStopping = false;

  /** Begins at once. `ends` is not to be used by others meanwhile, and stays open. */
  constructor(ends: EndsOfLog) {
    this.#ends = ends;
    // A lost server ends the demo by what it does to the commands.
    this.#done = this.#measure().catch(() => {});
  }

  /** null before the first sample. */
  get lag(): Lag | null {
    if (this.#count === 0) return null;
    const sorted = this.#samples.toSorted((a, b) => a - b);
    return { medianMs: sorted[sorted.length >> 1]!, maxMs: this.#maxMs, samples: this.#count };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    await this.#done;
  }

  async #measure(): Promise<void> {
    while (!this.#isStopping) {
      const goal = await this.#ends.ofSource();
      const noticedAt = performance.now();
      while (isBehind(await this.#ends.ofTarget(), goal)) {
        if (this.#isStopping) return;
        await sleep(LOOK_AGAIN_MS);
      }
      const lagMs = performance.now() - noticedAt;
      this.#samples[this.#count++ % MAX_SAMPLES] = lagMs;
      this.#maxMs = Math.max(this.#maxMs, lagMs);
      await sleep(BETWEEN_SAMPLES_MS);
    }
  }
}
