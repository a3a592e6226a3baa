/**
 * Items on their way from the socket to the consumer, bounded in bytes: above the high-water mark the reader is told to
 * pause, below the low-water mark to resume. What one packet brings is taken in whole, so the bound is passed by that much.
 */
import type { TransfuseError } from '../src/core/errors.ts';
import type { StreamItem } from './transaction-model.ts';

interface QueueOptions {
  highWaterBytes: number;
  lowWaterBytes: number;
  /** Most that one `take` hands over, unless a single item is larger. */
  maxTakenBytes: number;
  onFull: () => void;
  onDrained: () => void;
}

interface Entry {
  item: StreamItem;
  bytes: number;
}

export class ItemQueue {
  readonly #options: QueueOptions;
  readonly #entries: Entry[] = [];
  #bytes = 0;
  #isFull = false;
  #failure: TransfuseError | null = null;
  #wake: (() => void) | null = null;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  push(item: StreamItem, bytes: number): void {
    this.#entries.push({ item, bytes });
    this.#bytes += bytes;
    this.#signal();
    if (this.#isFull || this.#bytes < this.#options.highWaterBytes) return;
    this.#isFull = true;
    this.#options.onFull();
  }

  /** No item follows. Those that are queued are handed over before `take` rejects. */
  fail(error: TransfuseError): void {
    this.#failure ??= error;
    this.#signal();
  }

  /** The next items, at least one; waits for it. One call at a time. Rejects with what `fail` was given. */
  async take(): Promise<StreamItem[]> {
    while (this.#entries.length === 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    let count = 0;
    let takenBytes = 0;
    for (const { bytes } of this.#entries) {
      if (count > 0 && takenBytes + bytes > this.#options.maxTakenBytes) break;
      count += 1;
      takenBytes += bytes;
    }
    const items = this.#entries.splice(0, count).map(({ item }) => item);
    this.#bytes -= takenBytes;
    if (this.#isFull && this.#bytes <= this.#options.lowWaterBytes) {
      this.#isFull = false;
      this.#options.onDrained();
    }
    return items;
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
