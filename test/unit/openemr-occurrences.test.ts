import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDate, parseDate, weekdayOf } from '../../src/mapping/transforms/civil-date.ts';
import {
  DEFAULT_WEEKEND,
  occurrences,
  type Series,
  type Window,
} from '../../src/profiles/openemr/calendar/occurrences.ts';
import type { Recurrence } from '../../src/profiles/openemr/calendar/recurrence-spec.ts';
import { anyRecurrence, anyStart, anyWeekend } from '../support/legacy-recurrences.ts';

const OPEN_WINDOW: Window = { from: -Infinity, horizon: parseDate('2099-12-31')!, maxCount: 10_000 };

function series(recurrence: Recurrence, start: string, until: string | null): Series {
  return {
    recurrence,
    start: parseDate(start)!,
    until: until === null ? null : parseDate(until)!,
    exdates: new Set(),
    weekend: DEFAULT_WEEKEND,
  };
}

function dates(series: Series, window: Partial<Window> = {}): string[] {
  return [...occurrences(series, { ...OPEN_WINDOW, ...window })].map(formatDate);
}

const MONTHLY = { kind: 'everyN', freq: 1, unit: 'month' } as const;
const DAILY = { kind: 'everyN', freq: 1, unit: 'day' } as const;
const LAST_FRIDAY = { kind: 'nthWeekday', nth: 'last', weekday: 5, everyMonths: 1, hasFlag: true } as const;

const CASES: [string, Recurrence, start: string, until: string, string[]][] = [
  [
    'a monthly series of the 31st drifts to the 3rd and stays there',
    MONTHLY,
    '2023-01-31',
    '2023-05-31',
    ['2023-01-31', '2023-03-03', '2023-04-03', '2023-05-03'],
  ],
  [
    'a monthly series of the 30th drifts in February',
    MONTHLY,
    '2023-12-30',
    '2024-04-30',
    ['2023-12-30', '2024-01-30', '2024-03-01', '2024-04-01'],
  ],
  [
    'a yearly series of 29 February goes on on 1 March',
    { kind: 'everyN', freq: 1, unit: 'year' },
    '2024-02-29',
    '2028-12-31',
    ['2024-02-29', '2025-03-01', '2026-03-01', '2027-03-01', '2028-03-01'],
  ],
  [
    'every 2nd week steps by 14 days',
    { kind: 'everyN', freq: 2, unit: 'week' },
    '2024-02-20',
    '2024-03-20',
    ['2024-02-20', '2024-03-05', '2024-03-19'],
  ],
  [
    'every workday leaves out the weekend',
    { kind: 'everyN', freq: 1, unit: 'workday' },
    '2024-03-07',
    '2024-03-12',
    ['2024-03-07', '2024-03-08', '2024-03-11', '2024-03-12'],
  ],
  [
    'every workday begins on the weekend if the event is there',
    { kind: 'everyN', freq: 1, unit: 'workday' },
    '2024-03-09',
    '2024-03-12',
    ['2024-03-09', '2024-03-11', '2024-03-12'],
  ],
  [
    'every 3rd workday counts none of the weekend',
    { kind: 'everyN', freq: 3, unit: 'workday' },
    '2024-03-06',
    '2024-03-19',
    ['2024-03-06', '2024-03-11', '2024-03-14', '2024-03-19'],
  ],
  [
    'every 11th workday falls a day short, as the legacy system counts',
    { kind: 'everyN', freq: 11, unit: 'workday' },
    '2024-03-04',
    '2024-03-20',
    ['2024-03-04', '2024-03-18'],
  ],
  [
    'chosen weekdays begin with the event even on another day',
    { kind: 'weekdays', days: new Set([1, 5]) },
    '2024-03-06',
    '2024-03-15',
    ['2024-03-06', '2024-03-08', '2024-03-11', '2024-03-15'],
  ],
  [
    'a last weekday is the fourth where there is no fifth',
    LAST_FRIDAY,
    '2024-03-29',
    '2024-05-31',
    ['2024-03-29', '2024-04-26', '2024-05-31'],
  ],
  [
    'an nth weekday before the event is not shown',
    { kind: 'nthWeekday', nth: 2, weekday: 2, everyMonths: 2, hasFlag: true },
    '2024-01-20',
    '2024-05-31',
    ['2024-03-12', '2024-05-14'],
  ],
  [
    'with the flag an nth weekday from the 31st leaves out no month',
    { ...LAST_FRIDAY, weekday: 2 },
    '2023-01-31',
    '2023-04-30',
    ['2023-01-31', '2023-02-28', '2023-03-28', '2023-04-25'],
  ],
  [
    'without the flag an nth weekday from the 31st leaves out February',
    { ...LAST_FRIDAY, weekday: 2, hasFlag: false },
    '2023-01-31',
    '2023-04-30',
    ['2023-01-31', '2023-03-28', '2023-04-25'],
  ],
  ['a series that ends before it begins is empty', DAILY, '2024-03-02', '2024-03-01', []],
  [
    'a recurrence that could not be read shows nothing',
    { kind: 'unparsed', reason: 'no_spec' },
    '2024-03-01',
    '2024-03-05',
    [],
  ],
  [
    'a frequency of 0 does not loop',
    { kind: 'everyN', freq: 0, unit: 'month' },
    '2024-03-01',
    '2024-12-31',
    ['2024-03-01'],
  ],
  [
    'every 0 months does not loop',
    { ...LAST_FRIDAY, everyMonths: 0 },
    '2024-03-01',
    '2024-12-31',
    ['2024-03-29'],
  ],
  [
    'no chosen weekday does not loop',
    { kind: 'weekdays', days: new Set() },
    '2024-03-01',
    '2024-12-31',
    ['2024-03-01'],
  ],
];

