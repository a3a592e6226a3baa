import { beforeEach, describe, expect, test } from 'vitest';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { defaultMinutes, lengthOf, minutes } from '../../src/profiles/openemr/appointment/minutes.ts';
import { endsAt, localStart, startsAt } from '../../src/profiles/openemr/appointment/moments.ts';

const ZONE = 'America/New_York';
const DAY = '2026-02-03';

beforeEach(() => beginRow());

describe('the length of an appointment', () => {
  test.each([
    ['its duration', '900', '09:00:00', '09:30:00', '0', '1800', 15, null],
    ['in part of a minute, the whole minute', '901', '09:00:00', null, '0', null, 16, 'rounded'],
    ['without a duration its end', '0', '09:00:00', '09:20:00', '0', '900', 20, 'derived'],
    ['without an end its category', '-900', '09:00:00', '09:00:00', '0', '900', 15, 'derived'],
    ['of an end before the start its category', '0', '09:00:00', '08:00:00', '0', '900', 15, 'derived'],
    ['of an end beyond midnight the time to it', '0', '23:45:00', '24:30:00', '0', '900', 45, 'derived'],
    ['of a whole day the day', '0', null, null, '1', '900', 1440, 'derived'],
    [
      'of a duration of years what else is known',
      '99999999999',
      '09:00:00',
      '09:20:00',
      '0',
      null,
      20,
      'derived',
    ],
    ['of nothing none', '0', null, null, '0', '0', 0, 'missing'],
    ['of nothing at all none', null, null, null, null, null, 0, 'missing'],
  ])('is %s', (_what, duration, start, end, allDay, ofCategory, expected, doubt) => {
    expect(lengthOf(duration, start, end, allDay, ofCategory)).toEqual({ minutes: expected, doubt });
  });

  test('keeps what it does not follow', () => {
    expect(minutes.apply('900', '09:00:00', '10:00:00', '0', null)).toBe('15');
    expect(raisedFlags()).toEqual(['ends_at_differs']);
    expect([...keptValues()]).toEqual([['pc_endTime', '10:00:00']]);
  });

  test('keeps nothing where duration and end agree', () => {
    expect(minutes.apply('2700', '23:45:00', '24:30:00', '0', null)).toBe('45');
    expect(raisedFlags()).toEqual([]);
    expect([...keptValues()]).toEqual([]);
  });

  test('keeps a duration that it cannot use', () => {
    expect(minutes.apply('-900', '09:00:00', '09:00:00', '0', '900')).toBe('15');
    expect(raisedFlags()).toEqual(['minutes_derived']);
    expect([...keptValues()]).toEqual([
      ['pc_duration', '-900'],
      ['pc_endTime', '09:00:00'],
    ]);
  });

  test('of a category is none for 0, and set aside where it is damage', () => {
    expect(defaultMinutes.apply('900')).toBe('15');
    expect(defaultMinutes.apply('0')).toBeNull();
    expect(raisedFlags()).toEqual([]);
    expect(defaultMinutes.apply('-1')).toBeNull();
    expect(raisedFlags()).toEqual(['default_minutes_invalid']);
  });
});

describe('the start of an appointment', () => {
  test.each([
    ['09:00:00', '0', '09:00:00'],
    [null, '0', null],
    [null, '1', '00:00:00'],
  ])('of %s, all day %s, is %s', (start, allDay, expected) => {
    expect(localStart.apply(start, allDay)).toBe(expected);
    expect(raisedFlags()).toEqual([]);
  });

  test.each(['24:00:00', '25:30:00', '-01:00:00', '100:00:00'])(
    'is not in the day at %s, and kept',
    (start) => {
      expect(localStart.apply(start, '0')).toBeNull();
      expect(raisedFlags()).toEqual(['local_start_invalid']);
      expect(keptValues().get('pc_startTime')).toBe(start);
    },
  );

  test('beyond midnight is a moment of the next day', () => {
    expect(startsAt(ZONE).apply(DAY, '25:30:00', '0')).toBe('2026-02-04 06:30:00Z');
  });

  test('before the day is no moment', () => {
    expect(startsAt(ZONE).apply(DAY, '-01:00:00', '0')).toBeNull();
    expect(raisedFlags()).toEqual([]);
  });
});

describe('the end of an appointment', () => {
  const end = endsAt(ZONE);

  test('is its start and its minutes, whatever the clock does meanwhile', () => {
    expect(end.apply('2026-03-08', '3600', '01:30:00', null, '0', null)).toBe('2026-03-08 07:30:00Z');
    expect(end.apply('2026-11-01', '3600', '00:30:00', null, '0', null)).toBe('2026-11-01 05:30:00Z');
    expect(raisedFlags()).toEqual([]);
  });

  test('of a whole day is the end of the day, of 23 hours or 25', () => {
    expect(end.apply('2026-03-08', '86400', '00:00:00', '24:00:00', '1', null)).toBe('2026-03-09 04:00:00Z');
    expect(end.apply('2026-11-01', '86400', null, '24:00:00', '1', null)).toBe('2026-11-02 05:00:00Z');
  });

  test('is not known without a start', () => {
    expect(end.apply(DAY, '900', null, null, '0', null)).toBeNull();
  });

  test('of a time that the clock left out is counted from the later one', () => {
    expect(end.apply('2026-03-08', '900', '02:30:00', null, '0', null)).toBe('2026-03-08 07:45:00Z');
    expect(raisedFlags()).toEqual(['starts_at_dst_gap']);
  });
});
