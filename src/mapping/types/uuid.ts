import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { hexDigit } from './hex.ts';
import { copyBytes, putInt32 } from './wire.ts';

const UUID_BYTES = 16;
const DIGITS = 32;
const DASH = 0x2d;

/** 32 hexadecimal digits, with the four dashes or without. */
export const uuidCodec: Codec = {
  write(src, start, end, dst, at) {
    const dashes = end - start === DIGITS + 4;
    if (!dashes && end - start !== DIGITS) refuse('malformed');
    putInt32(dst, at, UUID_BYTES);
    let to = at + 4;
    let p = start;
    for (let i = 0; i < UUID_BYTES; i++) {
      if (dashes && (i === 4 || i === 6 || i === 8 || i === 10) && src[p++] !== DASH) refuse('malformed');
      dst[to++] = (hexDigit(src[p]!) << 4) | hexDigit(src[p + 1]!);
      p += 2;
    }
    return to;
  },
  maxBytes: () => 4 + UUID_BYTES,
};

/** The 16 bytes of a BINARY(16), which hold the UUID in the order it is written. */
export const binaryToUuidCodec: Codec = {
  write(src, start, end, dst, at) {
    if (end - start !== UUID_BYTES) refuse('malformed');
    putInt32(dst, at, UUID_BYTES);
    return copyBytes(src, start, end, dst, at + 4);
  },
  maxBytes: () => 4 + UUID_BYTES,
};
