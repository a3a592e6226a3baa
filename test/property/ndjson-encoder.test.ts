import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NdjsonEncoder, type JsonColumn } from '../../streams/ndjson-encoder.ts';
import { RowSum } from '../../streams/row-sum.ts';
import { rowPayload } from '../support/text-protocol.ts';

const COLUMNS: JsonColumn[] = [
  { name: 'id', form: 'number' },
  { name: 'say "who"', form: 'string' },
  { name: 'bytes', form: 'base64' },
];

const row = fc.tuple(
  fc.option(fc.integer().map(String)),
  fc.option(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant('x'.repeat(70_000)),
      fc.constant('\0"\\'.repeat(30_000)),
    ),
  ),
  fc.option(fc.oneof(fc.uint8Array(), fc.constant(new Uint8Array(200_001)))),
);

function encode(payloads: readonly Buffer[], pieces: readonly number[]) {
  const out: Buffer[] = [];
  const encoder = new NdjsonEncoder(COLUMNS, (bytes) => out.push(Buffer.from(bytes)));
  for (const payload of payloads) {
    let at = 0;
    for (const length of pieces) {
      const end = Math.min(payload.length, at + length);
      encoder.feed(payload, at, end);
      at = end;
    }
    encoder.feed(payload, at, payload.length);
    encoder.endRow();
  }
  encoder.end();
  return { text: Buffer.concat(out).toString(), encoder };
}

describe('rows as lines of JSON', () => {
  it('come back as they were, in whatever pieces they came', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 300 })),
        (rows, pieces) => {
          const { text, encoder } = encode(
            rows.map(([id, who, bytes]) =>
              rowPayload([
                id === null ? null : Buffer.from(id),
                who === null ? null : Buffer.from(who),
                bytes && Buffer.from(bytes),
              ]),
            ),
            pieces,
          );
          const lines = text.split('\n').slice(0, -1);
          const back = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
          expect(back).toEqual(
            rows.map(([id, who, bytes]) => ({
              id: id === null ? null : Number(id),
              'say "who"': who,
              bytes: bytes && Buffer.from(bytes).toString('base64'),
            })),
          );
          expect(encoder.rows).toBe(rows.length);
          // The same rows in another order have the same sum.
          const sum = new RowSum();
          for (const line of lines.toReversed()) sum.add(createHash('sha256').update(`${line}\n`).digest());
          expect(encoder.sum.hex).toBe(sum.hex);
        },
      ),
      { numRuns: 60 },
    );
  });

  const values = (...texts: string[]) => rowPayload(texts.map((text) => Buffer.from(text)));

  it('a row with another number of columns is an error', () => {
    expect(() => encode([values('1', 'a')], [])).toThrow(RangeError);
    expect(() => encode([values('1', 'a', 'b', 'c')], [])).toThrow(RangeError);
  });
});
