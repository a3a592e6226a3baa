/**
 * DATETIME, TIME and TIMESTAMP as tables have them that were made before MySQL 5.6, or on MariaDB with
 * mysql56_temporal_format=OFF: decimal digits in a little-endian number. Without a fraction: with one, the binlog does not
 * say how many bytes there are.
 */
import type { ColumnText } from './column-text.ts';
import { writeDate, writeTime, writeUnixTime } from './temporal.ts';

const MINUS = 0x2d;
const BLANK = 0x20;

export function oldDatetimeText(): ColumnText {
  return {
    write: (src, from, _to, dst, o) => {
      const packed = src.readUInt32LE(from) + src.readUInt32LE(from + 4) * 2 ** 32;
      const date = Math.floor(packed / 1e6);
      const time = packed - date * 1e6;
      let at = writeDate((date / 10_000) | 0, ((date / 100) | 0) % 100, date % 100, dst, o + 1);
      dst[at++] = BLANK;
      at = writeTime((time / 10_000) | 0, ((time / 100) | 0) % 100, time % 100, dst, at);
      dst[o] = at - o - 1;
      return at;
    },
    fixedBytes: 20,
    perByte: 0,
  };
}

export function oldTimeText(): ColumnText {
  return {
    write: (src, from, _to, dst, o) => {
      const packed = src.readIntLE(from, 3);
      const time = Math.abs(packed);
      let at = o + 1;
      if (packed < 0) dst[at++] = MINUS;
      at = writeTime((time / 10_000) | 0, ((time / 100) | 0) % 100, time % 100, dst, at);
      dst[o] = at - o - 1;
      return at;
    },
    fixedBytes: 11,
    perByte: 0,
  };
}

export function oldTimestampText(): ColumnText {
  return {
    write: (src, from, _to, dst, o) => {
      dst[o] = 19;
      return writeUnixTime(src.readUInt32LE(from), dst, o + 1);
    },
    fixedBytes: 20,
    perByte: 0,
  };
}
