import { refuse } from '../../core/reject-reasons.ts';
import { ARRAY_HEADER_BYTES, OID, putArrayHeader } from './array.ts';
import type { Codec } from './codec.ts';
import { putInt16, putInt32 } from './wire.ts';

const FLOAT_BYTES = 4;
const MAX_DIMENSIONS = 0x7fff;

/** MySQL gives a VECTOR as little-endian floats; this is the real[] of the same bits. */
export const realArrayCodec: Codec = {
  write(src, start, end, dst, at) {
    if ((end - start) % FLOAT_BYTES !== 0) refuse('malformed');
    let to = at + ARRAY_HEADER_BYTES;
    for (let p = start; p < end; p += FLOAT_BYTES) {
      putInt32(dst, to, FLOAT_BYTES);
      putSwapped(src, p, dst, to + 4);
      to += 8;
    }
    return putArrayHeader(dst, at, to, OID.float4, (end - start) / FLOAT_BYTES);
  },
  maxBytes: (length) => ARRAY_HEADER_BYTES + 2 * length,
};

/** The same as pgvector's type. NaN and infinities, which it does not take, are refused (out_of_range). */
export const pgvectorCodec: Codec = {
  write(src, start, end, dst, at) {
    const dimensions = (end - start) / FLOAT_BYTES;
    if (!Number.isInteger(dimensions) || dimensions === 0) refuse('malformed');
    if (dimensions > MAX_DIMENSIONS) refuse('too_long');
    putVectorHeader(dst, at, dimensions);
    let to = at + VECTOR_HEADER_BYTES;
    for (let p = start; p < end; p += FLOAT_BYTES) {
      if ((src[p + 3]! & 0x7f) === 0x7f && (src[p + 2]! & 0x80) !== 0) refuse('out_of_range');
      putSwapped(src, p, dst, to);
      to += FLOAT_BYTES;
    }
    return to;
  },
  maxBytes: (length) => VECTOR_HEADER_BYTES + length,
};

/** Length, dimensions, and two bytes that pgvector keeps at zero. */
export const VECTOR_HEADER_BYTES = 8;

export function putVectorHeader(dst: Buffer, at: number, dimensions: number): void {
  putInt32(dst, at, 4 + dimensions * FLOAT_BYTES);
  putInt16(dst, at + 4, dimensions);
  putInt16(dst, at + 6, 0);
}

function putSwapped(src: Buffer, from: number, dst: Buffer, to: number): void {
  dst[to] = src[from + 3]!;
  dst[to + 1] = src[from + 2]!;
  dst[to + 2] = src[from + 1]!;
  dst[to + 3] = src[from]!;
}
