import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parsePhpSerialized,
  phpSerialized,
  type PhpArray,
  type PhpValue,
} from '../../src/mapping/transforms/index.ts';
import { applied, clean } from '../support/applied.ts';

const POLICY = { flag: 'bad', keepAs: 'raw' };

const SPEC =
  'a:6:{s:17:"event_repeat_freq";s:1:"1";s:22:"event_repeat_freq_type";s:1:"4";s:19:"event_repeat_on_num";s:1:"1";' +
  's:19:"event_repeat_on_day";s:1:"0";s:20:"event_repeat_on_freq";s:1:"0";s:6:"exdate";s:17:"20240105,20240112";}';

describe('parsePhpSerialized', () => {
  test.each<[string, PhpValue]>([
    ['N;', null],
    ['b:1;', true],
    ['b:0;', false],
    ['i:-42;', -42n],
    ['i:9223372036854775807;', 9_223_372_036_854_775_807n],
    ['i:-9223372036854775808;', -9_223_372_036_854_775_808n],
    ['d:0.5;', 0.5],
    ['d:1.0E+25;', 1e25],
    ['d:-INF;', Number.NEGATIVE_INFINITY],
    ['d:NAN;', Number.NaN],
    ['s:0:"";', ''],
    ['s:6:"Zoë 1";', 'Zoë 1'],
    ['s:5:"a";b"";', 'a";b"'],
    ['a:0:{}', new Map()],
    [
      'a:2:{i:0;s:1:"x";s:1:"k";a:1:{i:-1;N;}}',
      new Map<string, PhpValue>([
        ['0', 'x'],
        ['k', new Map([['-1', null]])],
      ]),
    ],
    ['a:1:{s:9:"__proto__";i:1;}', new Map([['__proto__', 1n]])],
    ['a:2:{i:1;s:1:"a";s:1:"1";s:1:"b";}', new Map([['1', 'b']])],
  ])('reads %s', (text, value) => {
    expect(parsePhpSerialized(text)).toEqual(value);
  });

  test.each([
    '',
    ' N;',
    'N',
    'N;N;',
    'b:2;',
    'i:;',
    'i:1.5;',
    'i:01;',
    'i:9223372036854775808;',
    'd:;',
    'd:0x1;',
    's:2:"a";',
    's:1:"ab";',
    's:5:"Zoë 1";',
    's:3:"Zoë";',
    's:-1:"";',
    's:1:"a"',
    's:99999999999999999999:"a";',
    'S:1:"a";',
    'a:1:{}',
    'a:0:{i:0;N;}',
    'a:1:{i:0;N;',
    'a:1:{N;N;}',
    'a:1:{a:0:{}N;}',
    'a:1:{i:0;}',
    'a:999999999:{i:0;N;}',
    'O:8:"stdClass":0:{}',
    'C:1:"A":0:{}',
    'E:3:"A:B";',
    'a:2:{i:0;a:0:{}i:1;R:2;}',
    'r:1;',
    `${SPEC} `,
    SPEC.slice(0, -1),
  ])('refuses %s', (text) => {
    expect(parsePhpSerialized(text)).toBeUndefined();
  });

  test('goes 64 arrays deep and no deeper, however deep the text is', () => {
    const nested = (depth: number) => `${'a:1:{i:0;'.repeat(depth)}N;${'}'.repeat(depth)}`;
    expect(parsePhpSerialized(nested(64))).toBeInstanceOf(Map);
    expect(parsePhpSerialized(nested(65))).toBeUndefined();
    expect(parsePhpSerialized(nested(200_000))).toBeUndefined();
    expect(parsePhpSerialized('a:1:{'.repeat(200_000))).toBeUndefined();
  });

  test('reads back whatever is serialized', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parsePhpSerialized(serialize(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('no part of a serialized value, and none with a character changed, makes it throw', () => {
    const damaged = fc
      .tuple(
        values,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', ';', ':', '"', '{', '}', '9', '-', 'a', 'é', '\0'),
      )
      .map(([value, from, length, patch]) => {
        const text = serialize(value);
        const at = from % (text.length + 1);
        return text.slice(0, at) + patch + text.slice(at + (length % 4));
      });
    const garbage = fc.array(fc.constantFrom(...'aNbidsOR:;{}"0129-.é')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(damaged, garbage, fc.string({ unit: 'binary' })), (text) => {
        const value = parsePhpSerialized(text);
        const { result } = applied(phpSerialized(POLICY), text) as { result: string | null };
        if (result !== null) JSON.parse(result);
        if (value !== undefined) expect(parsePhpSerialized(serialize(value))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('phpSerialized', () => {
  const transform = phpSerialized(POLICY);

  test.each([
    ['i:9007199254740993;', '9007199254740993'],
    ['d:0.5;', '0.5'],
    ['s:3:"a"b";', String.raw`"a\"b"`],
    ['a:2:{i:0;b:1;i:1;N;}', '[true,null]'],
    ['a:2:{i:1;b:1;i:0;N;}', '{"1":true,"0":null}'],
    ['a:1:{s:9:"__proto__";s:1:"x";}', '{"__proto__":"x"}'],
    [' a:0:{}\n', '[]'],
    ['', null],
    [null, null],
  ])('%j is %j', (text, expected) => {
    expect(applied(transform, text)).toEqual(clean(expected));
  });

  test('a recurrence rule of OpenEMR becomes an object in the order of its keys', () => {
    const { result } = applied(transform, SPEC) as { result: string };
    expect(Object.entries(JSON.parse(result) as object)).toEqual([
      ['event_repeat_freq', '1'],
      ['event_repeat_freq_type', '4'],
      ['event_repeat_on_num', '1'],
      ['event_repeat_on_day', '0'],
      ['event_repeat_on_freq', '0'],
      ['exdate', '20240105,20240112'],
    ]);
  });

  test.each(['d:INF;', 'a:1:{i:0;d:NAN;}', 's:1:"\0";', 'O:8:"stdClass":0:{}', 'a:1:{', 'weekly'])(
    '%j is set aside, or refused',
    (raw) => {
      expect(applied(transform, raw)).toEqual({ result: null, flags: ['bad'], kept: { raw } });
      expect(applied(phpSerialized('refuse'), raw)).toBe('malformed');
    },
  );
});

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('__proto__', 'constructor', '"', '";', 'é'),
);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const values = fc.letrec<{ value: PhpValue; array: PhpArray }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, texts, int64, fc.double(), fc.boolean(), fc.constant(null), tie('array')),
  array: fc
    .array(fc.tuple(fc.oneof(texts, fc.nat(9).map(String)), tie('value')), { maxLength: 5 })
    .map((entries) => new Map(entries)),
})).value;

function serialize(value: PhpValue): string {
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${Number(value)};`;
  if (typeof value === 'bigint') return `i:${value};`;
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  if (typeof value === 'number') return `d:${serializeFloat(value)};`;
  const members = [...value].map(([key, member]) => serializeKey(key) + serialize(member));
  return `a:${value.size}:{${members.join('')}}`;
}

function serializeFloat(value: number): string {
  if (Number.isNaN(value)) return 'NAN';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace('Infinity', 'INF').replace('e', 'E');
}

function serializeKey(key: string): string {
  return /^(?:0|-?[1-9]\d{0,17})$/.test(key) ? `i:${key};` : serialize(key);
}
