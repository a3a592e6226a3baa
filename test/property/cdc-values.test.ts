import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnText } from '../../cdc/transcode/column-text.ts';
import { decimalText } from '../../cdc/transcode/decimal.ts';
import { floatText } from '../../cdc/transcode/float.ts';
import { integerText } from '../../cdc/transcode/integers.ts';
import { jsonText } from '../../cdc/transcode/json.ts';
import { datetimeText, timestampText, timeText } from '../../cdc/transcode/temporal.ts';
import { encodeDecimal, encodeJson, encodeTime, type JsonLike } from '../support/binlog-values.ts';
import { rowPayload } from '../support/text-protocol.ts';

describe('[invariant 11] the text of a value in the binlog', () => {
  test.each([1, 2, 3, 4, 8])('is the integer of %i bytes', (bytes) => {
    const bits = bytes * 8;
    const signed = fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });
    const near = fc
      .nat(63)
      .chain((bit) => fc.bigInt({ min: 2n ** BigInt(bit) - 3n, max: 2n ** BigInt(bit) + 3n }));
    fc.assert(
      fc.property(fc.oneof(signed, near), (value) => {
        const buffer = Buffer.alloc(8);
        buffer.writeBigInt64LE(BigInt.asIntN(64, value));
        const image = buffer.subarray(0, bytes);
        expect(textOf(integerText(bytes, false, 0), image)).toBe(String(BigInt.asIntN(bits, value)));
        expect(textOf(integerText(bytes, true, 0), image)).toBe(String(BigInt.asUintN(bits, value)));
      }),
    );
  });

  test('is the decimal, digit for digit', () => {
    const shapes = fc.nat(30).chain((scale) =>
      fc.record({
        scale: fc.constant(scale),
        precision: fc.integer({ min: Math.max(1, scale), max: 65 }),
        digits: fc.bigInt({ min: 0n, max: 10n ** 65n }),
        isNegative: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(shapes, ({ scale, precision, digits, isNegative }) => {
        const unscaled = (isNegative ? -1n : 1n) * (digits % 10n ** BigInt(precision));
        const { image, text } = encodeDecimal(unscaled, precision, scale);
        expect(textOf(decimalText(precision, scale, false), image)).toBe(text);
      }),
    );
  });

  test('is the double with the fewest digits', () => {
    const short = fc.tuple(fc.nat(), fc.nat(5)).map(([unscaled, decimals]) => unscaled / 10 ** decimals);
    fc.assert(
      fc.property(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), short), (value) => {
        const image = Buffer.alloc(8);
        image.writeDoubleLE(value);
        const text = textOf(floatText(8, 0), image);
        expect(Number(text)).toBe(value);
        if (Math.abs(value) >= 1e-6 && Math.abs(value) < 1e15) expect(text).toBe(String(value));
      }),
    );
  });

  test('is the timestamp in UTC', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.nat(999_999), (seconds, microseconds) => {
        const image = Buffer.alloc(7);
        image.writeUInt32BE(seconds);
        image.writeUIntBE(microseconds, 4, 3);
        const expected = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
        const fraction = String(microseconds).padStart(6, '0');
        expect(textOf(timestampText(6), image)).toBe(`${expected}.${fraction}`);
      }),
    );
  });

  test('is the time with its sign and fraction', () => {
    const times = fc.record({
      isNegative: fc.boolean(),
      hours: fc.nat(838),
      minutes: fc.nat(59),
      seconds: fc.nat(59),
      microseconds: fc.nat(999_999),
      digits: fc.nat(6),
    });
    fc.assert(
      fc.property(times, (time) => {
        const { image, text } = encodeTime(time);
        expect(textOf(timeText(time.digits), image)).toBe(text);
      }),
    );
  });

  test('never takes more room than was promised, whatever the bytes of a date and time', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (bytes) => void textOf(datetimeText(6), Buffer.from(bytes)),
      ),
    );
  });

  test('is the JSON document, small or large', () => {
    const document = fc.letrec<{ value: JsonLike }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<JsonLike>(null, true, false),
        fc.integer(),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value')),
        fc
          .dictionary(fc.string({ unit: 'grapheme' }), tie('value'))
          .map((object) => new Map(Object.entries(object))),
      ),
    })).value;
    fc.assert(
      fc.property(document, fc.boolean(), (value, large) => {
        const { image, text } = encodeJson(value, large);
        expect(textOf(jsonText(), image)).toBe(text);
      }),
    );
  });

  test('[invariant 6] no bytes make a JSON document write beyond its room or take for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          textOf(jsonText(), Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'CDC_EVENT_MALFORMED' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** The text, from a destination of exactly the promised size. */
function textOf({ write, fixedBytes, perByte }: ColumnText, image: Buffer): string {
  const dst = Buffer.alloc(Math.ceil(fixedBytes + perByte * image.length));
  const written = dst.subarray(0, write(image, 0, image.length, dst, 0));
  const text = written.subarray(written[0]! < 251 ? 1 : written[0] === 252 ? 3 : 4);
  expect(written.equals(rowPayload([text]))).toBe(true);
  return text.toString('utf8');
}
