import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { readInteger } from './integer.ts';
import { putInt32 } from './wire.ts';

const MAX_BYTES = 5;

function putBoolean(dst: Buffer, at: number, value: number): number {
  putInt32(dst, at, 1);
  dst[at + 4] = value;
  return at + MAX_BYTES;
}

/** Digits: 0 and 1 only; anything else is refused (not_boolean). */
export const integerToBooleanCodec: Codec = {
  write(src, start, end, dst, at) {
    const value = readInteger(src, start, end);
    if (value !== 0 && value !== 1) refuse('not_boolean');
    return putBoolean(dst, at, value);
  },
  maxBytes: () => MAX_BYTES,
};

/** The single byte of a BIT(1). */
export const bitToBooleanCodec: Codec = {
  write(src, start, end, dst, at) {
    if (end - start !== 1) refuse('malformed');
    const value = src[start]!;
    if (value > 1) refuse('not_boolean');
    return putBoolean(dst, at, value);
  },
  maxBytes: () => MAX_BYTES,
};
