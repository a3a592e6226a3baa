/** Rows that meet whatever their order, and JSON that is the same however it is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonDigest } from '../../src/verify/json-digest.ts';
import { OutstandingRows } from '../../src/verify/outstanding-rows.ts';
import { RowHash } from '../../src/verify/row-hash.ts';

const row = fc.record({ key: fc.integer({ min: 0, max: 20 }), value: fc.integer({ min: 0, max: 3 }) });
const side = fc.constantFrom('expected' as const, 'actual' as const);

describe('rows of two sides', () => {
  it('meet as multisets', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(row, side, fc.nat(5)), { maxLength: 400 }), (arrivals) => {
        const outstanding = new OutstandingRows(1000);
        const balance = new Map<string, number>();
        for (const [{ key, value }, one, chunk] of arrivals) {
          expect(outstanding.add(key, key * 7, value, 0, one, chunk)).toBe(true);
          const name = `${key} ${value}`;
          balance.set(name, (balance.get(name) ?? 0) + (one === 'expected' ? 1 : -1));
        }
        const expected = new Map<string, number>();
        for (const [name, count] of balance) {
          const place = `${name.split(' ')[0]} ${count > 0 ? 'expected' : 'actual'}`;
          if (count !== 0) expected.set(place, (expected.get(place) ?? 0) + Math.abs(count));
        }
        const left = new Map<string, number>();
        for (const { keyHigh, side: one } of outstanding)
          left.set(`${keyHigh} ${one}`, (left.get(`${keyHigh} ${one}`) ?? 0) + 1);
        expect(left).toEqual(expected);
        expect(outstanding.size).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  it('have room for so many, and say when there is none', () => {
    const outstanding = new OutstandingRows(40_000);
    for (let key = 0; key < 40_000; key++)
      expect(outstanding.add(key, ~key, 1, 2, 'expected', key)).toBe(true);
    expect(outstanding.add(-1, -1, 1, 2, 'expected', 1)).toBe(false);
    expect(outstanding.add(17, ~17, 1, 2, 'actual', 1)).toBe(true);
    expect(outstanding.size).toBe(39_999);
    expect([...outstanding]).toHaveLength(39_999);
  });
});

describe('the digest of a row', () => {
  const digest = (...parts: Buffer[]): string => {
    const hash = new RowHash();
    hash.begin();
    for (const part of parts) hash.add(part, 0, part.length);
    hash.end();
    return `${hash.high}:${hash.low}`;
  };

  it('tells any two short rows apart', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 }), { minLength: 1, maxLength: 3 }), (parts) => {
        const text = JSON.stringify(parts.map((part) => [...part]));
        const known = seen.get(digest(...parts.map((part) => Buffer.from(part))));
        expect(known ?? text).toBe(text);
        seen.set(digest(...parts.map((part) => Buffer.from(part))), text);
      }),
      { numRuns: 20_000 },
    );
  });

  it('changes in both halves with every bit of a row', () => {
    const whole = Buffer.alloc(61, 7);
    const [high, low] = digest(whole).split(':');
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const changed = Buffer.from(whole);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const [otherHigh, otherLow] = digest(changed).split(':');
      expect([otherHigh === high, otherLow === low]).toEqual([false, false]);
    }
  });
});

describe('JSON', () => {
  const canonical = (text: string): string => {
    const digest = new JsonDigest();
    const bytes = Buffer.from(text);
    expect([text, digest.read(bytes, 0, bytes.length)]).toEqual([text, true]);
    return `${digest.high}:${digest.low}`;
  };

  it('is the same in another order, with other blanks and escapes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, blanks) => {
        const turned = JSON.stringify(reversed(value), null, blanks).replaceAll(
          /[^\n -~]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(canonical(turned)).toBe(canonical(JSON.stringify(value)));
      }),
    );
  });

  it.each(['', '{', '[1', '{"a"}', '{"a":}', '"a', 'tru', '1 2', '[1,]', '01x', '\u0000'])(
    'is not %j',
    (text) => {
      const bytes = Buffer.from(text);
      expect(new JsonDigest().read(bytes, 0, bytes.length)).toBe(false);
    },
  );

  it('differs where a value does', () => {
    const kinds = [
      '1',
      '"1"',
      '"n1"',
      '"t1"',
      'true',
      '"true"',
      'null',
      '[]',
      '{}',
      '[1]',
      '{"1":1}',
      '""',
      '-1',
      '1.5',
      '{"o":[]}',
      '[["1",1]]',
    ];
    expect(new Set(kinds.map(canonical)).size).toBe(kinds.length);
    const digits = ['12345678901234567890', '12345678901234567891', '0.10000000000000000001', '0.1'];
    expect(new Set(digits.map(canonical)).size).toBe(digits.length);
  });

  it.each([
    ['1e2', '100'],
    ['1.50', '1.5'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['1E-3', '0.001'],
    ['12.5e1', '125'],
    ['0.00', '0'],
    ['100e-2', '1'],
  ])('%s is %s', (one, other) => {
    expect(canonical(one)).toBe(canonical(other));
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}
