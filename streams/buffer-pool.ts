/**
 * Buffers of one size that go round between a producer and a consumer, so that a load of any length allocates a handful.
 * The pool does not bound how many are out: the stream's high-water mark does.
 */
export class BufferPool {
  readonly bufferBytes: number;
  readonly #free: Buffer[] = [];
  readonly #maxFree: number;

  constructor(bufferBytes: number, maxFree: number) {
    this.bufferBytes = bufferBytes;
    this.#maxFree = maxFree;
  }

  acquire(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.bufferBytes);
  }

  /** Takes back a buffer, or a part of it, that nobody reads any more: it will be overwritten. One of another size is left alone. */
  release(buffer: Buffer): void {
    if (buffer.buffer.byteLength !== this.bufferBytes || this.#free.length >= this.#maxFree) return;
    this.#free.push(buffer.length === this.bufferBytes ? buffer : Buffer.from(buffer.buffer));
  }
}
