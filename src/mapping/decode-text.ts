import { isUtf8 } from 'node:buffer';
import { refuse } from '../core/reject-reasons.ts';

/** Those that toString() calls once it has found the encoding by its name, which costs more than the text where that is short. */
interface Slices {
  latin1Slice(this: Buffer, start: number, end: number): string;
  utf8Slice(this: Buffer, start: number, end: number): string;
}
const { latin1Slice, utf8Slice } = Buffer.prototype as unknown as Slices;

/** Up to this, a look at each byte costs less than what is asked of a text that may be anything. */
const LOOP_BYTES = 32;
const CHARACTERS = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));

/** The bytes as text for a transform. Refuses what is not UTF-8 (invalid_utf8), where decoding alone would change it in silence. */
export function decodeText(src: Buffer, start: number, end: number): string {
  if (end - start <= LOOP_BYTES && isAscii(src, start, end)) {
    if (end - start === 1) return CHARACTERS[src[start]!]!;
    return start === end ? '' : latin1Slice.call(src, start, end);
  }
  const text = utf8Slice.call(src, start, end);
  if (text.includes('\ufffd') && !isUtf8(src.subarray(start, end))) refuse('invalid_utf8');
  return text;
}

function isAscii(src: Buffer, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (src[p]! > 0x7f) return false;
  return true;
}
