import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowPacker, type FieldValue } from '../../streams/row-packer.ts';
import { rowPayloads } from '../../streams/row-payloads.ts';
import type { SourceBatch } from '../../streams/source-batch.ts';
import { splitRow } from '../../src/mapping/careful-encoder.ts';

const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(0, 125, 126, 300, 33_000).map((length) => 'ä'.repeat(length)),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);

async function unpack(batches: readonly SourceBatch[], columns: number): Promise<(Buffer | null)[][]> {
  const rows: (Buffer | null)[][] = [];
  async function* given() {
    yield* batches;
  }
  for await (const payload of rowPayloads(given())) rows.push(splitRow(payload, 0, columns));
  return rows;
}

it('rows of files come out as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, value, value), { maxLength: 6 }), async (rows) => {
      const batches: SourceBatch[] = [];
      const packer = new RowPacker((batch) => batches.push(batch));
      for (const row of rows) packer.add(row);
      packer.flush();
      const bytes = (field: FieldValue) => (typeof field === 'string' ? Buffer.from(field) : field);
      expect(await unpack(batches, 3)).toEqual(rows.map((row) => row.map(bytes)));
      const counted = batches.reduce((sum, batch) => sum + (batch.kind === 'rows' ? batch.rows : 1), 0);
      expect(counted).toBe(rows.length);
    }),
    { numRuns: 50 },
  );
});

it('a row larger than a packet goes in one piece', async () => {
  const batches: SourceBatch[] = [];
  const packer = new RowPacker((batch) => batches.push(batch));
  const large = Buffer.alloc(17 * 1024 * 1024, 7);
  packer.add(['before']);
  packer.add([large]);
  packer.add(['behind']);
  packer.flush();
  expect(batches.map(({ kind }) => kind)).toEqual(['rows', 'piece', 'rows']);
  expect((await unpack(batches, 1))[1]![0]!.equals(large)).toBe(true);
});
