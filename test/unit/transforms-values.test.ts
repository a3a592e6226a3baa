import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transform } from '../../src/mapping/mapping.ts';
import { parseArrayLiteral } from '../../src/mapping/types/array-literal.ts';
import { formatArrayLiteral } from '../../src/mapping/types/format-array-literal.ts';
import {
  fahrenheitToCelsius,
  inchesToCm,
  poundsToKg,
  repairDoubleUtf8,
  splitList,
  yesNo,
} from '../../src/mapping/transforms/index.ts';
import { applied, clean } from '../support/applied.ts';

const POLICY = { flag: 'bad', keepAs: 'raw' };
const setAside = (raw: string) => ({ result: null, flags: ['bad'], kept: { raw } });

describe('units', () => {
  const CASES: [Transform, [string, string][]][] = [
    [
      poundsToKg(2, POLICY),
      [
        ['150', '68.04'],
        ['154.32', '70.00'],
        [' 1.00 ', '0.45'],
        ['.5', '0.23'],
        ['2.', '0.91'],
        ['0.001', '0.00'],
        ['-0.001', '0.00'],
        ['-1', '-0.45'],
        ['123456789012345678901234567890', '55999057520699835752069983575.15'],
      ],
    ],
    [poundsToKg(8, POLICY), [['1', '0.45359237']]],
    [
      inchesToCm(1, POLICY),
      [
        ['70', '177.8'],
        ['70.25', '178.4'],
        ['0.25', '0.6'],
      ],
    ],
    [
      inchesToCm(0, POLICY),
      [
        ['70', '178'],
        ['12.5', '32'],
      ],
    ],
    [
      fahrenheitToCelsius(1, POLICY),
      [
        ['98.6', '37.0'],
        ['32', '0.0'],
        ['100.4', '38.0'],
        ['98.69', '37.1'],
        ['31.91', '-0.1'],
        ['-40', '-40.0'],
      ],
    ],
  ];

  describe.each(CASES.map(([transform, cases]) => [transform.name, transform, cases] as const))(
    '%s',
    (_name, transform, cases) => {
      test.each(cases)('%j is %s', (text, expected) => {
        expect(applied(transform, text)).toEqual(clean(expected));
      });

      test.each([null, '', ' ', '0', '0.00', '-0'])('%j means not taken', (text) => {
        expect(applied(transform, text)).toEqual(clean(null));
      });

      test.each(['abc', '.', '-', '1e3', '1,5', '120/80', '0x10', `1${'0'.repeat(60)}`])(
        '%j is set aside',
        (raw) => {
          expect(applied(transform, raw)).toEqual(setAside(raw));
        },
      );
    },
  );

  test('halves go away from zero', () => {
    expect(inchesToCm(2, POLICY).apply('0.25')).toBe('0.64');
    expect(inchesToCm(2, POLICY).apply('-0.25')).toBe('-0.64');
  });

  test('with as many decimals as the factor needs, dividing by the factor gives the value again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (hundredths) => {
        const pounds = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
        const kg = poundsToKg(10, POLICY).apply(pounds)!;
        expect(BigInt(kg.replace('.', ''))).toBe(BigInt(hundredths) * 45_359_237n);
      }),
    );
  });

  test('the name tells conversion, decimals and policy apart', () => {
    const transforms = [
      poundsToKg(1, POLICY),
      poundsToKg(2, POLICY),
      inchesToCm(1, POLICY),
      poundsToKg(1, 'refuse'),
    ];
    expect(new Set(transforms.map(({ name }) => name)).size).toBe(4);
  });
});

describe('yesNo', () => {
  const consent = yesNo({ yes: ['YES', '1'], no: ['NO', '0'] }, POLICY);

  test.each([
    ['YES', 't'],
    [' yes ', 't'],
    ['1', 't'],
    ['No', 'f'],
    ['', null],
    [null, null],
  ])('%j is %j', (text, expected) => {
    expect(applied(consent, text)).toEqual(clean(expected));
  });

  test('another word is set aside, or refused', () => {
    expect(applied(consent, 'maybe')).toEqual(setAside('maybe'));
    expect(applied(consent, 'constructor')).toEqual(setAside('constructor'));
    expect(applied(yesNo({ yes: ['y'], no: [] }, 'refuse'), 'n')).toBe('malformed');
  });

  test('the empty text may be one of the words', () => {
    expect(applied(yesNo({ yes: ['on'], no: [''] }, POLICY), '')).toEqual(clean('f'));
  });

  test('a word cannot be both', () => {
    expect(() => yesNo({ yes: ['x'], no: ['X '] }, POLICY)).toThrow(RangeError);
  });
});

