/** What sync holds at most, and how long it waits (invariant 7). */
import { BufferPool } from '../../streams/buffer-pool.ts';

export const SILENCE_MS = 15_000;

const MEMORY_CHUNK_BYTES = 256 << 10;
const MAX_FREE_CHUNKS = 64;

/** Each of the two batches of a loop, and what is held of the binlog between its socket and the loop. */
const BATCH_BYTES = 16 << 20;

/** Where `sharers` databases are followed by one process, each gets its part of the memory that one would. */
export function syncLimits(sharers: number) {
  const maxBytes = Math.floor(BATCH_BYTES / sharers);
  return {
    maxQueuedBytes: maxBytes,
    loop: { maxAgeMs: 50, maxBatchBytes: maxBytes, streamFromBytes: maxBytes },
  };
}

/** What both batches take their memory from. */
export function syncMemory(sharers: number): BufferPool {
  return new BufferPool(MEMORY_CHUNK_BYTES, Math.ceil(MAX_FREE_CHUNKS / sharers));
}
