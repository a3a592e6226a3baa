import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timestampTextCodec } from '../../src/mapping/types/text-form.ts';
import { calendarDate, wallClock, wallClockDateTime } from '../../src/mapping/transforms/index.ts';
import { zoneShifts } from '../../src/mapping/transforms/zone-shifts.ts';
import { applied, clean } from '../support/applied.ts';

const POLICY = { flag: 'bad', keepAs: 'raw' };
const setAside = (raw: string) => ({ result: null, flags: ['bad'], kept: { raw } });

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'America/Recife',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Pacific/Apia',
  'Europe/Dublin',
  'UTC',
];

describe('wallClock', () => {
  const berlin = wallClock('Europe/Berlin', POLICY);
  const newYork = wallClock('America/New_York', POLICY);

  test.each([
    ['2024-01-15 09:30:00', '2024-01-15 08:30:00Z'],
    ['2024-07-15 09:30:00.250000', '2024-07-15 07:30:00.250000Z'],
    ['2024-07-15T09:30:00', '2024-07-15 07:30:00Z'],
    ['2024-07-15', '2024-07-14 22:00:00Z'],
    ['2024-03-31 01:59:59', '2024-03-31 00:59:59Z'],
    ['2024-03-31 03:00:00', '2024-03-31 01:00:00Z'],
    ['2024-10-27 03:00:00', '2024-10-27 02:00:00Z'],
    ['2023-12-31 23:59:59', '2023-12-31 22:59:59Z'],
    ['2024-01-01 00:30:00', '2023-12-31 23:30:00Z'],
    ['1700-01-01 00:00:00', '1699-12-31 23:06:32Z'],
  ])('%j in Berlin is %s', (text, expected) => {
    expect(applied(berlin, text)).toEqual(clean(expected));
  });

  test.each([
    ['2024-03-31 02:30:00', '2024-03-31 01:30:00Z'],
    ['2024-03-31 02:00:00', '2024-03-31 01:00:00Z'],
  ])('%j, which Berlin skipped, is shifted forward by an hour, flagged and kept', (raw, result) => {
    expect(applied(berlin, raw)).toEqual({ result, flags: ['bad_dst_gap'], kept: { raw } });
  });

  test('a day that was skipped as a whole is shifted by a day', () => {
    const raw = '2011-12-30 12:00:00';
    const result = '2011-12-30 22:00:00Z';
    expect(applied(wallClock('Pacific/Apia', POLICY), raw)).toEqual({
      result,
      flags: ['bad_dst_gap'],
      kept: { raw },
    });
  });

  test.each([
    ['2024-10-27 02:00:00', '2024-10-27 00:00:00Z'],
    ['2024-10-27 02:59:59.5', '2024-10-27 00:59:59.5Z'],
  ])('of %j, which Berlin saw twice, the first is taken and flagged', (raw, result) => {
    expect(applied(berlin, raw)).toEqual({ result, flags: ['bad_dst_overlap'], kept: {} });
  });

  test.each([null, '', '0000-00-00 00:00:00', '0000-00-00 00:00:00.000000', '0000-00-00'])(
    '%j is NULL without a flag',
    (text) => {
      expect(applied(berlin, text)).toEqual(clean(null));
    },
  );

  test.each([
    '1999-05-00 00:00:00',
    '0000-05-01',
    '0000-00-00 10:00:00',
    '2023-02-29 00:00:00',
    '2023-13-01 00:00:00',
    '2024-01-15 24:00:00',
    '2024-01-15 09:60:00',
    '2024-01-15 09:30',
    '2024-01-15 09:30:00.',
    '2024-01-15 09:30:00.1234567',
    '2024-01-15 09:30:00Z',
    '2024-01-15x09:30:00',
    '24-01-15 09:30:00',
    'yesterday',
  ])('%j is set aside', (raw) => {
    expect(applied(berlin, raw)).toEqual(setAside(raw));
  });

  test('a moment outside the years 1 to 9999 of UTC is set aside', () => {
    expect(applied(newYork, '9999-12-31 18:59:59')).toEqual(clean('9999-12-31 23:59:59Z'));
    expect(applied(newYork, '9999-12-31 23:59:59')).toEqual(setAside('9999-12-31 23:59:59'));
    expect(applied(berlin, '0001-01-01 00:00:00')).toEqual(setAside('0001-01-01 00:00:00'));
  });

  test('refuses what is invalid, and what is only doubtful, where the profile says so', () => {
    const strict = wallClock('Europe/Berlin', 'refuse');
    expect(applied(strict, '1999-05-00 00:00:00')).toBe('malformed');
    expect(applied(strict, '2024-03-31 02:30:00')).toBe('transform_refused');
    expect(applied(strict, '2024-10-27 02:30:00')).toBe('transform_refused');
  });

  test('two zones, and two policies, have different names', () => {
    const names = [berlin, newYork, wallClock('Europe/Berlin', 'refuse')].map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
    expect(() => wallClock('Europe/Atlantis', POLICY)).toThrow(RangeError);
  });

  test.each(ZONES)('in %s, a time gives the first moment at which Intl shows it, or is in a gap', (zone) => {
    const transform = wallClock(zone, POLICY);
    const show = clockOf(zone);
    const codec = timestampTextCodec(6, true);
    fc.assert(
      fc.property(localTimes(zone), (text) => {
        const { result, flags } = applied(transform, text) as { result: string; flags: string[] };
        const moment = Date.parse(result.replace(' ', 'T'));
        const shownAt = momentsShowing(text, show);
        if (flags.includes('bad_dst_gap')) {
          expect(shownAt).toEqual([]);
          expect(show(moment) > text).toBe(true);
          // the day before, the clock was as far from UTC as this moment is from the text
          const offset = Date.parse(`${text.replace(' ', 'T')}Z`) - moment;
          expect(offsetOf(show, moment - 86_400_000)).toBe(offset);
        } else {
          expect(shownAt[0]).toBe(moment);
          expect(flags).toEqual(shownAt.length > 1 ? ['bad_dst_overlap'] : []);
        }
        codec.write(Buffer.from(result), 0, result.length, Buffer.alloc(16), 0);
      }),
      { numRuns: 250 },
    );
  });
});

