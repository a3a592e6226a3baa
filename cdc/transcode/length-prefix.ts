/** Lengths of the text protocol: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html */

const ONE_BYTE_BELOW = 251;

/** Writes the length in as few bytes as it needs; returns where it ends. */
export function writeLength(length: number, dst: Buffer, o: number): number {
  if (length < ONE_BYTE_BELOW) {
    dst[o] = length;
    return o + 1;
  }
  if (length < 1 << 16) {
    dst[o] = 0xfc;
    dst[o + 1] = length;
    dst[o + 2] = length >> 8;
    return o + 3;
  }
  dst[o] = length < 1 << 24 ? 0xfd : 0xfe;
  dst[o + 1] = length;
  dst[o + 2] = length >> 8;
  dst[o + 3] = length >> 16;
  if (length < 1 << 24) return o + 4;
  dst[o + 4] = length >>> 24;
  dst.fill(0, o + 5, o + 9);
  return o + 9;
}

/** How many bytes `writeLength` writes. */
export function lengthBytes(length: number): number {
  if (length < ONE_BYTE_BELOW) return 1;
  return length < 1 << 16 ? 3 : length < 1 << 24 ? 4 : 9;
}

/**
 * Puts the length in front of text that was written before its length was known: the text begins at `textAt`, which is
 * `o` and at least the bytes that the length turns out to need. Returns where the text ends now.
 */
export function closeText(dst: Buffer, o: number, textAt: number, textEnd: number): number {
  const length = textEnd - textAt;
  const from = o + lengthBytes(length);
  if (from !== textAt) dst.copyWithin(from, textAt, textEnd);
  writeLength(length, dst, o);
  return from + length;
}
