/**
 * MariaDB's COMPRESSED columns. In front of the data stands a byte: 0 for data that are not compressed, else the method
 * in its upper half (8 is zlib), bit 3 for a stream without zlib's own head, and in bits 0 to 2 how many bytes of length
 * follow, highest first (field_comp.cc of the server).
 */
import zlib from 'node:zlib';
import { malformedEvent } from '../event-bytes.ts';
import type { ColumnText } from './column-text.ts';

const ZLIB = 8;
const NO_ZLIB_HEAD = 8;
const EVENT = 'A value of a compressed column';

/** `column` is what the expanded bytes, `maxBytes` at most, are. */
export function compressedText(column: ColumnText, maxBytes: number): ColumnText {
  return {
    write: (src, from, to, dst, o) => {
      if (from === to) return column.write(src, from, to, dst, o);
      if (src[from] === 0) return column.write(src, from + 1, to, dst, o);
      const expanded = expand(src.subarray(from, to), maxBytes);
      return column.write(expanded, 0, expanded.length, dst, o);
    },
    fixedBytes: column.fixedBytes + Math.ceil(maxBytes * column.perByte),
    perByte: 0,
  };
}

function expand(packed: Buffer, maxBytes: number): Buffer {
  const head = packed[0]!;
  const lengthBytes = head & 7;
  if (head >> 4 !== ZLIB || lengthBytes < 1 || lengthBytes > 4 || packed.length < 1 + lengthBytes) {
    throw malformedEvent(EVENT);
  }
  const length = packed.readUIntBE(1, lengthBytes);
  if (length > maxBytes) throw malformedEvent(EVENT);
  const inflate = (head & NO_ZLIB_HEAD) !== 0 ? zlib.inflateRawSync : zlib.inflateSync;
  let expanded: Buffer;
  try {
    expanded = inflate(packed.subarray(1 + lengthBytes), { maxOutputLength: length + 1 });
  } catch {
    throw malformedEvent(EVENT);
  }
  if (expanded.length !== length) throw malformedEvent(EVENT);
  return expanded;
}
