/**
 * Dates of the calendar on the wall, without time and zone, as day numbers: days since 2000-01-01 in the proleptic Gregorian
 * calendar, which is how types/calendar.ts and PostgreSQL count. Integers only. The algorithms are days_from_civil and
 * civil_from_days of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
export interface CivilDate {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

const DAYS_IN_400_YEARS = 146097;
/** Days from 0000-03-01, where years begin that end in their leap day, to 2000-01-01. */
const EPOCH_DAYS = 730425;
/** 2000-01-01 was a Saturday. */
const EPOCH_WEEKDAY = 6;

const DASHED = /^(\d{4})-(\d{2})-(\d{2})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

/** A month or day outside its range runs over into the next or back into the one before, as in PHP's mktime. */
export function dayNumber(year: number, month: number, day: number): number {
  const months = year * 12 + month - 3;
  const y = Math.floor(months / 12);
  const dayOfYear = Math.floor((153 * (months - y * 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + dayOfYear - EPOCH_DAYS;
}

export function civilDate(dayNumber: number): CivilDate {
  const days = dayNumber + EPOCH_DAYS;
  const era = Math.floor(days / DAYS_IN_400_YEARS);
  const dayOfEra = days - era * DAYS_IN_400_YEARS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36524) + Math.floor(dayOfEra / 146096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const isNextYear = monthFromMarch >= 10;
  return {
    year: era * 400 + yearOfEra + (isNextYear ? 1 : 0),
    month: isNextYear ? monthFromMarch - 9 : monthFromMarch + 3,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(dayNumber: number): number {
  // a remainder has the sign of what is divided
  return (((dayNumber + EPOCH_WEEKDAY) % 7) + 7) % 7;
}

/** A day that the month does not have runs over, as in PHP's mktime: 31 January and one month is 3 March, or 2 March. */
export function addMonths(from: number, months: number): number {
  const { year, month, day } = civilDate(from);
  return dayNumber(year, month + months, day);
}

/** `YYYY-MM-DD`. null for anything else: a zero or partial date, a day that the month does not have. */
export function parseDate(text: string): number | null {
  return parse(text, DASHED);
}

/** `YYYYMMDD`. null for anything else, as with parseDate. */
export function parseCompactDate(text: string): number | null {
  return parse(text, COMPACT);
}

function parse(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const parsed = dayNumber(year, month, day);
  const date = civilDate(parsed);
  return year > 0 && date.month === month && date.day === day ? parsed : null;
}

/** `YYYY-MM-DD`, for the years 1 to 9999. */
export function formatDate(dayNumber: number): string {
  return format(dayNumber, '-');
}

/** `YYYYMMDD`, for the years 1 to 9999. */
export function formatCompactDate(dayNumber: number): string {
  return format(dayNumber, '');
}

function format(dayNumber: number, separator: string): string {
  const { year, month, day } = civilDate(dayNumber);
  const century = Math.floor(year / 100);
  return `${twoDigits(century)}${twoDigits(year - century * 100)}${separator}${twoDigits(month)}${separator}${twoDigits(day)}`;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

/** Of a whole number from 0 to 99. */
export function twoDigits(value: number): string {
  return TWO_DIGITS[value]!;
}
