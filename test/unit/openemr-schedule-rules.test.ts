import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockKind,
  scheduleRules,
  type RuleKind,
  type TimeBlock,
} from '../../src/profiles/openemr/calendar/schedule-rules.ts';

const IN = 2;
const OUT = 3;
const LUNCH = 8;
const SCHEDULE_END = 17;

/** Hours, for readable cases. */
interface Hours {
  category: number;
  at: number;
  lasts?: number;
  allDay?: boolean;
}

type Expected = [kind: RuleKind, start: number, end: number | null, derivedEnd: boolean];

function block({ category, at, lasts = 0, allDay = false }: Hours): TimeBlock {
  return {
    categoryId: category,
    constantId: null,
    startSeconds: at * 3600,
    durationSeconds: lasts * 3600,
    allDay,
  };
}

const CASES: [string, Hours[], Expected[]][] = [
  [
    'an In ends at the next Out, whatever the durations',
    [
      { category: OUT, at: 12, lasts: 2 },
      { category: IN, at: 9, lasts: 1 },
    ],
    [['available', 9, 12, false]],
  ],
  [
    'two pairs of a day are two rules, and lunch is its own',
    [
      { category: IN, at: 9 },
      { category: OUT, at: 12 },
      { category: LUNCH, at: 12, lasts: 1 },
      { category: IN, at: 13 },
      { category: OUT, at: 17.5 },
    ],
    [
      ['available', 9, 12, false],
      ['lunch', 12, 13, false],
      ['available', 13, 17.5, false],
    ],
  ],
  ['an In alone lasts as long as it says', [{ category: IN, at: 9, lasts: 3 }], [['available', 9, 12, true]]],
  [
    'an In that says nothing lasts to the end of the day',
    [{ category: IN, at: 9 }],
    [['available', 9, 17, true]],
  ],
  ['an In after hours lasts till midnight', [{ category: IN, at: 18 }], [['available', 18, 24, true]]],
  ['no rule lasts past midnight', [{ category: IN, at: 20, lasts: 8 }], [['available', 20, 24, true]]],
  [
    'an In ends at the latest where another begins',
    [
      { category: IN, at: 9 },
      { category: IN, at: 13, lasts: 2 },
      { category: IN, at: 14 },
      { category: OUT, at: 16 },
    ],
    [
      ['available', 9, 13, true],
      ['available', 13, 14, true],
      ['available', 14, 16, false],
    ],
  ],
  [
    'an Out without an In takes time away until the next In',
    [
      { category: OUT, at: 8 },
      { category: IN, at: 9 },
      { category: OUT, at: 12 },
      { category: OUT, at: 15 },
    ],
    [
      ['unavailable', 8, 9, true],
      ['available', 9, 12, false],
      ['unavailable', 15, 24, true],
    ],
  ],
  [
    'an Out alone lasts as long as it says',
    [{ category: OUT, at: 9, lasts: 2 }],
    [['unavailable', 9, 11, true]],
  ],
  [
    'an Out wins over an In at the same moment',
    [
      { category: OUT, at: 12 },
      { category: IN, at: 12 },
    ],
    [['available', 12, 12, false]],
  ],
  [
    'a block without a duration has no end',
    [{ category: LUNCH, at: 12, lasts: -1 }],
    [['lunch', 12, null, false]],
  ],
  [
    'an all-day block lasts the day',
    [{ category: 4, at: 0, lasts: 24, allDay: true }],
    [['vacation', 0, 24, false]],
  ],
  [
    'other categories occupy their time',
    [{ category: 99, at: 10, lasts: 1 }],
    [['unavailable', 10, 11, false]],
  ],
];

describe('schedule rules', () => {
  test.each(CASES)('%s', (_sentence, hours, expected) => {
    const rules = scheduleRules(hours.map(block), SCHEDULE_END * 3600);
    const inHours = rules.map(({ kind, startSeconds, endSeconds, derivedEnd }) => [
      kind,
      startSeconds / 3600,
      endSeconds === null ? null : endSeconds / 3600,
      derivedEnd,
    ]);
    expect(inHours).toEqual(expected);
  });

  test('an all-day Out is all-day only while no In cuts it short', () => {
    const out = block({ category: OUT, at: 0, lasts: 24, allDay: true });
    expect(scheduleRules([out], 0)[0]).toMatchObject({ allDay: true, endSeconds: 24 * 3600 });
    const rules = scheduleRules([out, block({ category: IN, at: 9 })], 0);
    expect(rules[0]).toMatchObject({ allDay: false, endSeconds: 9 * 3600 });
  });

  test('every block is in one rule, as itself or as the Out that ends it', () => {
    const anyBlock = fc
      .record({
        category: fc.constantFrom(IN, OUT, LUNCH, 4, 11, 99),
        at: fc.integer({ min: 0, max: 23 }),
        lasts: fc.integer({ min: -1, max: 30 }),
      })
      .map(block);
    fc.assert(
      fc.property(fc.array(anyBlock, { maxLength: 8 }), (blocks) => {
        const rules = scheduleRules(blocks, SCHEDULE_END * 3600);
        const used = rules.flatMap((rule) => [rule.block, rule.closedBy]).filter((used) => used !== null);
        expect(used).toHaveLength(blocks.length);
        expect(new Set(used)).toEqual(new Set(blocks));
        for (const { startSeconds, endSeconds } of rules) {
          expect(endSeconds ?? startSeconds).toBeGreaterThanOrEqual(startSeconds);
        }
      }),
    );
  });

  test('availability is what the slot finder of the legacy system finds where no In has a duration', () => {
    const anySwitch = fc
      .record({ category: fc.constantFrom(IN, OUT), at: fc.integer({ min: 0, max: 23 }) })
      .map(block);
    fc.assert(
      fc.property(fc.array(anySwitch, { maxLength: 8 }), (blocks) => {
        const available = scheduleRules(blocks, 24 * 3600).filter(({ kind }) => kind === 'available');
        let isIn = false;
        for (let hour = 0; hour < 24; hour++) {
          const at = blocks.filter(({ startSeconds }) => startSeconds === hour * 3600);
          if (at.some(({ categoryId }) => categoryId === IN)) isIn = true;
          if (at.some(({ categoryId }) => categoryId === OUT)) isIn = false;
          const covered = available.some(
            ({ startSeconds, endSeconds }) => startSeconds <= hour * 3600 && hour * 3600 < endSeconds!,
          );
          expect(covered).toBe(isIn);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the kind of a block', () => {
  test.each([
    [2, null, 'in_office'],
    [3, null, 'out_of_office'],
    [4, '', 'vacation'],
    [6, null, 'holiday'],
    [7, null, 'closed'],
    [8, 'lunch', 'lunch'],
    [11, null, 'reserved'],
    [40, 'in_office', 'in_office'],
    [40, 'meeting', 'unavailable'],
    [8, 'meeting', 'lunch'],
  ] as const)('of category %i with constant id %j is %s', (categoryId, constantId, kind) => {
    expect(blockKind(categoryId, constantId)).toBe(kind);
  });
});
