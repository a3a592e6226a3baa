/**
 * The memory of a batch: chunks that are filled from both ends. Encoded rows lie one behind the other from the front, so
 * that they go to COPY as they are; keys and payloads from the back. Chunks are used again by the next batch.
 */
import type { BufferPool } from '../../streams/buffer-pool.ts';

export class ChangeMemory {
  readonly #pool: BufferPool;
  readonly #chunks: Buffer[] = [];
  #front = 0;
  #back = 0;
  /** Bytes of all chunks, used or not. */
  bytes = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  chunk(index: number): Buffer {
    return this.#chunks[index]!;
  }

  /** Makes room for both in one chunk, and returns its index. What does not fit an ordinary chunk gets one of its own. */
  reserve(frontBytes: number, backBytes: number): number {
    if (this.#chunks.length > 0 && this.#back - this.#front >= frontBytes + backBytes) {
      return this.#chunks.length - 1;
    }
    const needed = frontBytes + backBytes;
    const chunk = needed <= this.#pool.bufferBytes ? this.#pool.acquire() : Buffer.allocUnsafeSlow(needed);
    this.bytes += chunk.length;
    this.#front = 0;
    this.#back = chunk.length;
    return this.#chunks.push(chunk) - 1;
  }

  /** Where the next row of the last chunk is written. */
  get front(): number {
    return this.#front;
  }

  keepFront(end: number): void {
    if (end > this.#back) throw new RangeError('an encoder wrote more than it had announced');
    this.#front = end;
  }

  /** Takes so many bytes at the back of the last chunk, and returns where they start. */
  takeBack(bytes: number): number {
    return (this.#back -= bytes);
  }

  clear(): void {
    for (const chunk of this.#chunks) this.#pool.release(chunk);
    this.#chunks.length = 0;
    this.#front = this.#back = this.bytes = 0;
  }
}
