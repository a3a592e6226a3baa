/** Measurements: numbers in columns of numbers or of text, in US units, where 0 is one that was not taken. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import {
  fahrenheitToCelsius,
  inchesToCm,
  poundsToKg,
  type OnInvalid,
} from '../../../mapping/transforms/index.ts';
import { setAside } from '../../../mapping/transforms/on-invalid.ts';
import { aside } from '../text.ts';

export interface Measure {
  target: string;
  source: string;
  /** Digits of the target column before and behind the point. */
  whole: number;
  decimals: number;
  /** What is beyond them is kept, and flagged `<target>_out_of_range`. In the unit of the target. */
  from: number;
  to: number;
  unit?: 'pounds' | 'inches' | 'fahrenheit';
}

const CONVERSIONS: Record<
  NonNullable<Measure['unit']>,
  (decimals: number, onInvalid: OnInvalid) => Transform
> = {
  pounds: poundsToKg,
  inches: inchesToCm,
  fahrenheit: fahrenheitToCelsius,
};

/** What no person comes near is flagged and never mended: 37 in a column of degrees Fahrenheit may be meant otherwise, or not. */
export function measured(measure: Measure): Transform {
  const { target, source, whole, decimals, from, to, unit } = measure;
  const invalid = aside(target, source);
  const convert = unit === undefined ? null : CONVERSIONS[unit](decimals, invalid);
  return {
    name: `measured(${JSON.stringify(measure)})`,
    apply: (raw) => {
      const value = convert ? convert.apply(raw) : rounded(raw, decimals, source, invalid);
      if (value === null) return null;
      if (value.replace(/^-/, '').indexOf('.') > whole) return setAside(invalid, raw!);
      if (!(Number(value) >= from && Number(value) <= to)) raiseFlag(`${target}_out_of_range`);
      return value;
    },
  };
}

const DECIMAL = /^[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})$/;
/** A FLOAT shows digits behind these that nobody wrote. */
const WRITTEN_DECIMALS = 4;

/** To so many decimals. More of them, where somebody may have written them, are kept as they were. */
function rounded(raw: string | null, decimals: number, source: string, invalid: OnInvalid): string | null {
  const text = raw?.trim() ?? '';
  if (raw === null || text === '') return null;
  if (!DECIMAL.test(text)) return setAside(invalid, raw);
  const number = Number(text);
  if (number === 0) return null;
  const value = number.toFixed(decimals);
  if (Number(number.toFixed(WRITTEN_DECIMALS)) !== Number(value)) keepRaw(source, raw);
  return value;
}
