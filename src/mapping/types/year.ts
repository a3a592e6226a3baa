import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { readInteger } from './integer.ts';
import { putInt16, putInt32 } from './wire.ts';

/** MariaDB's YEAR(2) shows 1970 to 2069 by two digits, and the server gives no more of it. */
const FIRST_YEAR_OF_TWO_DIGITS = 70;

/** The four-digit year of a YEAR(2). 2000, and the zero year that YEAR(2) cannot tell from it, become 2000. */
export const twoDigitYearCodec: Codec = {
  write(src, start, end, dst, at) {
    const value = readInteger(src, start, end);
    if (value < 0 || value > 99) refuse('out_of_range');
    putInt32(dst, at, 2);
    putInt16(dst, at + 4, value + (value < FIRST_YEAR_OF_TWO_DIGITS ? 2000 : 1900));
    return at + 6;
  },
  maxBytes: () => 6,
};
