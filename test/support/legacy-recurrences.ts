/** Arbitrary recurrences of the legacy calendar, as its own forms make them and a little beyond. */
import fc from 'fast-check';
import { parseDate } from '../../src/mapping/transforms/civil-date.ts';
import type { Nth, Recurrence } from '../../src/profiles/openemr/calendar/recurrence-spec.ts';

const weekday = fc.integer({ min: 0, max: 6 });
const freq = fc.integer({ min: 1, max: 15 });

/** One that repeats. */
export const anyRecurrence: fc.Arbitrary<Recurrence> = fc.oneof(
  fc.record({
    kind: fc.constant('everyN' as const),
    freq,
    unit: fc.constantFrom('day', 'week', 'month', 'year', 'workday'),
  }),
  fc.record({
    kind: fc.constant('nthWeekday' as const),
    nth: fc.constantFrom<Nth[]>(1, 2, 3, 4, 'last'),
    weekday,
    everyMonths: freq,
    hasFlag: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('weekdays' as const),
    days: fc.uniqueArray(weekday, { minLength: 1 }).map((days) => new Set(days)),
  }),
);

const someDay = fc.integer({ min: parseDate('1999-01-01')!, max: parseDate('2040-12-31')! });

/** Days that drift are more frequent than in the calendar. */
export const anyStart: fc.Arbitrary<number> = fc.oneof(
  someDay,
  fc
    .constantFrom('2023-01-31', '2024-01-30', '2024-02-29', '2023-12-31', '2024-08-31')
    .map((text) => parseDate(text)!),
);

/** What the legacy system lets a site choose. */
export const anyWeekend: fc.Arbitrary<ReadonlySet<number>> = fc
  .constantFrom([6, 0], [0], [5], [6], [5, 6])
  .map((days) => new Set(days));
