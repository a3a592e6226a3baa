/** Big-endian integers of PostgreSQL's binary format, written without an allocation. */

/** The length that stands for NULL in binary COPY. */
const NULL_LENGTH = -1;

const TWO_TO_32 = 0x1_0000_0000;

export function putInt16(dst: Buffer, at: number, value: number): void {
  dst[at] = value >>> 8;
  dst[at + 1] = value;
}

export function putInt32(dst: Buffer, at: number, value: number): void {
  dst[at] = value >>> 24;
  dst[at + 1] = value >>> 16;
  dst[at + 2] = value >>> 8;
  dst[at + 3] = value;
}

/** Exact for safe integers. */
export function putInt64(dst: Buffer, at: number, value: number): void {
  const high = Math.floor(value / TWO_TO_32);
  putInt32(dst, at, high);
  putInt32(dst, at + 4, value - high * TWO_TO_32);
}

/** NULL: a length of -1 and no bytes. Returns where it stopped. */
export function putNull(dst: Buffer, at: number): number {
  putInt32(dst, at, NULL_LENGTH);
  return at + 4;
}

/** Below this, a loop is faster than a call into the runtime (measured on Node 20: 16 bytes 40 ns, 24 bytes 60 ns, any call 55). */
export const LOOP_BYTES = 24;

/**
 * Copies `src[start, end)` to `dst` from `at`; returns where it stopped. Cheapest where both are the same buffer: copying
 * between two makes a view for each value, which the collector has to take away (measured: 55 ns against 160).
 */
export function copyBytes(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  if (end - start < LOOP_BYTES) {
    while (start < end) dst[at++] = src[start++]!;
    return at;
  }
  if (src === dst) dst.copyWithin(at, start, end);
  else src.copy(dst, at, start, end);
  return at + end - start;
}

/** Length and bytes, as they are. */
export function writeVerbatim(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  putInt32(dst, at, end - start);
  return copyBytes(src, start, end, dst, at + 4);
}
