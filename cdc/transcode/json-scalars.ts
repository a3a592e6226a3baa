/** The values of a JSON document that hold no others. */
import { malformedEvent } from '../event-bytes.ts';
import { FIELD_TYPE } from '../field-type.ts';
import { decimalBytes, writeDecimal } from './decimal.ts';
import { writeAscii } from './digits.ts';
import { doubleText, readDouble } from './float.ts';
import { writeJsonString } from './json-string.ts';
import { writeDate, writeTime } from './temporal.ts';

export interface JsonDocument {
  src: Buffer;
  /** Where the document ends. */
  to: number;
  dst: Buffer;
  /** Text beyond this place proves that a document refers to the same bytes again and again. */
  limit: number;
}

/** The first byte of a value. */
export const TYPE = {
  smallObject: 0,
  largeObject: 1,
  smallArray: 2,
  largeArray: 3,
  literal: 4,
  int16: 5,
  uint16: 6,
  int32: 7,
  uint32: 8,
  int64: 9,
  uint64: 10,
  double: 11,
  string: 12,
  opaque: 15,
} as const;

const LITERALS = ['null', 'true', 'false'] as const;
const QUOTE = 0x22;
const MINUS = 0x2d;
const BLANK = 0x20;
const BASE64_LINE_LENGTH = 76;

/** Whether a value lies where otherwise the offset to it would. */
export function isScalarInline(type: number, isLarge: boolean): boolean {
  if (type === TYPE.int32 || type === TYPE.uint32) return isLarge;
  return type === TYPE.literal || type === TYPE.int16 || type === TYPE.uint16;
}

/** The value at `at`, behind its type. Returns where the text ends. */
export function writeScalar(document: JsonDocument, type: number, at: number, o: number): number {
  const { src, dst } = document;
  const number = (bytes: number, read: () => number | bigint): number =>
    writeAscii(String(within(document, at, bytes) && read()), dst, o);
  switch (type) {
    case TYPE.literal: {
      const literal = LITERALS[src[at]!];
      if (!literal || at >= document.to) throw malformedEvent('A JSON document');
      return writeAscii(literal, dst, o);
    }
    case TYPE.int16:
      return number(2, () => src.readInt16LE(at));
    case TYPE.uint16:
      return number(2, () => src.readUInt16LE(at));
    case TYPE.int32:
      return number(4, () => src.readInt32LE(at));
    case TYPE.uint32:
      return number(4, () => src.readUInt32LE(at));
    case TYPE.int64:
      return number(8, () => src.readBigInt64LE(at));
    case TYPE.uint64:
      return number(8, () => src.readBigUInt64LE(at));
    case TYPE.double: {
      within(document, at, 8);
      const text = doubleText(readDouble(src, at));
      return writeAscii(/[.e]/.test(text) ? text : `${text}.0`, dst, o);
    }
    case TYPE.string: {
      const { from, to } = readSized(document, at);
      return writeJsonString(src, from, to, dst, o);
    }
    case TYPE.opaque: {
      const { from, to } = readSized(document, at + 1);
      return writeOpaque(src[at]!, src.subarray(from, to), dst, o);
    }
    default:
      throw malformedEvent('A JSON document');
  }
}

/** A value of another SQL type: decimals are numbers, times are text, everything else is base64 with its type code. */
function writeOpaque(fieldType: number, value: Buffer, dst: Buffer, o: number): number {
  switch (fieldType) {
    case FIELD_TYPE.decimal: {
      const [precision, scale] = value;
      if (precision === undefined || scale === undefined || scale > precision)
        throw malformedEvent('A JSON number');
      if (value.length !== 2 + decimalBytes(precision, scale)) throw malformedEvent('A JSON number');
      return writeDecimal(precision, scale)(value, 2, value.length, dst, o);
    }
    case FIELD_TYPE.date:
    case FIELD_TYPE.datetimeOld:
    case FIELD_TYPE.timestampOld:
    case FIELD_TYPE.timeOld:
      if (value.length !== 8) throw malformedEvent('A JSON time');
      return writePackedTime(fieldType, value.readBigInt64LE(0), dst, o);
    default:
      return writeAscii(`"base64:type${fieldType}:${base64Lines(value)}"`, dst, o);
  }
}

/** The server's packed form: 24 bits of microseconds, above them the same bits as in TIME(6) and DATETIME(6). */
function writePackedTime(fieldType: number, packed: bigint, dst: Buffer, o: number): number {
  const magnitude = packed < 0n ? -packed : packed;
  const microseconds = Number(magnitude & 0xffffffn);
  const time = Number((magnitude >> 24n) & 0x3fffffn);
  const date = Number(magnitude >> 41n);
  let at = o;
  dst[at++] = QUOTE;
  if (packed < 0n) dst[at++] = MINUS;
  if (fieldType !== FIELD_TYPE.timeOld) {
    const yearMonth = date >> 5;
    at = writeDate((yearMonth / 13) | 0, yearMonth % 13, date & 31, dst, at);
    if (fieldType !== FIELD_TYPE.date) dst[at++] = BLANK;
  }
  if (fieldType !== FIELD_TYPE.date) {
    const hourBits = fieldType === FIELD_TYPE.timeOld ? 0x3ff : 0x1f;
    at = writeTime((time >> 12) & hourBits, (time >> 6) & 63, time & 63, dst, at);
    at = writeAscii(`.${String(microseconds).padStart(6, '0')}`, dst, at);
  }
  dst[at++] = QUOTE;
  return at;
}

/** A line feed, escaped, after every full line that another one follows. */
function base64Lines(value: Buffer): string {
  const text = value.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += BASE64_LINE_LENGTH)
    lines.push(text.slice(at, at + BASE64_LINE_LENGTH));
  return lines.join('\\n');
}

/** A length of seven bits a byte, lowest first, then as many bytes. */
function readSized(document: JsonDocument, start: number): { from: number; to: number } {
  let length = 0;
  let from = start;
  for (let factor = 1; ; factor *= 128) {
    const byte = document.src[from++]!;
    length += (byte & 127) * factor;
    if (byte < 128) break;
    if (factor > 2 ** 28) throw malformedEvent('A JSON document');
  }
  within(document, from, length);
  return { from, to: from + length };
}

function within({ to }: JsonDocument, at: number, bytes: number): true {
  if (at + bytes > to) throw malformedEvent('A JSON document');
  return true;
}
