import { refuse } from '../../core/reject-reasons.ts';

/** The value of a hexadecimal digit. Throws ValueRefused (malformed). */
export function hexDigit(byte: number): number {
  const digit = byte ^ 0x30;
  if (digit <= 9) return digit;
  const letter = (byte | 0x20) - 0x61;
  if (letter < 0 || letter > 5) refuse('malformed');
  return letter + 10;
}
