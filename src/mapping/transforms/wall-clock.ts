/** Local times without a zone, as PHP applications store them, to moments. Pure: no clock, and no zone of this computer. */
import type { Transform } from '../mapping.ts';
import {
  DATE_LENGTH,
  DAYS_TO_2000,
  readDay,
  readFraction,
  readTime,
  SECONDS_PER_DAY,
  ZERO_DAY,
} from './calendar-text.ts';
import { civilDate, formatDate, twoDigits } from './civil-date.ts';
import { markDoubtful, policyName, setAside, type OnInvalid } from './on-invalid.ts';
import { zoneShifts, type ZoneShifts } from './zone-shifts.ts';

const EARLIEST = Date.parse('0001-01-01T00:00:00Z') / 1000;
const LATEST = Date.parse('9999-12-31T23:59:59Z') / 1000;

/**
 * A DATETIME that a clock in `zone` (IANA name) showed, as a moment: `2024-03-31 00:30:00Z`. A date alone is its midnight.
 * The zero date and the empty text are NULL; partial dates, and moments outside the years 1 to 9999 of UTC, are invalid.
 *
 * A time that the clock skipped is shifted forward by as much as the clock was, with `_dst_gap` behind the flag and the raw
 * value kept. Of a time that it showed twice the first is taken, with `_dst_overlap`. The name holds a digest of the zone's
 * rules, so that another tz database, where it differs for this zone, is another plan.
 */
export function wallClock(zone: string, onInvalid: OnInvalid): Transform {
  const shifts = zoneShifts(zone);
  return {
    name: `wallClock(${zone} ${shifts.digest}, ${policyName(onInvalid)})`,
    apply: (text) => {
      if (text === null || text === '') return null;
      const day = readDay(text);
      if (text.length === DATE_LENGTH) {
        return day === ZERO_DAY ? null : toMoment(shifts, day * SECONDS_PER_DAY, '', text, onInvalid);
      }
      const separator = text.charAt(DATE_LENGTH);
      const seconds = readTime(text, DATE_LENGTH + 1);
      const fraction = readFraction(text, DATE_LENGTH + 1);
      if (day === ZERO_DAY && seconds === 0) return null;
      const isTime = (separator === ' ' || separator === 'T') && seconds < SECONDS_PER_DAY;
      if (!isTime || fraction === undefined) return setAside(onInvalid, text);
      return toMoment(shifts, day * SECONDS_PER_DAY + seconds, fraction, text, onInvalid);
    },
  };
}

/**
 * The same of a DATE and a TIME column, in this order; NULL where either is, or where the date is zero or empty. A time of 24:00:00
 * or more belongs to a later day: `2024-03-30` and `24:30:00` is half past midnight of the 31st. Negative times are invalid.
 * Kept raw as one text with a blank between.
 */
export function wallClockDateTime(zone: string, onInvalid: OnInvalid): Transform {
  const shifts = zoneShifts(zone);
  return {
    name: `wallClockDateTime(${zone} ${shifts.digest}, ${policyName(onInvalid)})`,
    apply: (date, time) => {
      if (date == null || date === '' || time == null) return null;
      const day = date.length === DATE_LENGTH ? readDay(date) : Number.NaN;
      if (day === ZERO_DAY) return null;
      const raw = `${date} ${time}`;
      const fraction = readFraction(time, 0);
      if (fraction === undefined) return setAside(onInvalid, raw);
      return toMoment(shifts, day * SECONDS_PER_DAY + readTime(time, 0), fraction, raw, onInvalid);
    },
  };
}

/** `local` counts the seconds since 1970 that the clock has shown. NaN is invalid. */
function toMoment(
  shifts: ZoneShifts,
  local: number,
  fraction: string,
  raw: string,
  onInvalid: OnInvalid,
): string | null {
  if (!(local >= EARLIEST && local <= LATEST)) return setAside(onInvalid, raw);
  const year = shifts.yearOf(civilDate(Math.floor(local / SECONDS_PER_DAY) - DAYS_TO_2000).year);
  let { offset } = year;
  let doubt: 'dst_gap' | 'dst_overlap' | null = null;
  for (const { at, before, after } of year.shifts) {
    if (local >= at + Math.max(before, after)) {
      offset = after;
      continue;
    }
    if (local >= at + Math.min(before, after)) doubt = after > before ? 'dst_gap' : 'dst_overlap';
    break;
  }
  const moment = local - offset;
  if (!(moment >= EARLIEST && moment <= LATEST)) return setAside(onInvalid, raw);
  if (doubt !== null) markDoubtful(onInvalid, doubt, doubt === 'dst_gap' ? raw : null);
  return formatMoment(moment, fraction);
}

/** `2026-02-03 14:00:00Z`, of seconds since 1970 in the years 1 to 9999. `fraction` is empty or has its point. */
function formatMoment(seconds: number, fraction: string): string {
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  const ofDay = seconds - day * SECONDS_PER_DAY;
  const hour = Math.floor(ofDay / 3600);
  const minute = Math.floor(ofDay / 60) - hour * 60;
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(ofDay % 60)}`;
  return `${formatDate(day - DAYS_TO_2000)} ${time}${fraction}Z`;
}

/** The moment so many minutes after one that a clock of this module gave, without its fraction; null behind the year 9999. */
export function minutesLater(moment: string, minutes: number): string | null {
  const seconds = readDay(moment) * SECONDS_PER_DAY + readTime(moment, DATE_LENGTH + 1) + minutes * 60;
  return seconds <= LATEST ? formatMoment(seconds, '') : null;
}
