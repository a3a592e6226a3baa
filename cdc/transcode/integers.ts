import type { ColumnText, WriteText } from './column-text.ts';
import { writeUint, writeUint64 } from './digits.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
/** Sign and digits of 64 bits, behind a length of one byte. */
const MAX_TEXT_BYTES = 21;

/** TINYINT to BIGINT: little-endian, `bytes` of them. `zerofillWidth` is 0 for a column without ZEROFILL. */
export function integerText(bytes: number, unsigned: boolean, zerofillWidth: number): ColumnText {
  const write = bytes === 8 ? longWriter(unsigned) : shortWriter(bytes, unsigned);
  return {
    write: zerofillWidth > 0 ? zerofilled(write, zerofillWidth) : write,
    fixedBytes: Math.max(MAX_TEXT_BYTES, zerofillWidth + 3),
    perByte: 0,
  };
}

function shortWriter(bytes: number, unsigned: boolean): WriteText {
  const shift = unsigned ? 0 : 32 - bytes * 8;
  return (src, from, _to, dst, o) => {
    let value = src[from]!;
    if (bytes > 1) value |= src[from + 1]! << 8;
    if (bytes > 2) value |= src[from + 2]! << 16;
    if (bytes > 3) value |= src[from + 3]! << 24;
    value = unsigned ? value >>> 0 : (value << shift) >> shift;
    let at = o + 1;
    if (value < 0) {
      dst[at++] = MINUS;
      value = -value;
    }
    const end = writeUint(value, dst, at);
    dst[o] = end - o - 1;
    return end;
  };
}

function longWriter(unsigned: boolean): WriteText {
  return (src, from, _to, dst, o) => {
    let low = readUint32(src, from);
    let high = readUint32(src, from + 4);
    let at = o + 1;
    if (!unsigned && high >= 0x80000000) {
      dst[at++] = MINUS;
      low = -low >>> 0;
      high = (low === 0 ? -high : ~high) >>> 0;
    }
    const end = writeUint64(high, low, dst, at);
    dst[o] = end - o - 1;
    return end;
  };
}

/** ZEROFILL columns are unsigned: no sign can stand in the way. */
export function zerofilled(write: WriteText, width: number): WriteText {
  return (src, from, to, dst, o) => {
    const end = write(src, from, to, dst, o);
    const missing = width - (end - o - 1);
    if (missing <= 0) return end;
    // Wider than 250 is possible for BIGINT(255), whose length then takes three bytes.
    const lengthSize = width < 251 ? 1 : 3;
    dst.copyWithin(o + lengthSize + missing, o + 1, end);
    dst.fill(ZERO, o + lengthSize, o + lengthSize + missing);
    if (lengthSize === 1) dst[o] = width;
    else {
      dst[o] = 0xfc;
      dst[o + 1] = width;
      dst[o + 2] = width >> 8;
    }
    return o + lengthSize + width;
  };
}

function readUint32(src: Buffer, at: number): number {
  return (src[at]! | (src[at + 1]! << 8) | (src[at + 2]! << 16) | (src[at + 3]! << 24)) >>> 0;
}
