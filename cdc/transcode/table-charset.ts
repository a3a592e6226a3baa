/**
 * Character sets whose characters are looked up: those of one byte, and the East Asian ones of up to four. The tables come
 * from the source server itself, so that each character becomes what it becomes in a SELECT.
 */
import type { ToUtf8 } from './charset.ts';
import { writeCodePoint } from './unicode-charsets.ts';

/** A character as a number made of its bytes, first byte highest, and the bytes of its UTF-8, first byte lowest. */
export type Character = readonly [bytes: number, utf8: number];

export interface CharacterTables {
  one: Character[];
  two: Character[];
  /** All begin with the same byte. */
  three: Character[];
  /** Of GB 18030: those from 81308130 to 84398130 and up to 8439FE39. */
  four: Character[];
}

const ABSENT = -1;
const QUESTION_MARK = 0x3f;
/** In GB 18030 four bytes are a number with digits of base 126, 10, 126 and 10; the second is an ASCII digit. */
const FOUR_BYTES_TABLE_SIZE = 4 * 10 * 126 * 10;
const FIRST_SUPPLEMENTARY = (0x90 - 0x81) * 10 * 126 * 10;

/**
 * Bytes that are no character, which some columns accept (of MySQL with ujis and eucjpms), become what a SELECT makes of
 * them: a question mark for the first of them, and nothing for the beginning of a character at the end of the text.
 */
export function tableCharset(tables: CharacterTables): ToUtf8 {
  const one = filled(256, tables.one, (bytes) => bytes);
  const two = filled(1 << 16, tables.two, (bytes) => bytes);
  const three = filled(1 << 16, tables.three, (bytes) => bytes & 0xffff);
  const four = filled(FOUR_BYTES_TABLE_SIZE, tables.four, fourBytesIndex);
  const leads = new Set([
    ...tables.two.map(([bytes]) => bytes >> 8),
    ...tables.three.map(([bytes]) => bytes >> 16),
  ]);
  for (let byte = 0; byte < one.length; byte++) {
    if (one[byte] === ABSENT && !leads.has(byte)) one[byte] = QUESTION_MARK;
  }
  const threeLead = tables.three[0] ? tables.three[0][0] >>> 16 : ABSENT;
  const hasFour = tables.four.length > 0;

  return (src, from, to, dst, o) => {
    let end = o;
    let at = from;
    while (at < to) {
      const first = src[at]!;
      let utf8 = one[first]!;
      let length = 1;
      if (utf8 >= 0 && utf8 < 0x80) {
        dst[end++] = utf8;
        at++;
        continue;
      }
      if (utf8 === ABSENT) {
        length = first === threeLead ? 3 : hasFour && (src[at + 1]! & 0xf0) === 0x30 ? 4 : 2;
        if (at + length > to) return end;
        if (length === 2) utf8 = two[(first << 8) | src[at + 1]!]!;
        else if (length === 3) utf8 = three[(src[at + 1]! << 8) | src[at + 2]!]!;
        else {
          const index = fourBytesIndex(src.readUInt32BE(at));
          if (index >= FOUR_BYTES_TABLE_SIZE) {
            end = writeSupplementary(index, dst, end);
            at += 4;
            continue;
          }
          utf8 = four[index] ?? ABSENT;
        }
        if (utf8 === ABSENT) {
          utf8 = QUESTION_MARK;
          length = 1;
        }
      }
      end = writeUtf8(utf8, dst, end);
      at += length;
    }
    return end;
  };
}

/** Characters beyond the basic plane follow one another; what has no character is a question mark to the server. */
function writeSupplementary(index: number, dst: Buffer, o: number): number {
  const code = index - FIRST_SUPPLEMENTARY + 0x10000;
  return writeCodePoint(code >= 0x10000 && code <= 0x10ffff ? code : QUESTION_MARK, dst, o);
}

/** -1 for bytes that are none of these. */
function fourBytesIndex(bytes: number): number {
  const d1 = (bytes >>> 24) - 0x81;
  const d2 = ((bytes >>> 16) & 0xff) - 0x30;
  const d3 = ((bytes >>> 8) & 0xff) - 0x81;
  const d4 = (bytes & 0xff) - 0x30;
  const isValid = d1 >= 0 && d1 < 126 && d2 >= 0 && d2 < 10 && d3 >= 0 && d3 < 126 && d4 >= 0 && d4 < 10;
  return isValid ? ((d1 * 10 + d2) * 126 + d3) * 10 + d4 : ABSENT;
}

function filled(size: number, characters: Character[], indexOf: (bytes: number) => number): Int32Array {
  const table = new Int32Array(characters.length > 0 ? size : 0).fill(ABSENT);
  for (const [bytes, utf8] of characters) table[indexOf(bytes)] = utf8;
  return table;
}

/** Four bytes of UTF-8 make a negative number, but never -1: no byte of UTF-8 is 0xff. */
function writeUtf8(utf8: number, dst: Buffer, o: number): number {
  dst[o] = utf8;
  if ((utf8 & ~0xff) === 0) return o + 1;
  dst[o + 1] = utf8 >> 8;
  if ((utf8 & ~0xffff) === 0) return o + 2;
  dst[o + 2] = utf8 >> 16;
  if ((utf8 & ~0xffffff) === 0) return o + 3;
  dst[o + 3] = utf8 >> 24;
  return o + 4;
}
