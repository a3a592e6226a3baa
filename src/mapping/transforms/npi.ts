import type { Transform } from '../mapping.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';
import { saysNothing } from './says-nothing.ts';

const TEN_DIGITS = /^[12]\d{9}$/;
/** What the digits of `80840`, the prefix of the issuer, add to the sum of Luhn. */
const PREFIX_SUM = 24;

/**
 * Whether a text has the form of a National Provider Identifier: ten digits, the first 1 or 2 as CMS issues them, and the check
 * digit right (Luhn, with the prefix 80840). Does not say that it was issued.
 */
export function isValidNpi(text: string): boolean {
  if (!TEN_DIGITS.test(text)) return false;
  let sum = PREFIX_SUM;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    const doubled = digit * 2;
    if (at % 2 === 1) sum += digit;
    else sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** A valid National Provider Identifier, trimmed. */
export function npi(onInvalid: OnInvalid): Transform {
  return {
    name: `npi(${policyName(onInvalid)})`,
    apply: (raw) => {
      if (raw === null) return null;
      const text = raw.trim();
      if (isValidNpi(text)) return text;
      return saysNothing(text) ? null : setAside(onInvalid, raw);
    },
  };
}
