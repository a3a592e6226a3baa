/** Upper and lower case by Unicode's rules, the same for every language. */
import { textTransform, USE_TEXT } from './text-transform.ts';

const CASE_BIT = 0x20;

/** All letters small. */
export const lower = textTransform(
  'lower',
  (text) => text.toLowerCase(),
  (src, start, end, dst, at) => {
    for (let p = start; p < end; p++) {
      const byte = src[p]!;
      if (byte > 0x7f) return USE_TEXT;
      dst[at++] = isUpper(byte) ? byte | CASE_BIT : byte;
    }
    return at;
  },
);

/** All letters capital. */
export const upper = textTransform(
  'upper',
  (text) => text.toUpperCase(),
  (src, start, end, dst, at) => {
    for (let p = start; p < end; p++) {
      const byte = src[p]!;
      if (byte > 0x7f) return USE_TEXT;
      dst[at++] = isLower(byte) ? byte & ~CASE_BIT : byte;
    }
    return at;
  },
);

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * Each word with a capital first letter and the rest small. A word is a run of letters and digits, so that `O'NEIL` becomes
 * `O'Neil`. Does not know the names that are written otherwise: `MCDONALD` becomes `Mcdonald`.
 */
export const titleCase = textTransform(
  'titleCase',
  (text) => text.toLowerCase().replace(WORD, capitalize),
  (src, start, end, dst, at) => {
    let inWord = false;
    for (let p = start; p < end; p++) {
      const byte = src[p]!;
      if (byte > 0x7f) return USE_TEXT;
      const letter = isUpper(byte) || isLower(byte);
      if (!letter) dst[at++] = byte;
      else dst[at++] = inWord ? byte | CASE_BIT : byte & ~CASE_BIT;
      inWord = letter || (byte >= 0x30 && byte <= 0x39);
    }
    return at;
  },
);

function capitalize(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0)!);
  return first.toUpperCase() + word.slice(first.length);
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function isLower(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}
