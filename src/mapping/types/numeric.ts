/**
 * Decimal digits to PostgreSQL's numeric: groups of four digits (base 10000), a weight, a sign and the number of
 * decimal places to show. Exact for any length; the groups are written straight to their place.
 */
import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { plainDecimal } from './scientific.ts';
import type { TargetType } from './target-type.ts';
import { putInt16, putInt32 } from './wire.ts';

/** Length, number of groups, weight, sign, decimal places. */
const HEADER_BYTES = 12;
const NEGATIVE = 0x4000;
const MAX_INTEGER_DIGITS = 131072;
const MAX_SCALE = 16383;
/** DOUBLE goes from 5e-324 to 1.8e308. */
const MAX_EXPONENT = 350;

interface NumericLimits {
  /** Digits before the point that the target allows; null: any. */
  integerDigits: number | null;
  /** Decimal places of the target; null: those of each value. */
  scale: number | null;
}

export function numericLimits({ modifiers: [precision, scale = 0] }: TargetType): NumericLimits {
  return precision === undefined
    ? { integerDigits: null, scale: null }
    : { integerDigits: Math.max(0, precision - scale), scale };
}

/**
 * Digits and a point, as MySQL writes DECIMAL and the integers. Refuses a value that the limits cannot hold exactly
 * (out_of_range), where PostgreSQL would round it.
 */
export function decimalCodec(limits: NumericLimits): Codec {
  const maxIntegerDigits = limits.integerDigits ?? MAX_INTEGER_DIGITS;
  const { scale } = limits;
  return {
    write: (src, start, end, dst, at) => writeNumeric(src, start, end, dst, at, maxIntegerDigits, scale),
    maxBytes: maxNumericBytes,
  };
}

/** The same for numbers that may have an exponent, as MySQL writes DOUBLE. */
export function scientificCodec(limits: NumericLimits): Codec {
  const decimal = decimalCodec(limits);
  return {
    write(src, start, end, dst, at) {
      const exponent = findExponent(src, start, end);
      if (exponent === -1) return decimal.write(src, start, end, dst, at);
      const plain = plainDecimal(src, start, exponent, end, MAX_EXPONENT);
      return decimal.write(plain, 0, plain.length, dst, at);
    },
    maxBytes: (length) => maxNumericBytes(length + MAX_EXPONENT),
  };
}

/** Each side of the point may end in a group that is not full. */
function maxNumericBytes(length: number): number {
  return HEADER_BYTES + 4 + Math.ceil(length / 2);
}

function findExponent(src: Buffer, start: number, end: number): number {
  for (let p = start; p < end; p++) if ((src[p]! | 0x20) === 0x65) return p;
  return -1;
}

function writeNumeric(
  src: Buffer,
  start: number,
  end: number,
  dst: Buffer,
  at: number,
  maxIntegerDigits: number,
  scale: number | null,
): number {
  let p = start;
  let sign = 0;
  if (p < end && src[p] === 0x2d) {
    sign = NEGATIVE;
    p++;
  }
  let point = p;
  while (point < end && src[point] !== 0x2e) point++;
  const fraction = point < end ? point + 1 : end;
  const fractionDigits = end - fraction;
  if (point === p && fractionDigits === 0) refuse('malformed');
  while (p < point && src[p] === 0x30) p++;
  const integerDigits = point - p;

  let invalid = 0;
  let weight = ((integerDigits + 3) >> 2) - 1;
  const firstGroup = at + HEADER_BYTES;
  let to = firstGroup;
  let left = integerDigits & 3 || 4;
  let group = 0;
  while (p < point) {
    const digit = src[p++]! ^ 0x30;
    invalid |= digit + 6;
    group = group * 10 + digit;
    if (--left === 0) {
      putInt16(dst, to, group);
      to += 2;
      group = 0;
      left = 4;
    }
  }

  left = 4;
  let lastDigit = fraction;
  for (p = fraction; p < end; p++) {
    const digit = src[p]! ^ 0x30;
    invalid |= digit + 6;
    if (digit !== 0) lastDigit = p + 1;
    group = group * 10 + digit;
    if (--left > 0) continue;
    if (group === 0 && to === firstGroup) weight--;
    else {
      putInt16(dst, to, group);
      to += 2;
    }
    group = 0;
    left = 4;
  }
  if (group !== 0) {
    while (left-- > 0) group *= 10;
    putInt16(dst, to, group);
    to += 2;
  }
  // a digit is 0 to 9 once its high bits are flipped away; adding 6 lifts all others past 15
  if (invalid > 15) refuse('malformed');
  if (integerDigits > maxIntegerDigits || fractionDigits > MAX_SCALE) refuse('out_of_range');
  if (scale !== null && lastDigit - fraction > scale) refuse('out_of_range');

  while (to > firstGroup && dst[to - 1] === 0 && dst[to - 2] === 0) to -= 2;
  const groups = (to - firstGroup) >> 1;
  putInt32(dst, at, to - at - 4);
  putInt16(dst, at + 4, groups);
  putInt16(dst, at + 6, groups === 0 ? 0 : weight);
  putInt16(dst, at + 8, groups === 0 ? 0 : sign);
  putInt16(dst, at + 10, scale ?? fractionDigits);
  return to;
}
