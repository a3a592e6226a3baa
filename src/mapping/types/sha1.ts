/** SHA-1 of a message that fits one block: twice as fast as the call into Node's crypto. Not for secrets. */

/** The longest message of one block: 64 bytes less the closing bit and the length. */
export const MAX_MESSAGE_BYTES = 55;

/** The message is put here by the caller. */
export const sha1Message = new Uint8Array(MAX_MESSAGE_BYTES + 1);

const words = new Int32Array(80);

/** Writes the first 16 bytes of the digest of `sha1Message[0, length)`; a UUID needs no more. */
export function writeSha1Prefix(length: number, dst: Buffer, at: number): void {
  loadMessage(length);
  for (let i = 16; i < 80; i++) {
    const x = words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!;
    words[i] = (x << 1) | (x >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  let next = 0;
  let i = 0;
  for (; i < 20; i++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + words[i]! + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; i < 40; i++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + words[i]! + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; i < 60; i++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + words[i]! - 0x70e44324) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; i < 80; i++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + words[i]! - 0x359d3e2a) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  putWord(dst, at, a + 0x67452301);
  putWord(dst, at + 4, b + 0xefcdab89);
  putWord(dst, at + 8, c + 0x98badcfe);
  putWord(dst, at + 12, d + 0x10325476);
}

/** The block: the message, one bit, zeros, and the length in bits. */
function loadMessage(length: number): void {
  sha1Message[length] = 0x80;
  const lastWord = length >> 2;
  for (let p = length + 1; p < (lastWord + 1) << 2; p++) sha1Message[p] = 0;
  for (let i = 0; i <= lastWord; i++) {
    const p = i << 2;
    words[i] =
      (sha1Message[p]! << 24) |
      (sha1Message[p + 1]! << 16) |
      (sha1Message[p + 2]! << 8) |
      sha1Message[p + 3]!;
  }
  for (let i = lastWord + 1; i < 15; i++) words[i] = 0;
  words[15] = length << 3;
}

function putWord(dst: Buffer, at: number, word: number): void {
  dst[at] = word >>> 24;
  dst[at + 1] = word >>> 16;
  dst[at + 2] = word >>> 8;
  dst[at + 3] = word;
}
