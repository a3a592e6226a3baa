import { describe, expect, test } from 'vitest';
import { ValueRefused } from '../../src/core/reject-reasons.ts';
import type { Transform } from '../../src/mapping/mapping.ts';
import {
  chain,
  code,
  digits,
  keepOnly,
  lower,
  mask,
  minorUnits,
  money,
  nullIfEmpty,
  titleCase,
  trim,
  upper,
} from '../../src/mapping/transforms/index.ts';

const REFUSED = Symbol('refused');

const CASES: [Transform, [string, string | null | typeof REFUSED][]][] = [
  [
    trim,
    [
      [' \t Anna\u00a0\n', 'Anna'],
      ['\u3000王 ', '王'],
      ['', ''],
      [' ', ''],
    ],
  ],
  [
    lower,
    [
      ['A.Smith@Example.ORG', 'a.smith@example.org'],
      ['ÉCOLE', 'école'],
    ],
  ],
  [
    upper,
    [
      ['Straße', 'STRASSE'],
      ['ca', 'CA'],
    ],
  ],
  [
    titleCase,
    [
      ["O'NEIL-smith 3RD", "O'Neil-Smith 3rd"],
      ['ÅGREN', 'Ågren'],
      ['ana maría', 'Ana María'],
      ['MCDONALD', 'Mcdonald'],
    ],
  ],
  [
    digits,
    [
      ['+1 (555) 010-9999', '15550109999'],
      ['none', ''],
      ['٣', ''],
    ],
  ],
  [keepOnly('+0123456789'), [['+1 (555) 010', '+1555010']]],
  [
    nullIfEmpty,
    [
      ['', null],
      [' ', ' '],
    ],
  ],
  [
    mask(4),
    [
      ['123-45-6789', '***-**-6789'],
      ['12', '12'],
      ['Åsa 王', 'Åsa 王'],
      ['Åsa-王九', '*sa-王九'],
    ],
  ],
  [
    code({ M: 'male', F: 'female' }, 'refuse'),
    [
      ['M', 'male'],
      ['m', REFUSED],
      ['', REFUSED],
    ],
  ],
  [
    code({ M: 'male' }, 'null'),
    [
      ['M', 'male'],
      ['constructor', null],
    ],
  ],
  [code({ M: 'male' }, 'keep'), [['X', 'X']]],
  [
    chain(trim, nullIfEmpty, lower),
    [
      ['  ', null],
      [' A ', 'a'],
    ],
  ],
  [
    money('.'),
    [
      ['$1,234.50', '1234.50'],
      ['EUR -12', '-12'],
      ['-€ 3', '-3'],
      ['(7.00)', '-7.00'],
      ['1 234 567 USD', '1234567'],
      [' ', null],
      ['1,23', REFUSED],
      ['1.2.3', REFUSED],
      ['(7', REFUSED],
      ['about 5', REFUSED],
    ],
  ],
  [
    money(','),
    [
      ['1.234,50 €', '1234.50'],
      ['12,5', '12.5'],
      ['1.23', REFUSED],
    ],
  ],
  [
    minorUnits(2),
    [
      ['12.50', '1250'],
      ['-0.05', '-5'],
      ['7', '700'],
      ['0.00', '0'],
      ['-0.00', '0'],
      ['12345678901234567890.12', '1234567890123456789012'],
      ['1.250', '125'],
      ['1.255', REFUSED],
      ['1e3', REFUSED],
    ],
  ],
  [
    minorUnits(0),
    [
      ['12', '12'],
      ['12.0', '12'],
    ],
  ],
];

describe.each(CASES.map(([transform, cases]) => [transform.name, transform, cases] as const))(
  '%s',
  (_name, transform, cases) => {
    test.each(cases)('%j', (text, expected) => {
      const result = () => transform.apply(text);
      if (expected === REFUSED) expect(result).toThrow(ValueRefused);
      else expect(result()).toBe(expected);
    });
  },
);

test('a code list with another translation has another name, so that the plan changes with it', () => {
  expect(code({ M: 'male' }, 'null').name).not.toBe(code({ M: 'm' }, 'null').name);
  expect(code({ M: 'male' }, 'null').name).not.toBe(code({ M: 'male' }, 'keep').name);
});

test('keepOnly() takes ASCII characters only', () => {
  expect(() => keepOnly('aé')).toThrow(RangeError);
});

test('a chain with a step that works on text only works on text', () => {
  const cents = chain(money('.'), minorUnits(2));
  expect(cents.applyBytes).toBeUndefined();
  expect(cents.apply('$12.50')).toBe('1250');
});
