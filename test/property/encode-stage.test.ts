import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileMapping } from '../../src/mapping/compile.ts';
import { BufferPool } from '../../streams/buffer-pool.ts';
import { COPY_HEADER, COPY_TRAILER } from '../../streams/copy-format.ts';
import { EncodeStage } from '../../streams/encode.ts';
import type { EncodedBatch, SourceBatch } from '../../streams/source-batch.ts';
import { sourceColumn } from '../support/source-column.ts';
import { packets, rowPayload } from '../support/text-protocol.ts';

const columns = [sourceColumn('int', { name: 'id' }), sourceColumn('longtext', { name: 'note' })];
const compiled = compileMapping(
  {
    shape: 'row',
    id: 't',
    service: 'patient',
    source: { table: 't' },
    target: { schema: 'public', table: 't' },
    columns: columns.map(({ name }, index) => ({
      target: { name, type: index === 0 ? 'integer' : 'text', nullable: true },
      value: { kind: 'column', column: name },
      phi: 'none',
    })),
  },
  {
    name: 't',
    engine: 'InnoDB',
    comment: '',
    collation: null,
    rowEstimate: 0,
    dataBytes: 0,
    partitioned: false,
    nextAutoIncrement: null,
    columns,
    indexes: [],
    foreignKeys: [],
    checks: [],
  },
  { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' },
);

/** An id that is too large is refused; a note may be longer than the room for input, and than a whole buffer. */
const row = fc.record({
  id: fc.constantFrom('1', '-2', '99999999999'),
  length: fc.oneof(fc.nat(60), fc.nat(9_000), fc.integer({ min: 60_000, max: 200_000 })),
  fill: fc.integer({ min: 33, max: 126 }),
});

it('encodes rows in any grouping of packets and any size of buffer to the bytes of each row by itself [invariant 5]', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { maxLength: 6 }),
      fc.constantFrom(70_000, 100_000, 256 * 1024),
      fc.integer({ min: 1, max: 9 }),
      async (groups, bufferBytes, batchRows) => {
        const expected: Buffer[] = [COPY_HEADER];
        const refusedExpected: Buffer[] = [];
        const batches = groups.map((group): SourceBatch => {
          const payloads = group.map(({ id, length, fill }) =>
            rowPayload([Buffer.from(id), Buffer.alloc(length, fill)]),
          );
          for (const [index, payload] of payloads.entries()) {
            const out = Buffer.alloc(compiled.maxRowBytes(payload.length));
            if (group[index]!.id.length > 10) refusedExpected.push(payload);
            else expected.push(out.subarray(0, compiled.encode(payload, 0, payload.length, out, 0)));
          }
          return {
            kind: 'rows',
            data: Buffer.concat(payloads.map((payload) => packets(payload))),
            rows: group.length,
          };
        });
        expected.push(COPY_TRAILER);

        const pool = new BufferPool(bufferBytes, 4);
        const refused: Buffer[] = [];
        const stage = new EncodeStage({
          compiled,
          inputPool: new BufferPool(64 * 1024, 1),
          pool,
          batchRows,
          onRefused: (payload) => void refused.push(payload),
        });
        const written: Buffer[] = [];
        let rows = 0;
        for await (const batch of Readable.from(batches).pipe(stage) as AsyncIterable<EncodedBatch>) {
          written.push(Buffer.from(batch.buffer.subarray(0, batch.length)));
          rows += batch.rows;
          batch.buffer.fill(0);
          pool.release(batch.buffer);
        }
        expect(Buffer.concat(written).equals(Buffer.concat(expected))).toBe(true);
        expect(Buffer.concat(refused).equals(Buffer.concat(refusedExpected))).toBe(true);
        expect(rows).toBe(expected.length - 2);
        expect(stage.rowsRefused).toBe(refusedExpected.length);
      },
    ),
    { numRuns: 60 },
  );
});
