/** Social security numbers of the United States. */
import type { Transform } from '../mapping.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';
import { saysNothing } from './says-nothing.ts';

const SEPARATORS = /[-\u2010-\u2015.\s]/gu;
/** Nine digits with an area, a group and a serial that were ever issued, and not the same digit throughout. */
const POSSIBLE = /^(?!000|666|9)(?!(\d)\1{8})\d{3}(?!00)\d{2}(?!0000)\d{4}$/;
/** Sequences, and numbers that were printed in advertisements and leaflets, and that whole populations have used since. */
const PLACEHOLDERS = new Set(['123456789', '078051120', '219099999']);

/**
 * The nine digits of a number that can have been issued, dashes and blanks taken out. Says nothing of whether it belongs to
 * the patient. A raw value kept in plain text is nearly a number: give `keepAs: null` where the digits are to be encrypted.
 */
export function ssnDigits(onInvalid: OnInvalid): Transform {
  return {
    name: `ssnDigits(${policyName(onInvalid)})`,
    apply: (raw) => {
      if (raw === null) return null;
      return validDigits(raw) ?? (saysNothing(raw.trim()) ? null : setAside(onInvalid, raw));
    },
  };
}

/** The last four digits of such a number, else NULL. Raises no flag: that is for `ssnDigits` of the same column. */
export const ssnLast4: Transform = {
  name: 'ssnLast4',
  apply: (raw) => (raw === null ? null : (validDigits(raw)?.slice(-4) ?? null)),
};

function validDigits(raw: string): string | undefined {
  const digits = raw.replaceAll(SEPARATORS, '');
  return POSSIBLE.test(digits) && !PLACEHOLDERS.has(digits) ? digits : undefined;
}