describe('wallClockDateTime', () => {
  const berlin = wallClockDateTime('Europe/Berlin', POLICY);

  test.each([
    ['2024-07-15', '09:30:00', '2024-07-15 07:30:00Z'],
    ['2024-07-15', '24:30:00', '2024-07-15 22:30:00Z'],
    ['2024-03-30', '27:30:00', '2024-03-31 01:30:00Z'],
    ['2023-12-31', '100:00:00.5', '2024-01-04 03:00:00.5Z'],
  ])('%s and %s are %s', (date, time, expected) => {
    expect(applied(berlin, date, time)).toEqual(clean(expected));
  });

  test('a time that reaches into a gap of the next day is shifted', () => {
    expect(applied(berlin, '2024-03-30', '26:30:00')).toEqual({
      result: '2024-03-31 01:30:00Z',
      flags: ['bad_dst_gap'],
      kept: { raw: '2024-03-30 26:30:00' },
    });
  });

  test.each([
    [null, '09:00:00'],
    ['2024-07-15', null],
    ['0000-00-00', '09:00:00'],
    ['', '09:00:00'],
  ])('%j and %j are NULL without a flag', (date, time) => {
    expect(applied(berlin, date, time)).toEqual(clean(null));
  });

  test.each([
    ['2024-07-00', '09:00:00'],
    ['2024-07-15', '-09:00:00'],
    ['2024-07-15', ''],
    ['2024-07-15', '9:00'],
    ['2024-07-15 00:00:00', '09:00:00'],
  ])('%j and %j are set aside', (date, time) => {
    expect(applied(berlin, date, time)).toEqual(setAside(`${date} ${time}`));
  });
});

describe('calendarDate', () => {
  const birth = calendarDate({ notBefore: '1880-01-01', notAfter: '2026-12-31' }, POLICY);

  test.each(['1880-01-01', '2000-02-29', '2026-12-31'])('%s is a date', (text) => {
    expect(applied(birth, text)).toEqual(clean(text));
  });

  test.each([null, '', '0000-00-00'])('%j is NULL without a flag', (text) => {
    expect(applied(birth, text)).toEqual(clean(null));
  });

  test.each([
    '1879-12-31',
    '2027-01-01',
    '1999-05-00',
    '1999-00-00',
    '1999-02-29',
    '2000-01-01 00:00:00',
    '2000',
  ])('%j is set aside', (raw) => {
    expect(applied(birth, raw)).toEqual(setAside(raw));
    expect(applied(calendarDate({ notBefore: '1880-01-01', notAfter: '2026-12-31' }, 'refuse'), raw)).toBe(
      'malformed',
    );
  });

  test('without bounds every date of the calendar is taken', () => {
    const any = calendarDate({}, POLICY);
    expect(applied(any, '0001-01-01')).toEqual(clean('0001-01-01'));
    expect(applied(any, '9999-12-31')).toEqual(clean('9999-12-31'));
    expect(any.name).not.toBe(birth.name);
    expect(() => calendarDate({ notBefore: '1880-1-1' }, POLICY)).toThrow(RangeError);
  });
});

/** Any second from 1850 to 2150, half of them close to one at which the zone moves its clock. */
function localTimes(zone: string): fc.Arbitrary<string> {
  const seconds = (year: number) => Date.UTC(year, 0) / 1000;
  const anywhere = fc.integer({ min: seconds(1850), max: seconds(2150) });
  const years = Array.from({ length: 220 }, (_, index) => zoneShifts(zone).yearOf(1880 + index));
  const shifts = years.flatMap((year) => year.shifts);
  const near =
    shifts.length === 0
      ? anywhere
      : fc
          .tuple(fc.constantFrom(...shifts), fc.integer({ min: -7300, max: 7300 }), fc.boolean())
          .map(
            ([shift, distance, isBefore]) => shift.at + (isBefore ? shift.before : shift.after) + distance,
          );
  return fc.oneof(anywhere, near).map((local) => isoText(local * 1000));
}

function isoText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** What a clock in the zone shows, by Intl. */
function clockOf(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (ms) => format.format(ms);
}

function offsetOf(show: (ms: number) => string, ms: number): number {
  return Date.parse(`${show(ms).replace(' ', 'T')}Z`) - ms;
}

/** All moments at which the clock shows this: tried with every distance from UTC that it has in the two days about it. */
function momentsShowing(text: string, show: (ms: number) => string): number[] {
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
  const offsets = new Set<number>();
  for (let hours = -48; hours <= 48; hours++) offsets.add(offsetOf(show, asUtc + hours * 3_600_000));
  const moments = [...offsets].map((offset) => asUtc - offset).filter((moment) => show(moment) === text);
  return moments.toSorted((a, b) => a - b);
}
