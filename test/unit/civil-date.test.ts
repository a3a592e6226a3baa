import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMonths,
  civilDate,
  dayNumber,
  formatCompactDate,
  formatDate,
  parseCompactDate,
  parseDate,
  weekdayOf,
} from '../../src/mapping/transforms/civil-date.ts';

const MS_PER_DAY = 86_400_000;
const EPOCH_MS = Date.UTC(2000, 0, 1);

const anyDay = fc.integer({ min: dayNumber(1, 1, 1), max: dayNumber(9999, 12, 31) });

describe('civil dates', () => {
  test('agree with the Gregorian calendar of JavaScript from the year 1 to 9999', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const oracle = new Date(EPOCH_MS + day * MS_PER_DAY);
        expect(civilDate(day)).toEqual({
          year: oracle.getUTCFullYear(),
          month: oracle.getUTCMonth() + 1,
          day: oracle.getUTCDate(),
        });
        expect(weekdayOf(day)).toBe(oracle.getUTCDay());
        expect(formatDate(day)).toBe(oracle.toISOString().slice(0, 10));
      }),
      { numRuns: 2000 },
    );
  });

  test('come back from both of their texts', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(parseDate(formatDate(day))).toBe(day);
        expect(parseCompactDate(formatCompactDate(day))).toBe(day);
      }),
    );
  });

  test.each([
    ['0000-00-00'],
    ['2024-00-10'],
    ['2024-05-00'],
    ['2023-02-29'],
    ['2024-13-01'],
    ['2024-1-01'],
    ['20240101'],
    ['2024-01-01 '],
    ['2024-01-01\n'],
    ['२०२४-०१-०१'],
    [''],
  ])('are not read from %j', (text) => {
    expect(parseDate(text)).toBeNull();
  });

  test.each([['2024-01-01'], ['20230229'], ['00000000'], ['2024010'], ['']])(
    'are not read without dashes from %j',
    (text) => {
      expect(parseCompactDate(text)).toBeNull();
    },
  );

  test.each([
    ['2023-01-31', 1, '2023-03-03'],
    ['2024-01-31', 1, '2024-03-02'],
    ['2024-01-30', 1, '2024-03-01'],
    ['2024-01-28', 1, '2024-02-28'],
    ['2024-03-31', 1, '2024-05-01'],
    ['2023-12-15', 1, '2024-01-15'],
    ['2024-02-29', 12, '2025-03-01'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2024-05-31', -3, '2024-03-02'],
    ['2024-05-31', 0, '2024-05-31'],
  ])('%s and %i months is %s, as PHP has it', (from, months, to) => {
    expect(formatDate(addMonths(parseDate(from)!, months))).toBe(to);
  });
});
