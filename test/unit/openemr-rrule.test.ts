import fc from 'fast-check';
import { RRule } from 'rrule';
import { describe, expect, test } from 'vitest';
import { formatCompactDate, parseDate } from '../../src/mapping/transforms/civil-date.ts';
import {
  DEFAULT_WEEKEND,
  nthWeekdayOfMonth,
  occurrences,
} from '../../src/profiles/openemr/calendar/occurrences.ts';
import type { Recurrence } from '../../src/profiles/openemr/calendar/recurrence-spec.ts';
import { recurrenceRule } from '../../src/profiles/openemr/calendar/rrule.ts';
import { anyRecurrence, anyStart, anyWeekend } from '../support/legacy-recurrences.ts';

const MS_PER_DAY = 86_400_000;
const EPOCH_MS = Date.UTC(2000, 0, 1);

const TUESDAY_2ND = { kind: 'nthWeekday', nth: 2, weekday: 2, everyMonths: 1, hasFlag: true } as const;
const LAST_TUESDAY = { ...TUESDAY_2ND, nth: 'last' } as const;

const CASES: [start: string, Recurrence, rrule: string | null, exact: boolean][] = [
  ['2024-03-06', { kind: 'everyN', freq: 1, unit: 'day' }, 'FREQ=DAILY', true],
  ['2024-01-31', { kind: 'everyN', freq: 2, unit: 'week' }, 'FREQ=WEEKLY;INTERVAL=2', true],
  ['2024-01-28', { kind: 'everyN', freq: 1, unit: 'month' }, 'FREQ=MONTHLY', true],
  ['2024-01-29', { kind: 'everyN', freq: 1, unit: 'month' }, 'FREQ=MONTHLY', false],
  ['2024-01-31', { kind: 'everyN', freq: 6, unit: 'month' }, 'FREQ=MONTHLY;INTERVAL=6', true],
  ['2024-08-31', { kind: 'everyN', freq: 6, unit: 'month' }, 'FREQ=MONTHLY;INTERVAL=6', false],
  ['2024-01-31', { kind: 'everyN', freq: 1, unit: 'year' }, 'FREQ=YEARLY', true],
  ['2024-02-29', { kind: 'everyN', freq: 4, unit: 'year' }, 'FREQ=YEARLY;INTERVAL=4', false],
  ['2024-03-06', { kind: 'everyN', freq: 1, unit: 'workday' }, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', true],
  ['2024-03-09', { kind: 'everyN', freq: 1, unit: 'workday' }, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', false],
  ['2024-03-06', { kind: 'everyN', freq: 2, unit: 'workday' }, null, false],
  ['2024-03-06', { kind: 'weekdays', days: new Set([5, 3]) }, 'FREQ=WEEKLY;BYDAY=WE,FR', true],
  ['2024-03-05', { kind: 'weekdays', days: new Set([5, 3]) }, 'FREQ=WEEKLY;BYDAY=WE,FR', false],
  ['2024-03-12', TUESDAY_2ND, 'FREQ=MONTHLY;BYDAY=2TU', true],
  ['2024-03-13', TUESDAY_2ND, 'FREQ=MONTHLY;BYDAY=2TU', false],
  ['2024-03-12', { ...TUESDAY_2ND, everyMonths: 3 }, 'FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU', true],
  ['2023-01-31', LAST_TUESDAY, 'FREQ=MONTHLY;BYDAY=-1TU', true],
  ['2023-01-31', { ...LAST_TUESDAY, hasFlag: false }, 'FREQ=MONTHLY;BYDAY=-1TU', false],
  ['2024-03-06', { kind: 'none' }, null, false],
  ['2024-03-06', { kind: 'unparsed', reason: 'no_spec' }, null, false],
];

/** The days of the rule from `start` to `last`, as another implementation has them. */
function expandedByOracle(rule: string, start: number, last: number): number[] {
  const parsed = RRule.fromString(`DTSTART:${formatCompactDate(start)}T000000Z\nRRULE:${rule}`);
  const date = (day: number) => new Date(EPOCH_MS + day * MS_PER_DAY);
  return parsed
    .between(date(start), date(last), true)
    .map((found) => (found.getTime() - EPOCH_MS) / MS_PER_DAY);
}

function legacyDays(
  recurrence: Recurrence,
  start: number,
  last: number,
  weekend: ReadonlySet<number>,
): number[] {
  const series = { recurrence, start, until: last, exdates: new Set<number>(), weekend };
  return [...occurrences(series, { from: start, horizon: last, maxCount: Infinity })];
}

describe('the recurrence rule', () => {
  test.each(CASES)('from %s for %o is %s, exact: %s', (start, recurrence, rrule, exact) => {
    expect(recurrenceRule(recurrence, parseDate(start)!, DEFAULT_WEEKEND)).toEqual({ rrule, exact });
  });

  test('has none where every day is of the weekend', () => {
    const always = new Set([0, 1, 2, 3, 4, 5, 6]);
    const recurrence: Recurrence = { kind: 'everyN', freq: 1, unit: 'workday' };
    expect(recurrenceRule(recurrence, 0, always)).toEqual({ rrule: null, exact: false });
  });

  test('gives the very days of the legacy calendar wherever it is said to be exact', () => {
    let compared = 0;
    const anyCase = fc.record({ recurrence: anyRecurrence, start: anyStart, weekend: anyWeekend });
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 3000 }), ({ recurrence, start, weekend }, length) => {
        const from = inStep(recurrence, start);
        const { rrule, exact } = recurrenceRule(recurrence, from, weekend);
        if (rrule === null || !exact) return;
        compared++;
        const last = from + length;
        expect(expandedByOracle(rrule, from, last)).toEqual(legacyDays(recurrence, from, last, weekend));
      }),
      { numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  test('goes another way within 15 years where a month that has not the day makes it inexact', () => {
    const days = fc.constantFrom(
      '2023-01-31',
      '2023-01-30',
      '2023-01-29',
      '2023-05-31',
      '2023-08-30',
      '2023-08-29',
    );
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 6 }), (text, freq) => {
        const start = parseDate(text)!;
        const recurrence: Recurrence = { kind: 'everyN', freq, unit: 'month' };
        const { rrule, exact } = recurrenceRule(recurrence, start, DEFAULT_WEEKEND);
        const last = start + 15 * 366;
        const legacy = legacyDays(recurrence, start, last, DEFAULT_WEEKEND);
        const isSame = legacy.join() === expandedByOracle(rrule!, start, last).join();
        expect(isSame).toBe(exact);
      }),
    );
  });
});

/** An nth weekday is rarely exact from any day: it begins with one. */
function inStep(recurrence: Recurrence, start: number): number {
  if (recurrence.kind !== 'nthWeekday') return start;
  return nthWeekdayOfMonth(start, recurrence.nth, recurrence.weekday);
}
