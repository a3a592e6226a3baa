/** Values that the SELECT delivers as they are stored: UTF-8 text, binary strings, BIT, geometries, vectors. */
import { MAX_LENGTH_BYTES, type ColumnText, type WriteText } from './column-text.ts';
import { writeLength } from './length-prefix.ts';

/** Below this size a loop copies faster than a call into the runtime. */
const INLINE_COPY_BYTES = 40;

export const writeBytes: WriteText = (src, from, to, dst, o) => {
  const length = to - from;
  if (length < INLINE_COPY_BYTES) {
    dst[o] = length;
    let at = o + 1;
    for (let i = from; i < to; i++) dst[at++] = src[i]!;
    return at;
  }
  const at = writeLength(length, dst, o);
  src.copy(dst, at, from, to);
  return at + length;
};

export function bytesText(): ColumnText {
  return { write: writeBytes, fixedBytes: MAX_LENGTH_BYTES, perByte: 1 };
}

/** BINARY(n): the binlog leaves out the zeros at its end. */
export function paddedBytesText(length: number): ColumnText {
  return {
    write: (src, from, to, dst, o) => {
      const at = writeLength(length, dst, o);
      src.copy(dst, at, from, to);
      return dst.fill(0, at + to - from, at + length) && at + length;
    },
    fixedBytes: MAX_LENGTH_BYTES + length,
    perByte: 0,
  };
}
