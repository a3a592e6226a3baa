/**
 * DECIMAL: groups of nine digits in four bytes each, big-endian, a shorter group at either end; the first bit is inverted,
 * and in a negative number all bits are (decimal2bin of the server).
 */
import type { ColumnText, WriteText } from './column-text.ts';
import { writeDigits, writeUint } from './digits.ts';

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const GROUP_DIGITS = 9;
const GROUP_BYTES = 4;
/** Bytes of a group that is shorter, by its digits. */
const SHORT_GROUP_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4] as const;

export function decimalText(precision: number, scale: number, zerofill: boolean): ColumnText {
  const write = writeDecimal(precision, scale, zerofill);
  return {
    write: (src, from, to, dst, o) => {
      const end = write(src, from, to, dst, o + 1);
      dst[o] = end - o - 1;
      return end;
    },
    fixedBytes: precision + 4,
    perByte: 0,
  };
}

export function decimalBytes(precision: number, scale: number): number {
  return digitsBytes(precision - scale) + digitsBytes(scale);
}

/** The number alone, without a length in front. */
export function writeDecimal(precision: number, scale: number, zerofill = false): WriteText {
  const integerDigits = precision - scale;
  const leadingDigits = integerDigits % GROUP_DIGITS;
  const integerGroups = (integerDigits - leadingDigits) / GROUP_DIGITS;
  const trailingDigits = scale % GROUP_DIGITS;
  const fractionGroups = (scale - trailingDigits) / GROUP_DIGITS;
  const leadingBytes = SHORT_GROUP_BYTES[leadingDigits]!;
  const trailingBytes = SHORT_GROUP_BYTES[trailingDigits]!;

  return (src, from, _to, dst, o) => {
    const isNegative = (src[from]! & 0x80) === 0;
    const mask = isNegative ? -1 : 0;
    let at = o;
    if (isNegative) dst[at++] = MINUS;
    const digitsAt = at;
    let p = from;
    // Of the first group, wherever it lies, the first bit is turned round again.
    let sign = 0x80;
    if (leadingDigits > 0) {
      const value = readGroup(src, p, leadingBytes, mask, sign);
      p += leadingBytes;
      sign = 0;
      if (zerofill) at = writeDigits(value, leadingDigits, dst, at);
      else if (value !== 0) at = writeUint(value, dst, at);
    }
    for (let i = 0; i < integerGroups; i++, p += GROUP_BYTES, sign = 0) {
      const value = readGroup(src, p, GROUP_BYTES, mask, sign);
      if (zerofill || at !== digitsAt) at = writeDigits(value, GROUP_DIGITS, dst, at);
      else if (value !== 0) at = writeUint(value, dst, at);
    }
    if (at === digitsAt) dst[at++] = ZERO;
    if (scale === 0) return at;
    dst[at++] = POINT;
    for (let i = 0; i < fractionGroups; i++, p += GROUP_BYTES, sign = 0) {
      at = writeDigits(readGroup(src, p, GROUP_BYTES, mask, sign), GROUP_DIGITS, dst, at);
    }
    if (trailingDigits > 0) {
      at = writeDigits(readGroup(src, p, trailingBytes, mask, sign), trailingDigits, dst, at);
    }
    return at;
  };
}

function readGroup(src: Buffer, at: number, bytes: number, mask: number, sign: number): number {
  let value = (src[at]! ^ mask ^ sign) & 0xff;
  for (let i = 1; i < bytes; i++) value = (value << 8) | ((src[at + i]! ^ mask) & 0xff);
  return value;
}

function digitsBytes(digits: number): number {
  const rest = digits % GROUP_DIGITS;
  return ((digits - rest) / GROUP_DIGITS) * GROUP_BYTES + SHORT_GROUP_BYTES[rest]!;
}
