/**
 * DATE, DATETIME(n), TIMESTAMP(n), TIME(n) and YEAR. Numbers of bits, big-endian but for DATE, behind them a fraction of
 * one to three bytes (my_time.cc of the server: my_datetime_packed_to_binary and its kin). Zero dates, partial dates and
 * impossible ones are written as they are.
 */
import type { ColumnText, WriteText } from './column-text.ts';
import { writeDigits } from './digits.ts';

const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const BLANK = 0x20;
const SECONDS_PER_DAY = 86_400;
const MAX_TEXT_BYTES = 28;

/** A fraction's bytes hold so many digits each pair. */
export function fractionBytes(digits: number): number {
  return (digits + 1) >> 1;
}

export function dateText(): ColumnText {
  return bounded((src, from, _to, dst, o) => {
    const packed = src[from]! | (src[from + 1]! << 8) | (src[from + 2]! << 16);
    dst[o] = 10;
    return writeDate(packed >> 9, (packed >> 5) & 15, packed & 31, dst, o + 1);
  });
}

export function datetimeText(fraction: number): ColumnText {
  return bounded((src, from, _to, dst, o) => {
    const days = ((src[from]! & 0x7f) << 15) | (src[from + 1]! << 7) | (src[from + 2]! >> 1);
    const yearMonth = days >> 5;
    const time = ((src[from + 2]! & 1) << 16) | (src[from + 3]! << 8) | src[from + 4]!;
    let at = writeDate((yearMonth / 13) | 0, yearMonth % 13, days & 31, dst, o + 1);
    dst[at++] = BLANK;
    at = writeTime(time >> 12, (time >> 6) & 63, time & 63, dst, at);
    if (fraction > 0) at = writeFraction(readBigEndian(src, from + 5, fraction), fraction, dst, at);
    dst[o] = at - o - 1;
    return at;
  });
}

export function timestampText(fraction: number): ColumnText {
  return bounded((src, from, _to, dst, o) => {
    const seconds =
      ((src[from]! << 24) | (src[from + 1]! << 16) | (src[from + 2]! << 8) | src[from + 3]!) >>> 0;
    let at = writeUnixTime(seconds, dst, o + 1);
    if (fraction > 0) at = writeFraction(readBigEndian(src, from + 4, fraction), fraction, dst, at);
    dst[o] = at - o - 1;
    return at;
  });
}

export function timeText(fraction: number): ColumnText {
  const bytes = fractionBytes(fraction);
  const fractionRange = 256 ** bytes;
  return bounded((src, from, _to, dst, o) => {
    // The number with its fraction is one number, and negative as a whole.
    const high = ((src[from]! << 16) | (src[from + 1]! << 8) | src[from + 2]!) - 0x800000;
    let packed = high * fractionRange + (bytes > 0 ? readBigEndian(src, from + 3, fraction) : 0);
    let at = o + 1;
    if (packed < 0) {
      dst[at++] = MINUS;
      packed = -packed;
    }
    const time = Math.floor(packed / fractionRange);
    at = writeTime((time >> 12) & 0x3ff, (time >> 6) & 63, time & 63, dst, at);
    if (fraction > 0) at = writeFraction(packed - time * fractionRange, fraction, dst, at);
    dst[o] = at - o - 1;
    return at;
  });
}

/** `digits` is 2 for MariaDB's YEAR(2). */
export function yearText(digits: 2 | 4): ColumnText {
  return bounded((src, from, _to, dst, o) => {
    const year = src[from] === 0 ? 0 : 1900 + src[from]!;
    dst[o] = digits;
    return writeDigits(digits === 2 ? year % 100 : year, digits, dst, o + 1);
  });
}

export function writeDate(year: number, month: number, day: number, dst: Buffer, o: number): number {
  writeDigits(year, 4, dst, o);
  dst[o + 4] = MINUS;
  writeDigits(month, 2, dst, o + 5);
  dst[o + 7] = MINUS;
  return writeDigits(day, 2, dst, o + 8);
}

/** Hours have two digits, or three. */
export function writeTime(hour: number, minute: number, second: number, dst: Buffer, o: number): number {
  const at = writeDigits(hour, hour < 100 ? 2 : 3, dst, o);
  dst[at] = COLON;
  writeDigits(minute, 2, dst, at + 1);
  dst[at + 3] = COLON;
  return writeDigits(second, 2, dst, at + 4);
}

/** Seconds since 1970 in UTC; 0 is the zero date. */
export function writeUnixTime(seconds: number, dst: Buffer, o: number): number {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  let at = seconds === 0 ? writeDate(0, 0, 0, dst, o) : writeDay(days, dst, o);
  dst[at++] = BLANK;
  return writeTime((rest / 3600) | 0, ((rest / 60) | 0) % 60, rest % 60, dst, at);
}

/** A point and `digits` digits of a fraction that is kept with an even number of them. */
function writeFraction(value: number, digits: number, dst: Buffer, o: number): number {
  dst[o] = POINT;
  return writeDigits(digits & 1 ? (value / 10) | 0 : value, digits, dst, o + 1);
}

function readBigEndian(src: Buffer, at: number, fraction: number): number {
  let value = src[at]!;
  if (fraction > 2) value = (value << 8) | src[at + 1]!;
  if (fraction > 4) value = (value << 8) | src[at + 2]!;
  return value;
}

/** Days since 1970-01-01 in the Gregorian calendar: http://howardhinnant.github.io/date_algorithms.html#civil_from_days */
function writeDay(days: number, dst: Buffer, o: number): number {
  const shifted = days + 719_468;
  const era = (shifted / 146_097) | 0;
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const fromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * fromMarch + 2) / 5) | 0) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return writeDate(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day, dst, o);
}

function bounded(write: WriteText): ColumnText {
  return { write, fixedBytes: MAX_TEXT_BYTES, perByte: 0 };
}
