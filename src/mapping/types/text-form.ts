/**
 * Codecs for values in PostgreSQL's own text form, as transforms give them. Where MySQL writes the type in the same way
 * its codec serves for both; here are the others.
 */
import { refuse } from '../../core/reject-reasons.ts';
import { ARRAY_HEADER_BYTES, OID, putArrayHeader } from './array.ts';
import { parseArrayLiteral } from './array-literal.ts';
import {
  DATE_BYTES,
  readDate,
  readMinutesAndSeconds,
  readTwoDigits,
  stepMicros,
  ZERO_DATE,
} from './calendar.ts';
import type { Codec } from './codec.ts';
import { float4Codec, putFloat4, readDouble, toFloat4 } from './float.ts';
import { hexDigit } from './hex.ts';
import { putTimestamp } from './timestamp.ts';
import { putVectorHeader, VECTOR_HEADER_BYTES } from './vector.ts';
import { putInt32, putNull } from './wire.ts';

const TRUE_WORDS = new Set(['t', 'true', '1', 'y', 'yes', 'on']);
const FALSE_WORDS = new Set(['f', 'false', '0', 'n', 'no', 'off']);
const MICROS_PER_MINUTE = 60_000_000;
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;

export const booleanTextCodec: Codec = {
  write(src, start, end, dst, at) {
    const word = end - start > 5 ? '' : src.toString('latin1', start, end).toLowerCase();
    if (!TRUE_WORDS.has(word) && !FALSE_WORDS.has(word)) refuse('not_boolean');
    putInt32(dst, at, 1);
    dst[at + 4] = TRUE_WORDS.has(word) ? 1 : 0;
    return at + 5;
  },
  maxBytes: () => 5,
};

/** `\x` and hexadecimal digits. */
export const byteaTextCodec: Codec = {
  write(src, start, end, dst, at) {
    if (src[start] !== BACKSLASH || src[start + 1] !== LETTER_X || end - start < 2) refuse('malformed');
    return writeHex(src, start + 2, end, dst, at);
  },
  maxBytes: (length) => 4 + length,
};

/** Hexadecimal WKB or EWKB, as PostGIS prints a geometry. */
export const geometryTextCodec: Codec = { write: writeHex, maxBytes: (length) => 4 + length };

function writeHex(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  if ((end - start) % 2 !== 0) refuse('malformed');
  putInt32(dst, at, (end - start) / 2);
  at += 4;
  for (let p = start; p < end; p += 2) dst[at++] = (hexDigit(src[p]!) << 4) | hexDigit(src[p + 1]!);
  return at;
}

/** Zeros and ones. `bits` is what the type asks for; null for a varying length. */
export function bitTextCodec(bits: number | null, maxBits: number | null): Codec {
  return {
    write(src, start, end, dst, at) {
      const count = end - start;
      if (bits !== null && count !== bits) refuse('malformed');
      if (maxBits !== null && count > maxBits) refuse('too_long');
      putInt32(dst, at, 4 + ((count + 7) >> 3));
      putInt32(dst, at + 4, count);
      at += 8;
      for (let p = start; p < end;) {
        let byte = 0;
        for (let mask = 0x80; mask > 0 && p < end; mask >>= 1, p++) {
          const bit = src[p]! ^ 0x30;
          if (bit > 1) refuse('malformed');
          if (bit === 1) byte |= mask;
        }
        dst[at++] = byte;
      }
      return at;
    },
    maxBytes: (length) => 8 + ((length + 7) >> 3),
  };
}

/**
 * `YYYY-MM-DD HH:MM:SS[.ffffff]`, with a `T` for the blank if need be, and for timestamptz a zone: `Z`, `+HH`, `+HH:MM`
 * (none: UTC). A zero date is refused.
 */
export function timestampTextCodec(fractionalDigits: number, zoned: boolean): Codec {
  const step = stepMicros(fractionalDigits);
  return {
    write(src, start, end, dst, at) {
      const separator = src[start + DATE_BYTES];
      if (end - start < 19 || (separator !== 0x20 && separator !== 0x54)) refuse('malformed');
      const zoneAt = zoned ? findZone(src, start + 19, end) : end;
      const days = readDate(src, start);
      if (days === ZERO_DATE) refuse('zero_date');
      const hours = readTwoDigits(src, start + 11);
      if (hours > 23) refuse('malformed');
      const micros = hours * 60 * MICROS_PER_MINUTE + readMinutesAndSeconds(src, start + 13, zoneAt);
      if (step > 1 && micros % step !== 0) refuse('out_of_range');
      const offset = zoneAt === end ? 0 : readOffsetMinutes(src, zoneAt, end);
      return putTimestamp(dst, at, days, micros - offset * MICROS_PER_MINUTE);
    },
    maxBytes: () => 12,
  };
}

function findZone(src: Buffer, at: number, end: number): number {
  while (at < end && (src[at] === 0x2e || (src[at]! ^ 0x30) <= 9)) at++;
  return at;
}

function readOffsetMinutes(src: Buffer, at: number, end: number): number {
  const zone = src.toString('latin1', at, end);
  if (zone === 'Z') return 0;
  const match = /^([+-])(\d\d)(?::?([0-5]\d))?$/.exec(zone);
  if (!match || Number(match[2]) > 15) refuse('malformed');
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

/** `{a,b}`, each element by the codec of its type. */
export function arrayTextCodec(elementOid: number, element: Codec): Codec {
  return {
    write(src, start, end, dst, at) {
      const elements = parseArrayLiteral(src.toString('utf8', start, end));
      let to = at + ARRAY_HEADER_BYTES;
      for (const value of elements) {
        const bytes = Buffer.from(value ?? '');
        to = value === null ? putNull(dst, to) : element.write(bytes, 0, bytes.length, dst, to);
      }
      return putArrayHeader(dst, at, to, elementOid, elements.length, elements.includes(null));
    },
    // an element takes a byte and a comma at least, and eight bytes of its own besides its text at most
    maxBytes: (length) => ARRAY_HEADER_BYTES + 8 + 9 * length,
  };
}

export const realArrayTextCodec = arrayTextCodec(OID.float4, float4Codec);

/** `[1,2.5]`, as pgvector prints a vector. */
export const vectorTextCodec: Codec = {
  write(src, start, end, dst, at) {
    const match = /^\[([^[\]]+)\]$/.exec(src.toString('latin1', start, end));
    if (!match) refuse('malformed');
    const parts = match[1]!.split(',');
    if (parts.length > 0x7fff) refuse('too_long');
    putVectorHeader(dst, at, parts.length);
    at += VECTOR_HEADER_BYTES;
    for (const part of parts) {
      const bytes = Buffer.from(part.trim(), 'latin1');
      putFloat4(dst, at, toFloat4(readDouble(bytes, 0, bytes.length)));
      at += 4;
    }
    return at;
  },
  maxBytes: (length) => VECTOR_HEADER_BYTES + 4 * length,
};
