/**
 * The days on which the legacy calendar shows an event: its own stepping, mistakes included, since those are the days that
 * patients were told. As OpenEMR does it in fetchEvents and __increment of library/appointments.inc.php.
 */
import { addMonths, civilDate, dayNumber, weekdayOf } from '../../../mapping/transforms/civil-date.ts';
import type { Nth, Recurrence } from './recurrence-spec.ts';

/** Days are day numbers of civil-date.ts. */
export interface Series {
  recurrence: Recurrence;
  /** pc_eventDate. */
  start: number;
  /** pc_endDate, the last day that may be one. null: there is none, and the legacy system shows nothing of a series. */
  until: number | null;
  exdates: ReadonlySet<number>;
  /** The global weekend_days, 0 for Sunday to 6 for Saturday. */
  weekend: ReadonlySet<number>;
}

export interface Window {
  from: number;
  horizon: number;
  /** Counts the days that are given, not those before `from` or taken out. */
  maxCount: number;
}

/** What weekend_days is where nobody has set it. */
export const DEFAULT_WEEKEND: ReadonlySet<number> = new Set([6, 0]);

const DAYS_IN_WEEK = 7;

/**
 * The days from `from` to the earlier of `until` and `horizon`, both included, ascending, none before `start`. Ends for every
 * recurrence, also for one that does not step on. An event that does not repeat has its one day, whatever `until` and
 * `exdates` say.
 */
export function* occurrences(series: Series, window: Window): Generator<number, void, undefined> {
  const repeats = series.recurrence.kind !== 'none';
  const last = repeats ? Math.min(series.until ?? -Infinity, window.horizon) : window.horizon;
  let count = 0;
  for (const day of steps(series)) {
    if (day > last || count >= window.maxCount) return;
    if (day < window.from || (repeats && series.exdates.has(day))) continue;
    yield day;
    count++;
  }
}

function* steps({ recurrence, start, weekend }: Series): Generator<number, void, undefined> {
  switch (recurrence.kind) {
    case 'none':
      yield start;
      return;
    case 'everyN':
      yield* stepping(start, (day) => nextOfUnit(day, recurrence, weekend));
      return;
    case 'weekdays':
      yield* stepping(start, (day) => nextAmong(day, recurrence.days));
      return;
    case 'nthWeekday': {
      const { nth, weekday, everyMonths, hasFlag } = recurrence;
      // with a day after the 28th a month can be left out on the way: the flag marks series made after that was mended
      const first = hasFlag ? firstOfMonth(start) : start;
      for (const inMonth of stepping(first, (day) => addMonths(day, everyMonths))) {
        const day = nthWeekdayOfMonth(inMonth, nth, weekday);
        if (day >= start) yield day;
      }
      return;
    }
    case 'unparsed':
  }
}

/** Stops where a step does not lead on: older legacy versions looped for ever there. */
function* stepping(first: number, next: (day: number) => number): Generator<number, void, undefined> {
  let day = first;
  for (;;) {
    yield day;
    const following = next(day);
    if (!(following > day)) return;
    day = following;
  }
}

/** Each step starts from the one before, so that a day that has run over into the next month stays there. */
function nextOfUnit(
  day: number,
  { freq, unit }: Extract<Recurrence, { kind: 'everyN' }>,
  weekend: ReadonlySet<number>,
): number {
  switch (unit) {
    case 'day':
      return day + freq;
    case 'week':
      return day + freq * DAYS_IN_WEEK;
    case 'month':
      return addMonths(day, freq);
    case 'year':
      return addMonths(day, freq * 12);
    case 'workday':
      return nextWorkday(day, freq, weekend);
  }
}

/**
 * The weekend days are counted among the next `freq` days only, and not again among those by which that count lengthens the
 * step: from 11 workdays on it can fall short.
 */
function nextWorkday(day: number, freq: number, weekend: ReadonlySet<number>): number {
  let next = day + freq;
  for (let ahead = 1; ahead <= freq; ahead++) if (weekend.has(weekdayOf(day + ahead))) next++;
  for (let moved = 0; moved < DAYS_IN_WEEK && weekend.has(weekdayOf(next)); moved++) next++;
  return next;
}

function nextAmong(day: number, weekdays: ReadonlySet<number>): number {
  for (let ahead = 1; ahead <= DAYS_IN_WEEK; ahead++) {
    if (weekdays.has(weekdayOf(day + ahead))) return day + ahead;
  }
  return day;
}

/** In the month that `inMonth` is in. The legacy system looks for a fifth first, and takes the fourth where there is none. */
export function nthWeekdayOfMonth(inMonth: number, nth: Nth, weekday: number): number {
  const { year, month } = civilDate(inMonth);
  if (nth === 'last') {
    const lastDay = dayNumber(year, month + 1, 0);
    return lastDay - ((weekdayOf(lastDay) - weekday + DAYS_IN_WEEK) % DAYS_IN_WEEK);
  }
  const firstDay = dayNumber(year, month, 1);
  const first = firstDay + ((weekday - weekdayOf(firstDay) + DAYS_IN_WEEK) % DAYS_IN_WEEK);
  return first + (nth - 1) * DAYS_IN_WEEK;
}

function firstOfMonth(day: number): number {
  return day - civilDate(day).day + 1;
}
