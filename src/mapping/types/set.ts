import { ARRAY_HEADER_BYTES, putArrayHeader } from './array.ts';
import type { Codec } from './codec.ts';
import { validateText } from './text.ts';
import { copyBytes, putInt32 } from './wire.ts';

const COMMA = 0x2c;

/**
 * The members of a SET as an array of text; no member can contain a comma. The server writes the empty set like the set
 * of the empty string alone: both become the empty array.
 */
export function setCodec(elementOid: number): Codec {
  return {
    write(src, start, end, dst, at) {
      let to = at + ARRAY_HEADER_BYTES;
      if (start === end) return putArrayHeader(dst, at, to, elementOid, 0);
      let elements = 0;
      let from = start;
      for (let p = start; p <= end; p++) {
        if (p < end && src[p] !== COMMA) continue;
        putInt32(dst, to, p - from);
        to = copyBytes(src, from, p, dst, to + 4);
        elements++;
        from = p + 1;
      }
      return putArrayHeader(dst, at, to, elementOid, elements);
    },
    // at worst every byte is a comma
    maxBytes: (length) => ARRAY_HEADER_BYTES + 4 + 5 * length,
    validate: validateText,
  };
}