describe('occurrences', () => {
  test.each(CASES)('%s', (_sentence, recurrence, start, until, expected) => {
    expect(dates(series(recurrence, start, until))).toEqual(expected);
  });

  test('of an event that does not repeat are its day, whatever its end and its exception dates', () => {
    const single = {
      ...series({ kind: 'none' }, '2024-03-01', '2024-02-01'),
      exdates: new Set([parseDate('2024-03-01')!]),
    };
    expect(dates(single)).toEqual(['2024-03-01']);
    expect(dates({ ...single, until: null })).toEqual(['2024-03-01']);
    expect(dates(single, { horizon: parseDate('2024-02-29')! })).toEqual([]);
    expect(dates(single, { from: parseDate('2024-03-02')! })).toEqual([]);
  });

  test('of a series without an end are none, as the legacy system never shows it', () => {
    expect(dates(series(DAILY, '2024-03-01', null))).toEqual([]);
  });

  test('stop at the horizon and at the maximum count, which only those given count for', () => {
    const daily = series(DAILY, '2024-01-01', '2024-12-31');
    const from = parseDate('2024-03-01')!;
    expect(dates(daily, { horizon: parseDate('2024-01-03')! })).toHaveLength(3);
    expect(dates(daily, { from, maxCount: 2 })).toEqual(['2024-03-01', '2024-03-02']);
    expect(dates({ ...daily, exdates: new Set([from]) }, { from, maxCount: 2 })).toEqual([
      '2024-03-02',
      '2024-03-03',
    ]);
    expect(dates(daily, { maxCount: 0 })).toEqual([]);
  });

  test('come one at a time, so that the first of a series without a near end costs no more', () => {
    const days = occurrences(
      { ...series(DAILY, '2024-01-01', null), until: Infinity },
      {
        from: -Infinity,
        horizon: Infinity,
        maxCount: Infinity,
      },
    );
    expect(days.next().value).toBe(parseDate('2024-01-01'));
  });

  const anySeries = fc.record({
    recurrence: anyRecurrence,
    start: anyStart,
    length: fc.integer({ min: -10, max: 3000 }),
    weekend: anyWeekend,
    exceptions: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 10 }),
    horizon: fc.integer({ min: -10, max: 3000 }),
  });

  test('rise strictly, from the day of the event to its end and the horizon', () => {
    fc.assert(
      fc.property(anySeries, ({ recurrence, start, length, weekend, horizon }) => {
        const until = start + length;
        const window = { ...OPEN_WINDOW, horizon: start + horizon };
        const days = [...occurrences({ recurrence, start, until, exdates: new Set(), weekend }, window)];
        const last = Math.min(until, start + horizon);
        expect(days.every((day, index) => day > (days[index - 1] ?? start - 1) && day <= last)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('lose the exception dates and no other', () => {
    fc.assert(
      fc.property(anySeries, ({ recurrence, start, length, weekend, exceptions }) => {
        const all = { recurrence, start, until: start + length, exdates: new Set<number>(), weekend };
        const exdates = new Set(exceptions.map((offset) => start + offset));
        const kept = [...occurrences(all, OPEN_WINDOW)].filter((day) => !exdates.has(day));
        expect([...occurrences({ ...all, exdates }, OPEN_WINDOW)]).toEqual(kept);
      }),
      { numRuns: 500 },
    );
  });

  test('by workdays are on none of the weekend after the first', () => {
    fc.assert(
      fc.property(anyStart, anyWeekend, fc.integer({ min: 1, max: 30 }), (start, weekend, freq) => {
        const recurrence: Recurrence = { kind: 'everyN', freq, unit: 'workday' };
        const days = occurrences(
          { recurrence, start, until: start + 500, exdates: new Set(), weekend },
          OPEN_WINDOW,
        );
        for (const day of days) expect(day === start || !weekend.has(weekdayOf(day))).toBe(true);
      }),
    );
  });
});
