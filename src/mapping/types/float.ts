import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { putInt32 } from './wire.ts';

/** A sign, 15 digits and a point: both the digits and the power of ten are exact doubles, and so is one division. */
const FAST_BYTES = 16;
const POWERS_OF_TEN = Float64Array.from({ length: 17 }, (_, exponent) => Number(`1e${exponent}`));
/** The longest text that MySQL makes of a DOUBLE(255,30), with room to spare. */
const MAX_TEXT_BYTES = 1024;

const scratch = new DataView(new ArrayBuffer(8));

/** Correctly rounded. Throws ValueRefused: malformed, or out_of_range for more than a double holds. */
export function readDouble(src: Buffer, start: number, end: number): number {
  if (end - start > FAST_BYTES) return readSlowly(src, start, end);
  let p = start;
  const negative = p < end && src[p] === 0x2d;
  if (negative) p++;
  let digits = 0;
  let decimals = -1;
  let value = 0;
  for (; p < end; p++) {
    const digit = src[p]! ^ 0x30;
    if (digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (digit === 0x1e && decimals < 0) decimals = 0;
    else return readSlowly(src, start, end);
  }
  if (digits === 0) refuse('malformed');
  if (value > Number.MAX_SAFE_INTEGER) return readSlowly(src, start, end);
  if (decimals > 0) value /= POWERS_OF_TEN[decimals]!;
  return negative ? -value : value;
}

function readSlowly(src: Buffer, start: number, end: number): number {
  if (end - start > MAX_TEXT_BYTES) refuse('malformed');
  let digits = 0;
  for (let p = start; p < end; p++) {
    const byte = src[p]!;
    if (byte >= 0x30 && byte <= 0x39) digits++;
    // + - . E e: all that Number() may be given, which also knows spaces, hexadecimal and Infinity
    else if (byte !== 0x2b && byte !== 0x2d && byte !== 0x2e && (byte | 0x20) !== 0x65) refuse('malformed');
  }
  const value = digits === 0 ? Number.NaN : Number(src.toString('latin1', start, end));
  if (Number.isNaN(value)) refuse('malformed');
  if (!Number.isFinite(value)) refuse('out_of_range');
  return value;
}

export function putFloat4(dst: Buffer, at: number, value: number): void {
  scratch.setFloat32(0, value);
  putInt32(dst, at, scratch.getInt32(0));
}

function putFloat8(dst: Buffer, at: number, value: number): void {
  scratch.setFloat64(0, value);
  putInt32(dst, at, scratch.getInt32(0));
  putInt32(dst, at + 4, scratch.getInt32(4));
}

/** The nearest float4. Throws ValueRefused (out_of_range) where that is infinite, or zero for a value that is not. */
export function toFloat4(value: number): number {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) || (rounded === 0 && value !== 0)) refuse('out_of_range');
  return rounded;
}

export const float4Codec: Codec = {
  write(src, start, end, dst, at) {
    const value = toFloat4(readDouble(src, start, end));
    putInt32(dst, at, 4);
    putFloat4(dst, at + 4, value);
    return at + 8;
  },
  maxBytes: () => 8,
};

export const float8Codec: Codec = {
  write(src, start, end, dst, at) {
    const value = readDouble(src, start, end);
    putInt32(dst, at, 8);
    putFloat8(dst, at + 4, value);
    return at + 12;
  },
  maxBytes: () => 12,
};
