/**
 * Which plain ten-digit numbers of the North American numbering plan libphonenumber calls valid, without asking it each
 * time: it takes some ten microseconds. The answer is its own, remembered for the area code and the digit after it, and only
 * where nothing behind them matters: its patterns for landlines and mobiles of the US and Canada all end in `[2-9]\d{6}`.
 * A test holds every such prefix against the library.
 */
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';

const PREFIX_DIGITS = 4;
const UNASKED = 0;
const VALID = 1;
const ASK = 2;

/** Says whether a number of ten digits is surely valid; false means: ask the library. Remembers ten thousand bytes. */
export function nanpPrefixes(defaultCountry: CountryCode): (digits: string) => boolean {
  const answers = new Uint8Array(10 ** PREFIX_DIGITS);
  return (digits) => {
    const prefix = Number(digits.slice(0, PREFIX_DIGITS));
    if (answers[prefix] === UNASKED) answers[prefix] = isOpenRange(digits, defaultCountry) ? VALID : ASK;
    return answers[prefix] === VALID;
  };
}

function isOpenRange(digits: string, defaultCountry: CountryCode): boolean {
  const number = parsePhoneNumberFromString(digits, { defaultCountry, extract: false });
  if (number?.country !== 'US' && number?.country !== 'CA') return false;
  return number.number === `+1${digits}` && number.getType() === 'FIXED_LINE_OR_MOBILE';
}
