/** Dates and times of day as MySQL writes them, on strings and without refusals: for transforms that put bad values aside. */

import { daysInMonth } from '../types/calendar.ts';
import { dayNumber } from './civil-date.ts';

/** Bytes of `YYYY-MM-DD`. */
export const DATE_LENGTH = 10;

/** What `readDay` answers for `0000-00-00`. */
export const ZERO_DAY = Number.POSITIVE_INFINITY;

export const SECONDS_PER_DAY = 86_400;

/** From 1970-01-01 to 2000-01-01, where civil-date.ts counts from. */
export const DAYS_TO_2000 = 10_957;

/**
 * The day that the first ten characters name, counted from 1970-01-01; ZERO_DAY, or NaN for what is no day: partial dates
 * such as `1999-05-00`, days that are not in their month, and other text.
 */
export function readDay(text: string): number {
  if (text.charAt(4) !== '-' || text.charAt(7) !== '-') return Number.NaN;
  const year = readTwoDigits(text, 0) * 100 + readTwoDigits(text, 2);
  const month = readTwoDigits(text, 5);
  const day = readTwoDigits(text, 8);
  if (year === 0 && month === 0 && day === 0) return ZERO_DAY;
  if (!(year > 0 && month > 0 && day > 0)) return Number.NaN;
  const isDay = month <= 12 && day <= daysInMonth(year, month);
  return isDay ? dayNumber(year, month, day) + DAYS_TO_2000 : Number.NaN;
}

/** The seconds of `HH:MM:SS` at `at`, where the hours may have three digits; NaN for other text. A fraction may follow. */
export function readTime(text: string, at: number): number {
  const colon = text.indexOf(':', at);
  const hasHundreds = colon - at === 3;
  if (!hasHundreds && colon - at !== 2) return Number.NaN;
  const hundreds = hasHundreds ? readTwoDigits(`0${text.charAt(at)}`, 0) : 0;
  const hours = hundreds * 100 + readTwoDigits(text, colon - 2);
  const minutes = readTwoDigits(text, colon + 1);
  const seconds = readTwoDigits(text, colon + 4);
  if (text.charAt(colon + 3) !== ':' || !(minutes < 60 && seconds < 60)) return Number.NaN;
  return (hours * 60 + minutes) * 60 + seconds;
}

const FRACTION = /^\.\d{1,6}$/;

/** What follows the seconds of a time that begins at `at`: `''`, a fraction with its point, or undefined for other text. */
export function readFraction(text: string, at: number): string | undefined {
  const end = text.indexOf(':', at) + 6;
  if (text.length === end) return '';
  const fraction = text.slice(end);
  return FRACTION.test(fraction) ? fraction : undefined;
}

function readTwoDigits(text: string, at: number): number {
  // NaN, for a character behind the end, becomes a digit that is none
  const tens = text.charCodeAt(at) ^ 0x30;
  const ones = text.charCodeAt(at + 1) ^ 0x30;
  return tens > 9 || ones > 9 ? Number.NaN : tens * 10 + ones;
}
