/** UCS-2, UTF-16 in both byte orders, and UTF-32. */
import { malformedEvent } from '../event-bytes.ts';
import type { ToUtf8 } from './charset.ts';

const HIGH_SURROGATES = 0xd800;
const LOW_SURROGATES = 0xdc00;
const SURROGATES_END = 0xe000;

/** null for a character set that is none of these. */
export function unicodeCharset(name: string): ToUtf8 | null {
  switch (name) {
    case 'ucs2':
      return ucs2;
    case 'utf16':
      return utf16(0, 1);
    case 'utf16le':
      return utf16(1, 0);
    case 'utf32':
      return utf32;
    default:
      return null;
  }
}

/** Returns where it ends. A surrogate on its own is written as three bytes, as the server does. */
export function writeCodePoint(code: number, dst: Buffer, o: number): number {
  if (code < 0x80) {
    dst[o] = code;
    return o + 1;
  }
  if (code < 0x800) {
    dst[o] = 0xc0 | (code >> 6);
    dst[o + 1] = 0x80 | (code & 63);
    return o + 2;
  }
  if (code < 0x10000) {
    dst[o] = 0xe0 | (code >> 12);
    dst[o + 1] = 0x80 | ((code >> 6) & 63);
    dst[o + 2] = 0x80 | (code & 63);
    return o + 3;
  }
  dst[o] = 0xf0 | (code >> 18);
  dst[o + 1] = 0x80 | ((code >> 12) & 63);
  dst[o + 2] = 0x80 | ((code >> 6) & 63);
  dst[o + 3] = 0x80 | (code & 63);
  return o + 4;
}

const ucs2: ToUtf8 = (src, from, to, dst, o) => {
  let end = o;
  if ((to - from) & 1) throw malformedText();
  for (let at = from; at < to; at += 2) end = writeCodePoint((src[at]! << 8) | src[at + 1]!, dst, end);
  return end;
};

/** `high` and `low` say where in a unit of two bytes each of them is. */
function utf16(high: 0 | 1, low: 0 | 1): ToUtf8 {
  return (src, from, to, dst, o) => {
    let end = o;
    if ((to - from) & 1) throw malformedText();
    for (let at = from; at < to; at += 2) {
      let code = (src[at + high]! << 8) | src[at + low]!;
      if (code >= HIGH_SURROGATES && code < SURROGATES_END) {
        at += 2;
        const second = at < to ? (src[at + high]! << 8) | src[at + low]! : 0;
        if (code >= LOW_SURROGATES || second < LOW_SURROGATES || second >= SURROGATES_END) {
          throw malformedText();
        }
        code = 0x10000 + ((code & 0x3ff) << 10) + (second & 0x3ff);
      }
      end = writeCodePoint(code, dst, end);
    }
    return end;
  };
}

const utf32: ToUtf8 = (src, from, to, dst, o) => {
  let end = o;
  if ((to - from) & 3) throw malformedText();
  for (let at = from; at < to; at += 4) {
    const code = (src[at]! << 24) | (src[at + 1]! << 16) | (src[at + 2]! << 8) | src[at + 3]!;
    if (code < 0 || code > 0x10ffff) throw malformedText();
    end = writeCodePoint(code, dst, end);
  }
  return end;
};

function malformedText(): Error {
  return malformedEvent('Text of a column');
}
