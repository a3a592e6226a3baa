import { beforeEach, describe, expect, test } from 'vitest';
import { beginRow, raisedFlags } from '../../src/mapping/row-notes.ts';
import { formatDate } from '../../src/mapping/transforms/civil-date.ts';
import {
  horizonAfter,
  MAX_OCCURRENCES,
  occurrenceDays,
  readSeries,
} from '../../src/profiles/openemr/appointment/legacy-series.ts';
import {
  exdates,
  isExact,
  legacySpec,
  rrule,
  seriesStatus,
} from '../../src/profiles/openemr/appointment/series-values.ts';
import { recurrenceSpec } from '../support/openemr/recurrence.ts';

const CUTOVER = '2026-01-15';
const HORIZON = horizonAfter(CUTOVER);
const WEEKLY = { event_repeat_freq: '1', event_repeat_freq_type: '1' };
const DAILY = { event_repeat_freq: '1', event_repeat_freq_type: '0' };
const WORKDAYS = { event_repeat_freq: '1', event_repeat_freq_type: '4' };
const state = seriesStatus(CUTOVER);

beforeEach(() => beginRow());

describe('the days of a series', () => {
  test('end two years after the cutover', () => {
    expect(formatDate(HORIZON)).toBe('2028-01-15');
    expect(formatDate(horizonAfter('2024-02-29'))).toBe('2026-03-01');
    const days = occurrenceDays(
      readSeries('1', recurrenceSpec(DAILY), '2028-01-14', '2040-01-01', null),
      HORIZON,
    );
    expect(days.map(formatDate)).toEqual(['2028-01-14', '2028-01-15']);
  });

  test('begin with the series, however long ago', () => {
    const [first] = occurrenceDays(
      readSeries('1', recurrenceSpec(WEEKLY), '2004-05-03', '2030-01-01', null),
      HORIZON,
    );
    expect(formatDate(first!)).toBe('2004-05-03');
  });

  test('are refused where there are too many, and not cut off', () => {
    const years = (from: string) => readSeries('1', recurrenceSpec(DAILY), from, '2040-01-01', null);
    expect(occurrenceDays(years('2002-01-01'), HORIZON).length).toBeLessThanOrEqual(MAX_OCCURRENCES);
    expect(() => occurrenceDays(years('1980-01-01'), HORIZON)).toThrow('transform_refused');
    expect(() => state.apply('1', recurrenceSpec(DAILY), '1980-01-01', '2040-01-01', null)).toThrow(
      'transform_refused',
    );
  });

  test.each([
    ['5,6', ['2026-02-05', '2026-02-08', '2026-02-09']],
    ['0', ['2026-02-05', '2026-02-06', '2026-02-07', '2026-02-09']],
    [null, ['2026-02-05', '2026-02-06', '2026-02-09']],
    ['', ['2026-02-05', '2026-02-06', '2026-02-09']],
    ['Sunday', ['2026-02-05', '2026-02-06', '2026-02-09']],
  ])('keep to the weekend %s', (weekend, expected) => {
    const series = readSeries('1', recurrenceSpec(WORKDAYS), '2026-02-05', '2026-02-09', weekend);
    expect(occurrenceDays(series, HORIZON).map(formatDate)).toEqual(expected);
  });

  test('are none without a day to begin with', () => {
    expect(
      occurrenceDays(readSeries('1', recurrenceSpec(WEEKLY), '0000-00-00', '2026-03-01', null), HORIZON),
    ).toEqual([]);
  });

  test('are read from numbers too, as other programs write them', () => {
    const spec = 'a:2:{s:17:"event_repeat_freq";i:1;s:22:"event_repeat_freq_type";i:1;}';
    const series = readSeries('1', spec, '2026-02-02', '2026-02-09', null);
    expect(occurrenceDays(series, HORIZON).map(formatDate)).toEqual(['2026-02-02', '2026-02-09']);
  });
});

describe('the state of a series', () => {
  test.each([
    ['active', '1', recurrenceSpec(WEEKLY), '2026-02-02', '2026-03-02', []],
    ['ended', '1', recurrenceSpec(WEEKLY), '2025-02-03', '2025-03-03', []],
    ['active', '1', recurrenceSpec(WEEKLY), '2025-02-03', '2026-01-15', []],
    ['ended', '1', recurrenceSpec(WEEKLY), '2026-02-16', '2026-02-02', ['until_date_before_start']],
    ['active', '1', recurrenceSpec(WEEKLY), '2026-02-02', '2028-01-16', ['occurrences_until_horizon']],
    ['active', '1', recurrenceSpec(WEEKLY), '2026-02-02', '2028-01-15', []],
    ['unbounded', '1', recurrenceSpec(WEEKLY), '2026-02-02', null, []],
    ['unparsed', '1', null, '2026-02-02', '2026-03-02', ['legacy_spec_unparsed']],
    ['unparsed', '7', recurrenceSpec(WEEKLY), '2026-02-02', null, ['legacy_spec_unparsed']],
  ])('is %s', (expected, type, spec, start, until, flags) => {
    expect(state.apply(type, spec, start, until, null)).toBe(expected);
    expect(raisedFlags()).toEqual(flags);
  });
});

describe('what else is said of a series', () => {
  const of = (keys: Parameters<typeof recurrenceSpec>[0]) =>
    ['1', recurrenceSpec(keys), '2026-02-02', '2026-03-02', '0,6'] as const;

  test('its rule, which may be exact', () => {
    expect(rrule.apply(...of(WORKDAYS))).toBe('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR');
    expect(isExact.apply(...of(WORKDAYS))).toBe('t');
    expect(rrule.apply('1', null, '2026-02-02', null, null)).toBeNull();
    expect(isExact.apply('1', null, '2026-02-02', null, null)).toBe('f');
  });

  test('the days taken out, and that others were meant to be', () => {
    expect(exdates.apply(...of({ ...WEEKLY, exdate: '20260209,2026-02-16,nonsense' }))).toBe(
      '{"2026-02-09"}',
    );
    expect(raisedFlags()).toEqual(['exdates_ignored', 'exdates_invalid']);
  });

  test('its recurrence as it was written', () => {
    expect(JSON.parse(legacySpec.apply(recurrenceSpec(WEEKLY))!)).toMatchObject(WEEKLY);
    expect(legacySpec.apply(null)).toBe('null');
    expect(legacySpec.apply('  ')).toBe('null');
    expect(raisedFlags()).toEqual([]);
    expect(legacySpec.apply('a:6:{s:17:"\0')).toBe(String.raw`"a:6:{s:17:\""`);
    expect(raisedFlags()).toEqual(['legacy_spec_invalid']);
  });
});
