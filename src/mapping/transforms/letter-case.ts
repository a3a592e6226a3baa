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
const WORD_CHARACTER = /[\p{L}\p{M}\p{N}]/u;

/**
 * Each word with a capital first letter and the rest small. A word is a run of letters and digits, so that `O'NEIL` becomes
 * `O'Neil`. Does not know the names that are written otherwise: `MCDONALD` becomes `Mcdonald`.
 */
export const titleCase = textTransform(
  'titleCase',
  (text) => capitalizeWords(text.toLowerCase()),
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

/** For each UTF-16 unit: whether it belongs to a word, as far as it has been asked; by itself no surrogate tells. */
const IN_WORD = 1;
const BETWEEN_WORDS = 2;
const SURROGATE = 3;
const unitKinds = new Uint8Array(0x1_0000);

function capitalizeWords(text: string): string {
  let result = '';
  let done = 0;
  let last = BETWEEN_WORDS;
  for (let at = 0; at < text.length; at++) {
    const kind = unitKinds[text.charCodeAt(at)]! || classify(text.charCodeAt(at));
    if (kind === SURROGATE) return text.replace(WORD, capitalize);
    if (kind === IN_WORD && last === BETWEEN_WORDS) {
      result += text.slice(done, at) + text[at]!.toUpperCase();
      done = at + 1;
    }
    last = kind;
  }
  return result + text.slice(done);
}

function classify(unit: number): number {
  const isSurrogate = unit >= 0xd800 && unit <= 0xdfff;
  const isInWord = WORD_CHARACTER.test(String.fromCharCode(unit));
  return (unitKinds[unit] = isSurrogate ? SURROGATE : isInWord ? IN_WORD : BETWEEN_WORDS);
}

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
