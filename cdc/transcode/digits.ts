/** Decimal digits, written without a string in between. */

const ZERO = 0x30;
const BILLION = 1e9;

/** A whole number from 0 to 2⁵³, without leading zeros. Returns where it ends. */
export function writeUint(value: number, dst: Buffer, o: number): number {
  if (value < 10) {
    dst[o] = ZERO + value;
    return o + 1;
  }
  if (value < BILLION) return writeDigits(value, countDigits(value), dst, o);
  const high = Math.floor(value / BILLION);
  return writeDigits(value - high * BILLION, 9, dst, writeUint(high, dst, o));
}

/** The last `count` digits of a whole number below 2³¹, with leading zeros. Returns where they end. */
export function writeDigits(value: number, count: number, dst: Buffer, o: number): number {
  let rest = value;
  for (let at = o + count - 1; at >= o; at--) {
    const tenth = (rest / 10) | 0;
    dst[at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return o + count;
}

/** An unsigned number of 64 bits, in two halves. Returns where it ends. */
export function writeUint64(high: number, low: number, dst: Buffer, o: number): number {
  if (high < 0x200000) return writeUint(high * 0x100000000 + low, dst, o);
  // Long division by 10⁹ in pieces of 16 bits, so that every step stays below 2⁵³.
  let rest = high % BILLION;
  const q3 = (high - rest) / BILLION;
  rest = rest * 0x10000 + (low >>> 16);
  const q1 = Math.floor(rest / BILLION);
  rest = (rest - q1 * BILLION) * 0x10000 + (low & 0xffff);
  const q0 = Math.floor(rest / BILLION);
  rest -= q0 * BILLION;
  const quotient = q3 * 0x100000000 + q1 * 0x10000 + q0;
  return writeDigits(rest, 9, dst, writeUint(quotient, dst, o));
}

/** Text of ASCII characters. Returns where it ends. */
export function writeAscii(text: string, dst: Buffer, o: number): number {
  for (let i = 0; i < text.length; i++) dst[o + i] = text.charCodeAt(i);
  return o + text.length;
}

function countDigits(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9;
}
