import { isUtf8 } from 'node:buffer';
import { refuse } from '../core/reject-reasons.ts';

/** The bytes as text for a transform. Refuses what is not UTF-8 (invalid_utf8), where decoding alone would change it in silence. */
export function decodeText(src: Buffer, start: number, end: number): string {
  const text = src.toString('utf8', start, end);
  if (text.includes('\ufffd') && !isUtf8(src.subarray(start, end))) refuse('invalid_utf8');
  return text;
}
