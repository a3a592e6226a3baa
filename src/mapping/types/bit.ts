import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { putInt32 } from './wire.ts';

/** MySQL gives BIT(n) as a big-endian number, PostgreSQL takes the bits from the left. */
export function bitCodec(bits: number): Codec {
  const bytes = (bits + 7) >> 3;
  const unused = bytes * 8 - bits;
  return {
    write(src, start, end, dst, at) {
      if (end - start !== bytes || src[start]! >>> (8 - unused) !== 0) refuse('malformed');
      putInt32(dst, at, 4 + bytes);
      putInt32(dst, at + 4, bits);
      at += 8;
      for (let p = start; p < end; p++) {
        const next = p + 1 < end ? src[p + 1]! : 0;
        dst[at++] = (src[p]! << unused) | (next >>> (8 - unused));
      }
      return at;
    },
    maxBytes: () => 8 + bytes,
  };
}
