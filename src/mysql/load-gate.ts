/**
 * Holds reading back while the source has enough to do: before each piece of work it is asked how far its own counters are, and while one of them has reached its
 * limit nothing is begun. What is under way is finished. After the option of gh-ost of the same name (https://github.com/github/gh-ost, doc/throttle.md).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TransfuseError } from '../core/errors.ts';

/** By name of a counter of SHOW GLOBAL STATUS; names are taken in any case. */
export type LoadLimits = ReadonlyMap<string, number>;

interface LoadGateOptions {
  limits: LoadLimits;
  /** The counters of these names, as the server knows them. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Said once when reading is held back, and when it goes on. */
  onNote(text: string): void;
  signal: AbortSignal;
}

/** What was found a moment ago still holds. */
const FRESH_MS = 500;
const LOOK_AGAIN_MS = 1000;

export class LoadGate {
  readonly #options: LoadGateOptions;
  #passedAtMs = -Infinity;

  constructor(options: LoadGateOptions) {
    this.#options = options;
  }

  /** Comes back once no counter has reached its limit. Throws USAGE for a counter that the server does not have, INTERRUPTED, and what `read` throws. */
  async pass(): Promise<void> {
    const { limits, signal, onNote } = this.#options;
    if (limits.size === 0 || performance.now() - this.#passedAtMs < FRESH_MS) return;
    let heldAtMs: number | null = null;
    for (let over = await this.#over(); over !== null; over = await this.#over()) {
      if (heldAtMs === null)
        onNote(`Held back while the source is busy: ${over}. What this command does itself is counted.`);
      heldAtMs ??= performance.now();
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
    this.#passedAtMs = performance.now();
    if (heldAtMs !== null)
      onNote(`Going on: the source was busy for ${Math.round((this.#passedAtMs - heldAtMs) / 1000)} s.`);
  }

  /** null where there is room. */
  async #over(): Promise<string | null> {
    const { limits, read } = this.#options;
    const found = await read([...limits.keys()]);
    for (const [name, limit] of limits) {
      const value = found.get(name.toLowerCase());
      if (value === undefined) throw unknownCounter(name);
      if (value >= limit) return `${name} is ${value}, and the limit ${limit}`;
    }
    return null;
  }
}

function unknownCounter(name: string): TransfuseError {
  return new TransfuseError('USAGE', `The source has no counter ${name}.`, {
    fix: 'Give --max-load names that SHOW GLOBAL STATUS has, such as Threads_running=25.',
  });
}
