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

export class ItemQueue {
  readonly #options: QueueOptions;
  #items: StreamItem[] = [];
  /** Of each item. */
  #sizes: number[] = [];
  #bytes = 0;
  /** Of these, what was handed over last: it is in memory until the consumer asks for more. */
  #takenBytes = 0;
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
    this.#items.push(item);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    if (this.#wake) this.#signal();
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
    this.#release();
    while (this.#items.length === 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#bytes <= this.#options.maxTakenBytes ? this.#takeAll() : this.#takePart();
  }

  #release(): void {
    this.#bytes -= this.#takenBytes;
    this.#takenBytes = 0;
    if (!this.#isFull || this.#bytes > this.#options.lowWaterBytes) return;
    this.#isFull = false;
    this.#options.onDrained();
  }

  #takeAll(): StreamItem[] {
    const items = this.#items;
    this.#items = [];
    this.#sizes = [];
    this.#takenBytes = this.#bytes;
    return items;
  }

  #takePart(): StreamItem[] {
    let count = 1;
    let takenBytes = this.#sizes[0]!;
    while (count < this.#sizes.length && takenBytes + this.#sizes[count]! <= this.#options.maxTakenBytes) {
      takenBytes += this.#sizes[count]!;
      count += 1;
    }
    this.#sizes.splice(0, count);
    this.#takenBytes = takenBytes;
    return this.#items.splice(0, count);
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
