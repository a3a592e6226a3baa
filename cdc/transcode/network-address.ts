/** MariaDB's INET4, INET6 and UUID: in the binlog a BINARY of 4 or 16 bytes without the zeros at its end. */
import type { ColumnText, WriteText } from './column-text.ts';
import { writeAscii, writeUint } from './digits.ts';

const POINT = 0x2e;
const COLON = 0x3a;
const DASH = 0x2d;
const HEX = Buffer.from('0123456789abcdef', 'latin1');
const UUID_DASHES_BEFORE = new Set([4, 6, 8, 10]);
const IPV6_GROUPS = 8;

export function inet4Text(): ColumnText {
  return padded(4, 16, (bytes, dst, o) => writeInet4(bytes, 0, dst, o));
}

export function uuidText(): ColumnText {
  return padded(16, 37, (bytes, dst, o) => {
    let at = o;
    for (let i = 0; i < 16; i++) {
      if (UUID_DASHES_BEFORE.has(i)) dst[at++] = DASH;
      dst[at++] = HEX[bytes[i]! >> 4]!;
      dst[at++] = HEX[bytes[i]! & 15]!;
    }
    return at;
  });
}

/** The first longest run of zeros is left out, be it a single one, and an IPv4 address at the end has points. */
export function inet6Text(): ColumnText {
  return padded(16, 46, (bytes, dst, o) => {
    const groups = Array.from({ length: IPV6_GROUPS }, (_, i) => bytes.readUInt16BE(i * 2));
    const gap = longestZeros(groups);
    const isMapped = gap.length === 6 || (gap.length === 5 && groups[5] === 0xffff);
    let at = o;
    for (let i = 0; i < IPV6_GROUPS; i++) {
      if (i === gap.at) {
        if (i === 0) dst[at++] = COLON;
        dst[at++] = COLON;
        i += gap.length - 1;
      } else if (i === 6 && gap.at === 0 && isMapped) {
        return writeInet4(bytes, 12, dst, at);
      } else {
        at = writeAscii(groups[i]!.toString(16), dst, at);
        if (i + 1 < IPV6_GROUPS) dst[at++] = COLON;
      }
    }
    return at;
  });
}

function longestZeros(groups: number[]): { at: number; length: number } {
  let longest = { at: -1, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > longest.length) longest = { at, length };
    at += length;
  }
  return longest;
}

function writeInet4(bytes: Buffer, from: number, dst: Buffer, o: number): number {
  let at = o;
  for (let i = 0; i < 4; i++) {
    if (i > 0) dst[at++] = POINT;
    at = writeUint(bytes[from + i]!, dst, at);
  }
  return at;
}

/** `write` gets all the bytes, in memory that is used again. */
function padded(
  size: number,
  maxTextBytes: number,
  writeText: (bytes: Buffer, dst: Buffer, o: number) => number,
): ColumnText {
  const bytes = Buffer.alloc(size);
  const write: WriteText = (src, from, to, dst, o) => {
    bytes.fill(0, src.copy(bytes, 0, from, to));
    const end = writeText(bytes, dst, o + 1);
    dst[o] = end - o - 1;
    return end;
  };
  return { write, fixedBytes: maxTextBytes, perByte: 0 };
}
