const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = Buffer.from('0123456789abcdef', 'latin1');
/** What follows the backslash, for the characters that have a short form. */
const SHORT_FORMS: ReadonlyMap<number, number> = new Map([
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
]);

/** UTF-8 text in quotes, escaped as MySQL escapes: only what must be. Returns where it ends. */
export function writeJsonString(src: Buffer, from: number, to: number, dst: Buffer, o: number): number {
  let at = o;
  dst[at++] = QUOTE;
  for (let p = from; p < to; p++) {
    const byte = src[p]!;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
      dst[at++] = byte;
      continue;
    }
    dst[at++] = BACKSLASH;
    const short = SHORT_FORMS.get(byte);
    if (short !== undefined) {
      dst[at++] = short;
      continue;
    }
    dst[at++] = 0x75;
    dst[at++] = 0x30;
    dst[at++] = 0x30;
    dst[at++] = HEX[byte >> 4]!;
    dst[at++] = HEX[byte & 15]!;
  }
  dst[at++] = QUOTE;
  return at;
}
