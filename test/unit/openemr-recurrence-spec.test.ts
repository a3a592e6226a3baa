import { describe, expect, test } from 'vitest';
import { formatDate } from '../../src/mapping/transforms/civil-date.ts';
import {
  readExceptionDates,
  readRecurrence,
  type Recurrence,
} from '../../src/profiles/openemr/calendar/recurrence-spec.ts';

function every(freq: string, type: string): ReadonlyMap<string, string> {
  return new Map([
    ['event_repeat_freq', freq],
    ['event_repeat_freq_type', type],
    ['event_repeat_on_num', '1'],
    ['event_repeat_on_day', '0'],
    ['event_repeat_on_freq', '0'],
  ]);
}

function nth(num: string, day: string, freq: string, flag?: string): ReadonlyMap<string, string> {
  const spec = new Map([
    ['event_repeat_freq', '0'],
    ['event_repeat_freq_type', '0'],
    ['event_repeat_on_num', num],
    ['event_repeat_on_day', day],
    ['event_repeat_on_freq', freq],
  ]);
  if (flag !== undefined) spec.set('rt2_pf_flag', flag);
  return spec;
}

const CASES: [string, string, ReadonlyMap<string, string> | null, Recurrence][] = [
  ['no repetition', '0', null, { kind: 'none' }],
  ['no repetition, whatever its spec', '0', every('1', '1'), { kind: 'none' }],
  ['every day', '1', every('1', '0'), { kind: 'everyN', freq: 1, unit: 'day' }],
  ['every 2nd week', '1', every('2', '1'), { kind: 'everyN', freq: 2, unit: 'week' }],
  ['every 6th month', '1', every('6', '2'), { kind: 'everyN', freq: 6, unit: 'month' }],
  ['every year', '1', every('01', '3'), { kind: 'everyN', freq: 1, unit: 'year' }],
  ['every 3rd workday', '1', every(' 3 ', '4'), { kind: 'everyN', freq: 3, unit: 'workday' }],
  ['Monday, Wednesday and Friday', '3', every('2,4,6', '6'), { kind: 'weekdays', days: new Set([1, 3, 5]) }],
  ['Sunday and Saturday', '3', every('7, 1', '6'), { kind: 'weekdays', days: new Set([6, 0]) }],
  ['chosen weekdays as type 1', '1', every('2', '6'), { kind: 'weekdays', days: new Set([1]) }],
  [
    'the 2nd Tuesday of every month',
    '2',
    nth('2', '2', '1', '1'),
    { kind: 'nthWeekday', nth: 2, weekday: 2, everyMonths: 1, hasFlag: true },
  ],
  [
    'the last Sunday of every 3rd month, without the flag',
    '2',
    nth('5', '0', '3'),
    { kind: 'nthWeekday', nth: 'last', weekday: 0, everyMonths: 3, hasFlag: false },
  ],
  [
    'a flag of 0 as none',
    '2',
    nth('1', '6', '1', '0'),
    { kind: 'nthWeekday', nth: 1, weekday: 6, everyMonths: 1, hasFlag: false },
  ],
  ['a spec that is missing', '1', null, { kind: 'unparsed', reason: 'no_spec' }],
  ['an empty spec', '1', new Map(), { kind: 'unparsed', reason: 'unknown_unit' }],
  ['a frequency of 0', '1', every('0', '1'), { kind: 'unparsed', reason: 'bad_frequency' }],
  ['an empty frequency', '1', every('', '1'), { kind: 'unparsed', reason: 'bad_frequency' }],
  ['a negative frequency', '1', every('-1', '1'), { kind: 'unparsed', reason: 'bad_frequency' }],
  ['a frequency with a tail', '1', every('2x', '1'), { kind: 'unparsed', reason: 'bad_frequency' }],
  ['a frequency of five digits', '1', every('10000', '3'), { kind: 'unparsed', reason: 'bad_frequency' }],
  ['an unknown unit', '1', every('1', '5'), { kind: 'unparsed', reason: 'unknown_unit' }],
  ['no chosen weekday', '3', every('', '6'), { kind: 'unparsed', reason: 'bad_weekday' }],
  ['weekday 0 where Sunday is 1', '3', every('0', '6'), { kind: 'unparsed', reason: 'bad_weekday' }],
  ['weekday 8', '3', every('2,8', '6'), { kind: 'unparsed', reason: 'bad_weekday' }],
  ['weekday 7 where Sunday is 0', '2', nth('1', '7', '1'), { kind: 'unparsed', reason: 'bad_weekday' }],
  ['every 0 months', '2', nth('1', '1', '0'), { kind: 'unparsed', reason: 'bad_frequency' }],
  ['the 0th weekday', '2', nth('0', '1', '1'), { kind: 'unparsed', reason: 'bad_nth' }],
  ['an unknown type', '4', every('1', '1'), { kind: 'unparsed', reason: 'unknown_type' }],
];

describe('a recurrence of the legacy calendar', () => {
  test.each(CASES)('is read: %s', (_what, type, spec, recurrence) => {
    expect(readRecurrence(type, spec)).toEqual(recurrence);
  });
});

describe('exception dates', () => {
  test('are told apart by whether the legacy system honours how they are written', () => {
    const dates = readExceptionDates('20240105, 2024-01-12,20240102,20240105,2024-02-30,20241301,soon,');
    expect(dates.honoured.map(formatDate)).toEqual(['2024-01-02', '2024-01-05']);
    expect(dates.ignored.map(formatDate)).toEqual(['2024-01-12']);
    expect(dates.unreadable).toBe(3);
  });

  test.each([[undefined], [''], [' ,']])('are none in %j', (exdate) => {
    expect(readExceptionDates(exdate)).toEqual({ honoured: [], ignored: [], unreadable: 0 });
  });
});
