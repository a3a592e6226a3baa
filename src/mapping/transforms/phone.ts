import {
  findPhoneNumbersInText,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import type { Transform } from '../mapping.ts';
import { nanpPrefixes } from './nanp-prefixes.ts';
import { markDoubtful, policyName, setAside, type OnInvalid } from './on-invalid.ts';
import { saysNothing } from './says-nothing.ts';

interface PhoneOptions {
  /** Whether `x251` becomes `;ext=251` behind the number, as in RFC 3966. Otherwise it stays in the raw value only. */
  extensions?: boolean;
}

const MAX_CHARACTERS = 250;
/** Fewer digits beside the number are a remark, such as a date or a room; as many are another number. */
const MIN_DIGITS_OF_NUMBER = 7;
const PLAIN_NANP = /^(?:\+?1[-. ]?)?\(?([2-9]\d\d)\)?[-. ]?([2-9]\d\d)[-. ]?(\d{4})$/;
/** Eleven digits at most, and nothing else but what stands between them. */
const ONE_NUMBER = /^[^\d]?(?:\d[-. ()/]{0,2}){1,11}$/;
const NANP_CALLING_CODE = '1';

/**
 * A phone number in E.164 (`+12125551234`). Numbers without a country are of `defaultCountry` (ISO 3166, two letters); which
 * exist is what libphonenumber knows: the rules of the area codes, not whether anybody answers. `none`, `n/a` and the like are NULL.
 *
 * Of a field that holds more, the first valid number is taken and the raw value kept, with the flag and what there was
 * behind it: `_many` another number, `_extension` an extension that was not asked for, `_remark` other text.
 */
export function phone(defaultCountry: string, onInvalid: OnInvalid, options: PhoneOptions = {}): Transform {
  const { extensions = false } = options;
  if (!isSupportedCountry(defaultCountry)) throw new RangeError('phone() does not know this country');
  const isNanp = getCountryCallingCode(defaultCountry) === NANP_CALLING_CODE;
  const isSurelyValid = isNanp ? nanpPrefixes(defaultCountry) : () => false;

  const applyToText = (raw: string): string | null => {
    const text = raw.trim();
    const plain = isNanp ? PLAIN_NANP.exec(text) : null;
    const digits = plain ? plain[1]! + plain[2]! + plain[3]! : '';
    if (plain && isSurelyValid(digits)) return `+1${digits}`;
    if (saysNothing(text)) return null;
    if (text.length > MAX_CHARACTERS) return setAside(onInvalid, raw);
    const whole = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
    if (whole?.isValid()) return written(whole, raw);
    // Nothing to be found within: the search costs ten times the rest.
    if (ONE_NUMBER.test(text)) return setAside(onInvalid, raw);
    const [first] = findPhoneNumbersInText(text, { defaultCountry });
    if (!first) return setAside(onInvalid, raw);
    const rest = text.slice(0, first.startsAt) + text.slice(first.endsAt);
    const isMany = rest.replaceAll(/\D/g, '').length >= MIN_DIGITS_OF_NUMBER;
    markDoubtful(onInvalid, isMany ? 'many' : 'remark', raw);
    return written(first.number, raw);
  };

  const written = (number: PhoneNumber, raw: string): string => {
    if (number.ext === undefined) return number.number;
    if (extensions) return `${number.number};ext=${number.ext}`;
    markDoubtful(onInvalid, 'extension', raw);
    return number.number;
  };

  return {
    name: `phone(${defaultCountry}, ${policyName(onInvalid)}${extensions ? ', extensions' : ''})`,
    apply: (raw) => (raw === null ? null : applyToText(raw)),
  };
}
