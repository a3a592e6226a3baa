/**
 * The `extra` column: everything of a source row that has no column of its own, as one JSON object of texts, so that nothing is
 * dropped without a trace. What is empty (NULL, the empty text, a zero date, what the mapping calls blank) is left out. Bytes go
 * to bytes: a row of a hundred columns, most of them empty, is not to cost a hundred strings.
 */
import { refuse } from '../core/reject-reasons.ts';
import type { SourceColumn } from '../mysql/catalog-model.ts';
import { keptValues } from './row-notes.ts';
import type { ValuePolicies } from './types/codec.ts';
import { copyBytes, putInt32 } from './types/wire.ts';

const JSONB_VERSION = 1;
const HEADER_BYTES = 5;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** `\u001f` for a control character. */
const MAX_ESCAPED_BYTES = 6;
/** Quotes, colon and comma. */
const AROUND_BYTES = 6;
const HEX = Buffer.from('0123456789abcdef');

export interface ExtraWriter {
  /** The most bytes that it writes for a row of so many bytes. */
  maxBytes(rawBytes: number): number;
  /** Begins the object; returns where its fields go. */
  begin(this: void, dst: Buffer, at: number): number;
  /** The field of one column, where it is not empty. `start` is below 0 for NULL. */
  fields: ((src: Buffer, start: number, end: number, dst: Buffer, at: number) => number)[];
  /** Adds what the transforms of the row have kept, and ends the object that began at `from`. */
  end(this: void, dst: Buffer, from: number, at: number): number;
}

const ZERO_DATE = Buffer.from('0000-00-00');
const TEMPORAL = new Set(['date', 'datetime', 'timestamp']);
const BINARY = /^(?:bit|(?:var)?binary|(?:tiny|medium|long)?blob|vector|geom|point|linestring|polygon|multi)/;

export function extraWriter(
  columns: readonly SourceColumn[],
  nul: ValuePolicies['nul'],
  blank: Readonly<Record<string, readonly string[]>> = {},
): ExtraWriter {
  const keys = columns.map(({ name }) => Buffer.from(`${JSON.stringify(name)}:`));
  const fixedBytes = keys.reduce((sum, key) => sum + key.length + AROUND_BYTES, HEADER_BYTES + 2);
  return {
    // A value may be kept by a transform besides.
    maxBytes: (rawBytes) => fixedBytes + 2 * MAX_ESCAPED_BYTES * rawBytes + 1024,
    begin: (dst, at) => {
      dst[at + 4] = JSONB_VERSION;
      dst[at + HEADER_BYTES] = OPEN;
      return at + HEADER_BYTES + 1;
    },
    fields: columns.map(({ name, dataType }, index) => {
      const key = keys[index]!;
      const blanks = (blank[name] ?? []).map((text) => Buffer.from(text));
      const isTemporal = TEMPORAL.has(dataType);
      const isBinary = BINARY.test(dataType);
      return (src, start, end, dst, at) => {
        if (start < 0 || start === end) return at;
        if (isTemporal && startsWith(src, start, ZERO_DATE)) return at;
        if (blanks.length > 0 && isOneOf(blanks, src, start, end)) return at;
        at = copyBytes(key, 0, key.length, dst, at);
        if (isBinary) {
          const text = Buffer.from(src.toString('base64', start, end), 'latin1');
          at = putText(text, 0, text.length, dst, at, nul);
        } else at = putText(src, start, end, dst, at, nul);
        dst[at++] = COMMA;
        return at;
      };
    }),
    end: (dst, from, at) => {
      for (const [name, value] of keptValues()) {
        const key = Buffer.from(`${JSON.stringify(name)}:`);
        const text = Buffer.from(value);
        at = copyBytes(key, 0, key.length, dst, at);
        at = putText(text, 0, text.length, dst, at, nul);
        dst[at++] = COMMA;
      }
      if (dst[at - 1] === COMMA) at--;
      dst[at++] = CLOSE;
      putInt32(dst, from, at - from - 4);
      return at;
    },
  };
}

function isOneOf(values: readonly Buffer[], src: Buffer, start: number, end: number): boolean {
  return values.some((value) => value.length === end - start && startsWith(src, start, value));
}

function startsWith(src: Buffer, start: number, prefix: Buffer): boolean {
  return src.compare(prefix, 0, prefix.length, start, start + prefix.length) === 0;
}

/** A JSON string of UTF-8. */
function putText(
  src: Buffer,
  start: number,
  end: number,
  dst: Buffer,
  at: number,
  nul: ValuePolicies['nul'],
): number {
  dst[at++] = QUOTE;
  for (let p = start; p < end; p++) {
    const byte = src[p]!;
    if (byte >= 0x20) {
      if (byte === QUOTE || byte === BACKSLASH) dst[at++] = BACKSLASH;
      dst[at++] = byte;
    } else if (byte === 0) {
      if (nul === 'reject') refuse('nul_byte');
    } else {
      dst[at++] = BACKSLASH;
      dst[at++] = 0x75;
      dst[at++] = 0x30;
      dst[at++] = 0x30;
      dst[at++] = HEX[byte >> 4]!;
      dst[at++] = HEX[byte & 15]!;
    }
  }
  dst[at++] = QUOTE;
  return at;
}
