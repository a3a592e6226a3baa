import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecFor, valueWriter } from '../../src/mapping/types/index.ts';
import { encodeInto, toHex } from '../support/encoded.ts';
import { sourceColumn } from '../support/source-column.ts';

const POLICIES = { zeroDate: 'null', nul: 'strip', tinyint1: 'smallint' } as const;

const PAIRS: [source: ReturnType<typeof sourceColumn>, target: string][] = [
  [sourceColumn('smallint'), 'smallint'],
  [sourceColumn('int'), 'integer'],
  [sourceColumn('bigint'), 'bigint'],
  [sourceColumn('tinyint'), 'boolean'],
  [sourceColumn('year', { columnType: 'year(2)' }), 'smallint'],
  [sourceColumn('decimal', { precision: 65, scale: 30 }), 'numeric'],
  [sourceColumn('decimal', { precision: 10, scale: 2 }), 'numeric(10,2)'],
  [sourceColumn('double'), 'numeric'],
  [sourceColumn('float'), 'real'],
  [sourceColumn('double'), 'double precision'],
  [sourceColumn('bit', { length: 1 }), 'boolean'],
  [sourceColumn('bit', { length: 13 }), 'bit(13)'],
  [sourceColumn('date'), 'date'],
  [sourceColumn('date'), 'timestamp without time zone'],
  [sourceColumn('datetime'), 'timestamp(0) without time zone'],
  [sourceColumn('timestamp'), 'timestamp with time zone'],
  [sourceColumn('time'), 'interval'],
  [sourceColumn('time'), 'time without time zone'],
  [sourceColumn('varchar', { length: 20 }), 'text'],
  [sourceColumn('varchar', { length: 20 }), 'character varying(5)'],
  [sourceColumn('varchar', { length: 36 }), 'uuid'],
  [sourceColumn('enum', { members: ['a'] }), 'text'],
  [sourceColumn('set', { members: ['a'] }), 'text[]'],
  [sourceColumn('json', { json: true }), 'jsonb'],
  [sourceColumn('blob'), 'bytea'],
  [sourceColumn('binary'), 'uuid'],
  [sourceColumn('geometry'), 'geometry'],
  [sourceColumn('vector'), 'real[]'],
  [sourceColumn('vector'), 'vector(3)'],
  [sourceColumn('inet6'), 'inet'],
  [sourceColumn('uuid'), 'uuid'],
];

const TARGETS = [
  ...new Set([...PAIRS.map(([, target]) => target), 'bit varying(20)', 'bit(3)', 'character varying(3)[]']),
];

/** Bytes that look like values for a while, and bytes that do not. */
const almostValues = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .string({ unit: fc.constantFrom(...Array.from('0123456789-+.:eE ,{}"\\ab\0')), maxLength: 60 })
    .map((text) => Buffer.from(text)),
  fc
    .tuple(
      fc.constantFrom(
        '2024-02-29 12:34:56.789',
        '-838:59:59.999999',
        '-12345.67890e-12',
        '2001:db8::192.0.2.1',
        '{"a",b}',
      ),
      fc.nat(25),
      fc.nat(255),
    )
    .map(([text, at, byte]) => {
      const bytes = Buffer.from(text);
      if (at < bytes.length) bytes[at] = byte;
      return bytes;
    }),
);

describe('whatever the bytes are', () => {
  test.each(PAIRS)(
    '$dataType to %s reads only the value and writes no more than it says',
    (source, target) => {
      const codec = codecFor(source, target, POLICIES);
      fc.assert(
        fc.property(almostValues, (bytes) => {
          const inDigits = surround(bytes, '1');
          const inOthers = surround(bytes, '\xff');
          const [first, second] = [inDigits, inOthers].map((src) =>
            toHex(
              encodeInto(codec.maxBytes(bytes.length), (dst, at) =>
                codec.write(src, 8, src.length - 8, dst, at),
              ),
            ),
          );
          expect(first).toBe(second);
        }),
        { numRuns: 500 },
      );
    },
  );

  test.each(TARGETS)('a transformed value for %s writes no more than it says', (target) => {
    const writer = valueWriter(target);
    const texts = fc.oneof(
      almostValues.map((bytes) => Buffer.from(bytes).toString()),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        encodeInto(writer.maxBytes(text.length), (dst, at) => writer.write(text, dst, at));
      }),
      { numRuns: 300 },
    );
  });
});

function surround(bytes: Uint8Array, byte: string): Buffer {
  const margin = Buffer.from(byte.repeat(8), 'latin1');
  return Buffer.concat([margin, bytes, margin]);
}
