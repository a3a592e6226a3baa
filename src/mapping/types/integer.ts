import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { putInt16, putInt32, putInt64 } from './wire.ts';

const TWO_TO_31 = 0x8000_0000;
const TWO_TO_32 = 0x1_0000_0000;
/** Any number of so many digits is a safe integer. */
const SAFE_DIGITS = 15;
const MAX_INT64_DIGITS = 19;

/**
 * Decimal digits with an optional minus. Exact up to the safe integers, and beyond them still larger than any of them,
 * so that it may be compared with the bounds of smallint and integer. Throws ValueRefused (malformed).
 */
export function readInteger(src: Buffer, start: number, end: number): number {
  let at = start;
  const negative = at < end && src[at] === 0x2d;
  if (negative) at++;
  if (at === end) refuse('malformed');
  let value = 0;
  while (at < end) {
    const digit = src[at++]! ^ 0x30;
    if (digit > 9) refuse('malformed');
    value = value * 10 + digit;
  }
  return negative ? 0 - value : value;
}

export const int2Codec: Codec = {
  write(src, start, end, dst, at) {
    const value = readInteger(src, start, end);
    if (value > 32767 || value < -32768) refuse('out_of_range');
    putInt32(dst, at, 2);
    putInt16(dst, at + 4, value);
    return at + 6;
  },
  maxBytes: () => 6,
};

export const int4Codec: Codec = {
  write(src, start, end, dst, at) {
    const value = readInteger(src, start, end);
    if (value > 0x7fff_ffff || value < -TWO_TO_31) refuse('out_of_range');
    putInt32(dst, at, 4);
    putInt32(dst, at + 4, value);
    return at + 8;
  },
  maxBytes: () => 8,
};

export const int8Codec: Codec = {
  write(src, start, end, dst, at) {
    putInt32(dst, at, 8);
    if (end - start <= SAFE_DIGITS) putInt64(dst, at + 4, readInteger(src, start, end));
    else writeLongInt8(src, start, end, dst, at + 4);
    return at + 12;
  },
  maxBytes: () => 12,
};

/** In two limbs of 32 bits, since a double holds only 53. */
function writeLongInt8(src: Buffer, start: number, end: number, dst: Buffer, at: number): void {
  let from = start;
  const negative = src[from] === 0x2d;
  if (negative) from++;
  while (from < end && src[from] === 0x30) from++;
  let high = 0;
  let low = 0;
  for (let p = from; p < end; p++) {
    const digit = src[p]! ^ 0x30;
    if (digit > 9) refuse('malformed');
    if (p - from >= MAX_INT64_DIGITS) continue;
    low = low * 10 + digit;
    const carry = Math.floor(low / TWO_TO_32);
    low -= carry * TWO_TO_32;
    high = high * 10 + carry;
  }
  if (end - from > MAX_INT64_DIGITS) refuse('out_of_range');
  if (high >= TWO_TO_31 && !(negative && high === TWO_TO_31 && low === 0)) refuse('out_of_range');
  if (negative) {
    low = -low | 0;
    high = ~high + (low === 0 ? 1 : 0);
  }
  putInt32(dst, at, high | 0);
  putInt32(dst, at + 4, low | 0);
}
