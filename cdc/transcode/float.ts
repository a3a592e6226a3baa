/** FLOAT and DOUBLE. Both are selected as a DOUBLE (see selectExpression), and printed as the server prints one. */
import type { ColumnText, WriteText } from './column-text.ts';
import { writeAscii, writeDigits, writeUint } from './digits.ts';
import { zerofilled } from './integers.ts';

/** Sign, point, 17 digits and 15 zeros. */
const MAX_TEXT_BYTES = 36;
/** Beyond so many digits before the point, and one less zeros behind it, the server writes an exponent (my_gcvt). */
const MAX_PLAIN_EXPONENT = 15;

const POINT = 0x2e;
/** Most doubles in practice: amounts and measurements with a few decimals, written without a string in between. */
const MAX_SHORT = 1e9;
const MAX_SHORT_DECIMALS = 3;

const float64 = new Float64Array(1);
const float32 = new Float32Array(float64.buffer, 0, 1);
const bytes = new Uint8Array(float64.buffer);

/** `zerofillWidth` is 0 for a column without ZEROFILL, or that is selected through an expression. */
export function floatText(size: 4 | 8, zerofillWidth: number): ColumnText {
  const write: WriteText = (src, from, _to, dst, o) => {
    for (let i = 0; i < size; i++) bytes[i] = src[from + i]!;
    const end = writeDouble(size === 4 ? float32[0]! : float64[0]!, dst, o + 1);
    dst[o] = end - o - 1;
    return end;
  };
  return {
    write: zerofillWidth > 0 ? zerofilled(write, zerofillWidth) : write,
    fixedBytes: Math.max(MAX_TEXT_BYTES, zerofillWidth + 3),
    perByte: 0,
  };
}

/** The eight bytes of a little-endian IEEE number. */
export function readDouble(src: Buffer, at: number): number {
  for (let i = 0; i < 8; i++) bytes[i] = src[at + i]!;
  return float64[0]!;
}

/** The fewest digits that give the same bits again. Returns where they end. */
function writeDouble(value: number, dst: Buffer, o: number): number {
  // Up to 15 digits belong to one double only: the first power of ten that makes it whole has the fewest.
  if (value > 0 && value < MAX_SHORT) {
    for (let decimals = 0, power = 1; decimals <= MAX_SHORT_DECIMALS; decimals++, power *= 10) {
      const unscaled = Math.round(value * power);
      if (unscaled / power !== value) continue;
      if (decimals === 0) return writeUint(value, dst, o);
      const whole = Math.floor(unscaled / power);
      const at = writeUint(whole, dst, o);
      dst[at] = POINT;
      return writeDigits(unscaled - whole * power, decimals, dst, at + 1);
    }
  }
  return writeAscii(doubleText(value), dst, o);
}

export function doubleText(value: number): string {
  const magnitude = Math.abs(value);
  const isNegative = value < 0 || Object.is(value, -0);
  const text = magnitude === 0 ? '0' : magnitudeText(magnitude);
  return isNegative ? `-${text}` : text;
}

function magnitudeText(magnitude: number): string {
  // Here JavaScript and the server agree.
  if (magnitude >= 1e-6 && magnitude < 1e15) return String(magnitude);
  const [mantissa, exponentText] = magnitude.toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  const pointAt = exponent + 1;
  if (pointAt > MAX_PLAIN_EXPONENT && digits.length > pointAt) {
    return `${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`;
  }
  if (pointAt <= 0 && pointAt > -MAX_PLAIN_EXPONENT) return `0.${'0'.repeat(-pointAt)}${digits}`;
  return `${mantissa}e${exponent}`;
}
