/**
 * MySQL's JSON: the binary form of the binlog becomes the text that a SELECT shows, numbers with their kind and digits,
 * keys in their stored order.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html
 */
import { malformedEvent } from '../event-bytes.ts';
import { MAX_LENGTH_BYTES, type ColumnText } from './column-text.ts';
import { writeAscii } from './digits.ts';
import { isScalarInline, TYPE, writeScalar, type JsonDocument } from './json-scalars.ts';
import { writeJsonString } from './json-string.ts';
import { closeText } from './length-prefix.ts';

/** The deepest document that the server makes. */
const MAX_DEPTH = 100;
/** The worst are control characters: one byte becomes six. */
const MAX_GROWTH = 6;
const MAX_SCALAR_BYTES = 80;

export function jsonText(): ColumnText {
  return {
    write: (src, from, to, dst, o) => {
      const textAt = o + MAX_LENGTH_BYTES;
      const document = { src, to, dst, limit: textAt + (to - from) * MAX_GROWTH + MAX_SCALAR_BYTES };
      // The server too takes a document without bytes for null: INSERT IGNORE can make one.
      const end =
        from === to ? writeAscii('null', dst, textAt) : writeValue(document, src[from]!, from + 1, textAt, 0);
      return closeText(dst, o, textAt, end);
    },
    fixedBytes: MAX_LENGTH_BYTES + MAX_SCALAR_BYTES,
    perByte: MAX_GROWTH,
  };
}

function writeValue(document: JsonDocument, type: number, at: number, o: number, depth: number): number {
  const end =
    type <= TYPE.largeArray
      ? writeContainer(document, type, at, o, depth)
      : writeScalar(document, type, at, o);
  if (end > document.limit) throw malformedEvent('A JSON document');
  return end;
}

/** Offsets count from where the container begins, which is behind its type. */
function writeContainer(
  document: JsonDocument,
  type: number,
  start: number,
  o: number,
  depth: number,
): number {
  if (depth >= MAX_DEPTH) throw malformedEvent('A JSON document');
  const { src, dst } = document;
  const isLarge = type === TYPE.largeObject || type === TYPE.largeArray;
  const isObject = type === TYPE.smallObject || type === TYPE.largeObject;
  const width = isLarge ? 4 : 2;
  const read = (at: number): number => {
    if (at + width > document.to) throw malformedEvent('A JSON document');
    return isLarge ? src.readUInt32LE(at) : src.readUInt16LE(at);
  };
  const count = read(start);
  const keysAt = start + 2 * width;
  const valuesAt = keysAt + (isObject ? count * (width + 2) : 0);
  if (valuesAt + count * (1 + width) > document.to) throw malformedEvent('A JSON document');
  let end = o;
  dst[end++] = isObject ? 0x7b : 0x5b;
  for (let i = 0; i < count; i++) {
    if (i > 0) end = writeAscii(', ', dst, end);
    if (isObject) {
      const keyAt = keysAt + i * (width + 2);
      const from = start + read(keyAt);
      const to = from + src.readUInt16LE(keyAt + width);
      if (to > document.to) throw malformedEvent('A JSON document');
      end = writeAscii(': ', dst, writeJsonString(src, from, to, dst, end));
    }
    const valueAt = valuesAt + i * (1 + width);
    const valueType = src[valueAt]!;
    const isInline = isScalarInline(valueType, isLarge);
    end = writeValue(document, valueType, isInline ? valueAt + 1 : start + read(valueAt + 1), end, depth + 1);
  }
  dst[end++] = isObject ? 0x7d : 0x5d;
  return end;
}
