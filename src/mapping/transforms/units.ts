/** US units to metric ones, in whole numbers of any size: no digit comes from binary floating point. */
import type { Transform } from '../mapping.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';

/** `(value - offset) * numerator / denominator` */
interface Conversion {
  numerator: bigint;
  denominator: bigint;
  offset: bigint;
}

const POUNDS: Conversion = { numerator: 45_359_237n, denominator: 100_000_000n, offset: 0n };
const INCHES: Conversion = { numerator: 254n, denominator: 100n, offset: 0n };
const FAHRENHEIT: Conversion = { numerator: 5n, denominator: 9n, offset: 32n };

/** A decimal of pounds as kilograms with so many decimals, halves rounded away from zero. Zero and blank mean not taken: NULL. */
export function poundsToKg(decimals: number, onInvalid: OnInvalid): Transform {
  return convert('poundsToKg', POUNDS, decimals, onInvalid);
}

/** The same of inches, as centimetres. */
export function inchesToCm(decimals: number, onInvalid: OnInvalid): Transform {
  return convert('inchesToCm', INCHES, decimals, onInvalid);
}

/** The same of degrees. Zero degrees Fahrenheit is no temperature of a patient either, so that it is NULL too. */
export function fahrenheitToCelsius(decimals: number, onInvalid: OnInvalid): Transform {
  return convert('fahrenheitToCelsius', FAHRENHEIT, decimals, onInvalid);
}

const DECIMAL = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?$/;

function convert(name: string, conversion: Conversion, decimals: number, onInvalid: OnInvalid): Transform {
  return {
    name: `${name}(${decimals}, ${policyName(onInvalid)})`,
    apply: (raw) => {
      const text = raw?.trim() ?? '';
      if (raw === null || text === '') return null;
      const [, sign, whole = '', fraction = ''] = DECIMAL.exec(text) ?? [];
      if (whole + fraction === '') return setAside(onInvalid, raw);
      const digits = BigInt(whole + fraction);
      if (digits === 0n) return null;
      const scale = 10n ** BigInt(fraction.length);
      const shifted = (sign === '-' ? -digits : digits) - conversion.offset * scale;
      const numerator = shifted * conversion.numerator * 10n ** BigInt(decimals);
      return withPoint(divideRounded(numerator, conversion.denominator * scale), decimals);
    },
  };
}

/** Halves go away from zero. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const half = numerator < 0n ? -denominator : denominator;
  return (2n * numerator + half) / (2n * denominator);
}

function withPoint(units: bigint, decimals: number): string {
  const sign = units < 0n ? '-' : '';
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return sign + digits.slice(0, point) + (decimals === 0 ? '' : `.${digits.slice(point)}`);
}
