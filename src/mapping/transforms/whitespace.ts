import { IS_NULL, textTransform, unchanged, USE_TEXT } from './text-transform.ts';

/** Takes white space off both ends: every character that Unicode calls so, the no-break space too. */
export const trim = textTransform(
  'trim',
  (text) => text.trim(),
  (src, start, end, dst, at) => {
    while (start < end && isAsciiSpace(src[start]!)) start++;
    while (end > start && isAsciiSpace(src[end - 1]!)) end--;
    if (start < end && (mayBeginSpace(src[start]!) || endsInPossibleSpace(src, start, end))) return USE_TEXT;
    return unchanged(src, start, end, dst, at);
  },
);

/** The empty text becomes NULL. */
export const nullIfEmpty = textTransform(
  'nullIfEmpty',
  (text) => (text === '' ? null : text),
  (src, start, end, dst, at) => (start === end ? IS_NULL : unchanged(src, start, end, dst, at)),
);

function isAsciiSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** The first bytes of U+00A0, U+1680, U+2000 to U+205F, U+3000 and U+FEFF, and of much that is not white space. */
function mayBeginSpace(byte: number): boolean {
  return byte === 0xc2 || byte === 0xef || (byte >= 0xe1 && byte <= 0xe3);
}

function endsInPossibleSpace(src: Buffer, start: number, end: number): boolean {
  let last = end - 1;
  if (src[last]! < 0x80) return false;
  while (last > start && (src[last]! & 0xc0) === 0x80) last--;
  return mayBeginSpace(src[last]!);
}
