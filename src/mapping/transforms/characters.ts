/** Transforms that keep, drop or hide single characters. */
import type { Transform } from '../mapping.ts';
import { textTransform, USE_TEXT } from './text-transform.ts';

/** Drops every character that is not among `kept`, which must be ASCII. Throws RangeError when it is not. */
export function keepOnly(kept: string): Transform {
  return dropOthers(`keepOnly(${kept})`, kept);
}

/** Drops everything but the digits 0 to 9: `+1 (555) 010-9999` becomes `15550109999`. */
export const digits = dropOthers('digits', '0123456789');

function dropOthers(name: string, kept: string): Transform {
  const isKept = new Uint8Array(256);
  for (const character of kept) {
    if (character > '\x7f') throw new RangeError('keepOnly() takes ASCII characters only');
    isKept[character.charCodeAt(0)] = 1;
  }
  return textTransform(
    name,
    (text) => [...text].filter((character) => kept.includes(character)).join(''),
    (src, start, end, dst, at) => {
      // no byte of a longer character is below 0x80
      for (let p = start; p < end; p++) if (isKept[src[p]!] === 1) dst[at++] = src[p]!;
      return at;
    },
  );
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const ASTERISK = 0x2a;

/**
 * Replaces letters and digits by `*`, the last `visible` of them excepted; other characters stay: with 4,
 * `123-45-6789` becomes `***-**-6789`. For columns that the new system may show but not know.
 */
export function mask(visible: number): Transform {
  return textTransform(
    `mask(${visible})`,
    (text) => {
      let toShow = visible;
      const characters = [...text];
      for (let index = characters.length - 1; index >= 0; index--) {
        if (LETTER_OR_DIGIT.test(characters[index]!) && toShow-- <= 0) characters[index] = '*';
      }
      return characters.join('');
    },
    (src, start, end, dst, at) => {
      let toShow = visible;
      const to = at + end - start;
      for (let p = end - 1, o = to - 1; p >= start; p--, o--) {
        const byte = src[p]!;
        if (byte > 0x7f) return USE_TEXT;
        dst[o] = isLetterOrDigit(byte) && toShow-- <= 0 ? ASTERISK : byte;
      }
      return to;
    },
  );
}

function isLetterOrDigit(byte: number): boolean {
  const small = byte | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}
