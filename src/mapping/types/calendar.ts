/** Dates and times of day as MySQL writes them, on bytes. All throw ValueRefused. */
import { refuse } from '../../core/reject-reasons.ts';

/** What `readDate` answers for a date without a year, month or day. */
export const ZERO_DATE = 0x7fff_ffff;

/** Bytes of `YYYY-MM-DD`. */
export const DATE_BYTES = 10;

const DASH = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAYS_IN_400_YEARS = 146097;
/** Days from 0000-03-01 to 2000-01-01, where PostgreSQL counts from. */
const EPOCH_DAYS = 730425;

/** Two digits. The caller has made sure that there are two bytes. */
export function readTwoDigits(src: Buffer, at: number): number {
  const tens = src[at]! ^ 0x30;
  const ones = src[at + 1]! ^ 0x30;
  if (tens > 9 || ones > 9) refuse('malformed');
  return tens * 10 + ones;
}

/**
 * The ten bytes at `at` as days since 2000-01-01 in the Gregorian calendar, or ZERO_DATE.
 * Refuses malformed text, and a day that is not in its month (invalid_date).
 */
export function readDate(src: Buffer, at: number): number {
  const year = readTwoDigits(src, at) * 100 + readTwoDigits(src, at + 2);
  const month = readTwoDigits(src, at + 5);
  const day = readTwoDigits(src, at + 8);
  if (src[at + 4] !== DASH || src[at + 7] !== DASH) refuse('malformed');
  if (year === 0 || month === 0 || day === 0) return ZERO_DATE;
  if (month > 12 || (day > 28 && day > daysInMonth(year, month))) refuse('invalid_date');
  return daysSince2000(year, month, day);
}

/** `month` is from 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : DAYS_IN_MONTH[month]!;
}

/** The year is taken to begin in March, so that the leap day comes last. */
function daysSince2000(year: number, month: number, day: number): number {
  const y = month < 3 ? year - 1 : year;
  const era = (y / 400) | 0;
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * DAYS_IN_400_YEARS + dayOfEra - EPOCH_DAYS;
}

/** `:MM:SS` and up to six digits of a fraction, from `at` to `end`, in microseconds. */
export function readMinutesAndSeconds(src: Buffer, at: number, end: number): number {
  if (end - at < 6 || src[at] !== COLON || src[at + 3] !== COLON) refuse('malformed');
  const minutes = readTwoDigits(src, at + 1);
  const seconds = readTwoDigits(src, at + 4);
  if (minutes > 59 || seconds > 59) refuse('malformed');
  return (minutes * 60 + seconds) * 1_000_000 + readFraction(src, at + 6, end);
}

function readFraction(src: Buffer, at: number, end: number): number {
  if (at === end) return 0;
  const digits = end - at - 1;
  if (src[at] !== POINT || digits < 1 || digits > 6) refuse('malformed');
  let micros = 0;
  for (let p = at + 1; p < end; p++) {
    const digit = src[p]! ^ 0x30;
    if (digit > 9) refuse('malformed');
    micros = micros * 10 + digit;
  }
  for (let i = digits; i < 6; i++) micros *= 10;
  return micros;
}

/** The smallest step of a time with so many fractional digits, in microseconds. */
export function stepMicros(fractionalDigits: number): number {
  return 10 ** (6 - fractionalDigits);
}
