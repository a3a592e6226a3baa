/** What sync holds at most, and how long it waits (invariant 7). */
import { BufferPool } from '../../streams/buffer-pool.ts';

/** Of the binlog, between the socket and the loop. */
export const QUEUE_BYTES = 16 << 20;
export const SILENCE_MS = 15_000;

const MEMORY_CHUNK_BYTES = 256 << 10;
const MAX_FREE_CHUNKS = 64;

export const LOOP_LIMITS = {
  maxAgeMs: 50,
  maxBatchBytes: 16 << 20,
  streamFromBytes: 16 << 20,
};

/** What both batches take their memory from. */
export function syncMemory(): BufferPool {
  return new BufferPool(MEMORY_CHUNK_BYTES, MAX_FREE_CHUNKS);
}
