/** Recurrences of the legacy calendar as recurrence rules of RFC 5545, section 3.3.10. */
import { civilDate, dayNumber, weekdayOf } from '../../../mapping/transforms/civil-date.ts';
import { nthWeekdayOfMonth } from './occurrences.ts';
import type { Recurrence } from './recurrence-spec.ts';

export interface RecurrenceRule {
  /** Without DTSTART, UNTIL and EXDATE. null: no rule says it. */
  rrule: string | null;
  /**
   * The rule with the event's date as DTSTART gives the very days of occurrences.ts, however long the series and before its
   * exception dates. Where false it may still do so for a short one.
   */
  exact: boolean;
}

const WEEKDAY_CODES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
const FREQUENCIES = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' } as const;

const NO_RULE: RecurrenceRule = { rrule: null, exact: false };

/** `start` is the day number of pc_eventDate, `weekend` as for occurrences. */
export function recurrenceRule(
  recurrence: Recurrence,
  start: number,
  weekend: ReadonlySet<number>,
): RecurrenceRule {
  switch (recurrence.kind) {
    case 'everyN':
      return recurrence.unit === 'workday'
        ? workdayRule(recurrence.freq, start, weekend)
        : repeatRule(recurrence.freq, recurrence.unit, start);
    case 'weekdays':
      return weekdaysRule(recurrence.days, start);
    case 'nthWeekday':
      return nthWeekdayRule(recurrence, start);
    case 'none':
    case 'unparsed':
      return NO_RULE;
  }
}

function repeatRule(freq: number, unit: keyof typeof FREQUENCIES, start: number): RecurrenceRule {
  const isByDays = unit === 'day' || unit === 'week';
  const exact = isByDays || everyMonthHasTheDay(start, unit === 'year' ? freq * 12 : freq);
  return { rrule: `FREQ=${FREQUENCIES[unit]}${interval(freq)}`, exact };
}

/** Every other workday and the like cannot be said: the interval of a rule counts days or weeks. */
function workdayRule(freq: number, start: number, weekend: ReadonlySet<number>): RecurrenceRule {
  const workdays = new Set([...WEEKDAY_CODES.keys()].filter((day) => !weekend.has(day)));
  return freq === 1 && workdays.size > 0 ? weekdaysRule(workdays, start) : NO_RULE;
}

/** The first occurrence is the event's date even on another weekday, which the RFC leaves undefined. */
function weekdaysRule(days: ReadonlySet<number>, start: number): RecurrenceRule {
  const codes = WEEKDAY_CODES.filter((_code, day) => days.has(day));
  return { rrule: `FREQ=WEEKLY;BYDAY=${codes.join(',')}`, exact: days.has(weekdayOf(start)) };
}

/** What the set is when DTSTART is not itself in it, the RFC leaves undefined. */
function nthWeekdayRule(
  { nth, weekday, everyMonths, hasFlag }: Extract<Recurrence, { kind: 'nthWeekday' }>,
  start: number,
): RecurrenceRule {
  const steps = hasFlag || everyMonthHasTheDay(start, everyMonths);
  return {
    rrule: `FREQ=MONTHLY${interval(everyMonths)};BYDAY=${nth === 'last' ? -1 : nth}${WEEKDAY_CODES[weekday]}`,
    exact: steps && nthWeekdayOfMonth(start, nth, weekday) === start,
  };
}

function interval(freq: number): string {
  return freq === 1 ? '' : `;INTERVAL=${freq}`;
}

/**
 * Whether no step of so many months runs over into the next one, after which the legacy days drift and the rule's do not:
 * always up to the 28th, and for some longer steps, such as 31 January and July by six months.
 */
function everyMonthHasTheDay(start: number, stepMonths: number): boolean {
  const { month, day } = civilDate(start);
  for (let step = 0; step < 12; step++) {
    if (day > shortestLength(((month - 1 + step * stepMonths) % 12) + 1)) return false;
  }
  return true;
}

/** Of a month over all years. 2001 was no leap year. */
function shortestLength(month: number): number {
  return dayNumber(2001, month + 1, 1) - dayNumber(2001, month, 1);
}
