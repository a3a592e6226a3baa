/** Values that facilities and the people who work there have in common. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';
import { isValidNpi, phone } from '../../../mapping/transforms/index.ts';
import { clean, doubting, txt } from '../text.ts';

/** The application is made for the United States, and keeps no country beside a telephone number of staff. */
const HOME = 'US';

/** The taxonomy code that the legacy system gives everybody: family medicine. */
export const DEFAULT_TAXONOMY = '207Q00000X';

export const phoneOf = (target: string, source: string): Transform =>
  doubting((policy) => phone(HOME, policy), target, source);

/** The number at work; without one the other. What is not taken is kept. */
export function workPhone(target: string, work: string, other: string): Transform {
  const first = phoneOf(target, work);
  const second = phoneOf(target, other);
  return {
    name: `workPhone(${first.name}, ${second.name})`,
    apply: (workRaw, otherRaw) => {
      const number = first.apply(workRaw ?? null);
      if (number === null) return second.apply(otherRaw ?? null);
      const left = clean(otherRaw ?? null);
      if (left !== null) keepRaw(other, left);
      return number;
    },
  };
}

/** Anything but 0 is yes, as PHP has it. */
export const truth = (ofNull: 't' | 'f' | null): Transform => ({
  name: `truth(${ofNull})`,
  apply: (raw) => (raw === null ? ofNull : /^-?0*$/.test(raw) ? 'f' : 't'),
});

/** Whether a number of the national registry has its form. NULL where there is none. */
export const npiValid: Transform = {
  name: 'npiValid',
  apply: (raw) => {
    const text = raw?.trim() ?? '';
    return text === '' ? null : isValidNpi(text) ? 't' : 'f';
  },
};

/** A jsonb object of the parts that say something; NULL where none does. */
export function address(parts: readonly string[]): Transform {
  return {
    name: `address(${parts.join(', ')})`,
    apply: (...values) => {
      const said = parts.flatMap((part, index) => {
        const text = txt.apply(values[index] ?? null);
        return text === null ? [] : [[part, text] as const];
      });
      return said.length === 0 ? null : JSON.stringify(Object.fromEntries(said));
    },
  };
}
