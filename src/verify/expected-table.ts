/** Expected rows in a temporary table of the same types as the target's, beside the rows that it has under their keys. Nothing stays of it. */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_HEADER, COPY_TRAILER } from '../../streams/copy-format.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';
import type { TupleLayout } from './tuple-layout.ts';
import { targetColumns } from './verify-context.ts';

/** The column of an expected row's number. */
export const NUMBER = 'transfuse_number';

/**
 * Returns what stands behind a SELECT: `e` are the expected rows, numbered as given, and `t` those of the target, or none. To be called in a transaction.
 * Throws the server's own error for rows that the types do not take.
 */
export async function expectedBesideActual(
  target: TargetConnection,
  { mapping, compiled }: PlannedMapping,
  layout: TupleLayout,
  tuples: readonly Buffer[],
): Promise<string> {
  const names = compiled.targetColumns;
  const table = qualified(mapping.target.schema, mapping.target.table);
  await target.query(
    `CREATE TEMP TABLE transfuse_expected ON COMMIT DROP AS SELECT 0 AS ${NUMBER}, ${targetColumns(names)} FROM ${table} AS t WITH NO DATA`,
  );
  const columns = [NUMBER, ...names].map(quoteIdentifier).join(', ');
  await pipeline(
    Readable.from(numbered(tuples)),
    target.client.query(copyFrom(`COPY pg_temp.transfuse_expected (${columns}) FROM STDIN (FORMAT binary)`)),
  );
  // With statistics, the few rows are looked up by the table's key.
  await target.query('ANALYZE pg_temp.transfuse_expected');
  const on = layout.key.map(
    (column) => `t.${quoteIdentifier(names[column]!)} = e.${quoteIdentifier(names[column]!)}`,
  );
  return `FROM pg_temp.transfuse_expected AS e LEFT JOIN ${table} AS t ON ${on.join(' AND ')}`;
}

/** Each with its number before its fields. */
function* numbered(tuples: readonly Buffer[]): Generator<Buffer> {
  yield COPY_HEADER;
  for (const [number, tuple] of tuples.entries()) {
    const head = Buffer.alloc(10);
    head.writeInt16BE(tuple.readInt16BE(0) + 1);
    head.writeInt32BE(4, 2);
    head.writeInt32BE(number, 6);
    yield head;
    yield tuple.subarray(2);
  }
  yield COPY_TRAILER;
}
