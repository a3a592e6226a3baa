/**
 * Text, which reaches us as UTF-8 whatever the column's character set. Its bytes go through as they are; what PostgreSQL
 * would not take is found by `validate` only when it has refused a batch.
 */
import { isUtf8 } from 'node:buffer';
import { refuse } from '../../core/reject-reasons.ts';
import type { Codec, ValuePolicies } from './codec.ts';
import { copyBytes, putInt32, writeVerbatim } from './wire.ts';

const NO_PREFIX = { prefix: [] } as const;

/** Refuses U+0000 (nul_byte) and anything that is not UTF-8 (invalid_utf8). */
export function validateText(src: Buffer, start: number, end: number): void {
  if (containsNul(src, start, end)) refuse('nul_byte');
  if (!isUtf8(src.subarray(start, end))) refuse('invalid_utf8');
}

/** Text without a limit. With the policy `strip`, characters U+0000 are left out; otherwise the bytes are verbatim. */
export function textCodec(nul: ValuePolicies['nul']): Codec {
  return nul === 'strip' ? strippedText : verbatimText;
}

/** Text of at most so many characters: more are refused (too_long), also where they are blanks. */
export function limitedTextCodec(nul: ValuePolicies['nul'], maxCharacters: number): Codec {
  const unlimited = textCodec(nul);
  return {
    write(src, start, end, dst, at) {
      // no character is shorter than a byte
      if (end - start <= maxCharacters) return unlimited.write(src, start, end, dst, at);
      const to = unlimited.write(src, start, end, dst, at);
      if (countCharacters(dst, at + 4, to) > maxCharacters) refuse('too_long');
      return to;
    },
    maxBytes: unlimited.maxBytes,
    validate: validatorOf(nul),
  };
}

/** Text that is known to be ASCII, such as digits: verbatim, and nothing to check. */
export const asciiCodec: Codec = {
  write: writeVerbatim,
  maxBytes: (length) => 4 + length,
  verbatim: NO_PREFIX,
};

const verbatimText: Codec = { ...asciiCodec, validate: validateText };

const strippedText: Codec = {
  write(src, start, end, dst, at) {
    const to = containsNul(src, start, end)
      ? copyWithoutNul(src, start, end, dst, at + 4)
      : copyBytes(src, start, end, dst, at + 4);
    putInt32(dst, at, to - at - 4);
    return to;
  },
  maxBytes: (length) => 4 + length,
  validate: validatorOf('strip'),
};

function validatorOf(nul: ValuePolicies['nul']): NonNullable<Codec['validate']> {
  if (nul === 'reject') return validateText;
  return (src, start, end) => {
    if (!isUtf8(src.subarray(start, end))) refuse('invalid_utf8');
  };
}

function copyWithoutNul(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  for (let p = start; p < end; p++) if (src[p] !== 0) dst[at++] = src[p]!;
  return at;
}

const LOOP_BYTES = 64;

function containsNul(src: Buffer, start: number, end: number): boolean {
  if (end - start > LOOP_BYTES) {
    const found = src.indexOf(0, start);
    return found !== -1 && found < end;
  }
  for (let p = start; p < end; p++) if (src[p] === 0) return true;
  return false;
}

/** Every byte that does not continue a character begins one. */
function countCharacters(src: Buffer, start: number, end: number): number {
  let characters = 0;
  for (let p = start; p < end; p++) if ((src[p]! & 0xc0) !== 0x80) characters++;
  return characters;
}
