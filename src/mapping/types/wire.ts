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

/** Below this, a loop in JavaScript beats the call into the copying code of Node. */
const LOOP_BYTES = 40;

export function copyBytes(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  if (end - start < LOOP_BYTES) {
    while (start < end) dst[at++] = src[start++]!;
    return at;
  }
  src.copy(dst, at, start, end);
  return at + end - start;
}

/** Length and bytes, as they are. */
export function writeVerbatim(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  putInt32(dst, at, end - start);
  return copyBytes(src, start, end, dst, at + 4);
}
