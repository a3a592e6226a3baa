import { refuse } from '../../core/reject-reasons.ts';

/**
 * A number with an exponent, such as `-1.5e-7`, as the same number without. For DOUBLE values on their way to a
 * numeric: rare, so it may allocate. Throws ValueRefused: malformed, or out_of_range for an exponent beyond `maxExponent`.
 */
export function plainDecimal(
  src: Buffer,
  start: number,
  exponentAt: number,
  end: number,
  maxExponent: number,
): Buffer {
  const exponentText = src.toString('latin1', exponentAt + 1, end);
  if (!/^[+-]?\d+$/.test(exponentText)) refuse('malformed');
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > maxExponent) refuse('out_of_range');

  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(src.toString('latin1', start, exponentAt));
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || whole + fraction === '') refuse('malformed');

  const pointAt = whole.length + exponent;
  let digits = whole + fraction;
  if (pointAt < 0) digits = '0'.repeat(-pointAt) + digits;
  digits = digits.padEnd(pointAt, '0');
  const unfoldedPoint = Math.max(pointAt, 0);
  const decimals = digits.slice(unfoldedPoint);
  const plain = `${match[1]}${digits.slice(0, unfoldedPoint) || '0'}${decimals && '.'}${decimals}`;
  return Buffer.from(plain, 'latin1');
}