describe('splitList', () => {
  test.each([
    ['|', 'white|asian', ['white', 'asian']],
    ['|', ' white || NULL |', ['white', 'NULL']],
    [';', 'ICD10:E11.9;ICD10:"I10"', ['ICD10:E11.9', 'ICD10:"I10"']],
    [', ', String.raw`a\b, {c}, d`, [String.raw`a\b`, '{c}', 'd']],
    ['|', '', []],
    ['|', null, []],
  ])('by %j, %j is %j', (separator, text, items) => {
    expect(parseArrayLiteral(splitList(separator).apply(text)!)).toEqual(items);
  });

  test('an empty list is {}, and an empty separator no separator', () => {
    expect(splitList('|').apply(' | ')).toBe('{}');
    expect(() => splitList('')).toThrow(RangeError);
  });

  test('the array literal is read back as it was', () => {
    const elements = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'null', '"', '\\', '{}', ' ')),
    );
    fc.assert(
      fc.property(elements, (items) => {
        expect(parseArrayLiteral(formatArrayLiteral(items))).toEqual(items);
      }),
    );
  });
});

describe('repairDoubleUtf8', () => {
  const repair = repairDoubleUtf8({ flag: 'double_encoded' });
  const repaired = (result: string) => ({ result, flags: ['double_encoded'], kept: {} });

  test.each([
    ['JosÃ© GarcÃ\u00ada', 'José García'],
    ['Oâ€™Neil', 'O’Neil'],
    ['â€œquotedâ€\u009d', '“quoted”'],
    ['38 Â°C', '38 °C'],
    ['çŽ‹', '王'],
    ['ðŸ˜€', '😀'],
  ])('%j becomes %j', (text, expected) => {
    expect(applied(repair, text)).toEqual(repaired(expected));
  });

  test.each([null, '', 'plain', 'José', 'São João', 'NÃO É', 'JosÃ© 王', 'Ã©té', 'Ã', 'â€', 'Ã©\ufffd'])(
    '%j is left alone',
    (text) => {
      expect(applied(repair, text)).toEqual(clean(text));
    },
  );

  test('repairs one layer', () => {
    expect(applied(repair, doubled('Ã©'))).toEqual(repaired('Ã©'));
  });

  const texts = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('é', '’', 'Ã©', '\u0081', '\ufeff', '😀')))
    .map((parts) => parts.join(''));

  test('any text that is not ASCII is repaired from its double encoding', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const isAscii = Buffer.byteLength(text) === text.length;
        expect(applied(repair, doubled(text))).toEqual(isAscii ? clean(text) : repaired(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('what it changes is the double encoding of its result, and nothing else is flagged', () => {
    const suspicious = fc
      .array(fc.constantFrom('Ã', '©', 'â', '€', '™', 'ð', '\u009f', 'a', 'é', '王', '\u00a0'), {
        maxLength: 8,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(suspicious, (text) => {
        const { result, flags } = applied(repair, text) as { result: string; flags: string[] };
        if (flags.length === 0) expect(result).toBe(text);
        else expect(doubled(result)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('does on bytes what it does on text', () => {
    fc.assert(
      fc.property(fc.oneof(texts, texts.map(doubled), fc.string()), (text) => {
        const src = Buffer.from(text);
        const dst = Buffer.alloc(4 + 3 * src.length + 1024);
        const end = repair.applyBytes!(src, 0, src.length, dst, 0);
        expect(dst.readInt32BE(0)).toBe(end - 4);
        expect(dst.toString('utf8', 4, end)).toBe(repair.apply(text));
      }),
    );
  });

  /** By Unicode's table CP1252.TXT, from 0x80. The decoder of Node 20 takes windows-1252 for Latin-1. */
  function doubled(text: string): string {
    const high = [
      0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
      0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
      0x153, 0x9d, 0x17e, 0x178,
    ];
    return [...Buffer.from(text)].map((byte) => String.fromCharCode(high[byte - 0x80] ?? byte)).join('');
  }
});
