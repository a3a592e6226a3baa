/**
 * Holds expected rows against those of the target, column by column, as PostgreSQL itself gives both: the expected ones go into a temporary
 * table of the same types first, so that two spellings of one value (of jsonb, say) are one. Nothing stays of it.
 */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_HEADER, COPY_TRAILER } from '../../streams/copy-format.ts';
import { TransfuseError } from '../core/errors.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { classifyTargetError, targetErrorKind } from '../postgres/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';
import { rowsOfShare } from '../postgres/rows-of-share.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { JsonDigest } from './json-digest.ts';
import { targetTuples } from './target-tuples.ts';
import { TupleLayout } from './tuple-layout.ts';
import { targetColumns } from './verify-context.ts';

/** null: the target has the same. `refused`: it takes no such row. */
export type Verdict = null | 'missing' | 'refused' | { columns: string[] };

const NUMBER = 'transfuse_number';
const THERE = 'transfuse_there';
const MISSING = 0;
const JSONB_VERSION_BYTES = 1;

/** A verdict for each tuple, in their order. Throws TARGET_*. */
export async function compareInTarget(
  target: TargetConnection,
  planned: PlannedMapping,
  layout: TupleLayout,
  tuples: readonly Buffer[],
): Promise<Verdict[]> {
  try {
    return await inTransaction(target, () => compare(target, planned, layout, tuples));
  } catch (error) {
    if (targetErrorKind(error) !== 'data' || target.isLost) throw classified(error);
    if (tuples.length === 1) return ['refused'];
    const middle = tuples.length >> 1;
    return [
      ...(await compareInTarget(target, planned, layout, tuples.slice(0, middle))),
      ...(await compareInTarget(target, planned, layout, tuples.slice(middle))),
    ];
  }
}

function classified(error: unknown): TransfuseError {
  if (error instanceof TransfuseError) return error;
  return classifyTargetError(error, { action: 'compare rows' });
}

async function compare(
  target: TargetConnection,
  { mapping, compiled, share }: PlannedMapping,
  layout: TupleLayout,
  tuples: readonly Buffer[],
): Promise<Verdict[]> {
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
  const on = layout.key.map(
    (column) => `t.${quoteIdentifier(names[column]!)} = e.${quoteIdentifier(names[column]!)}`,
  );
  // In a table that several mappings fill, the row of this one, or else one that should be: its constants may be what differs.
  const isOwn = share ? rowsOfShare(share.constants) : 'true';
  // With statistics, the few rows are looked up by the table's key.
  await target.query('ANALYZE pg_temp.transfuse_expected');
  const select = `SELECT e.${NUMBER}, ${targetColumns(names, 'e')}, CASE WHEN t.ctid IS NULL THEN 0 WHEN ${isOwn} THEN 1 ELSE 2 END AS ${THERE}, ${targetColumns(names)}
    FROM pg_temp.transfuse_expected AS e LEFT JOIN ${table} AS t ON ${on.join(' AND ')}`;
  const pair = new TupleLayout(pairColumns(layout), []);
  const verdicts: Verdict[] = tuples.map(() => 'missing');
  const nearest = new Map<number, number>();
  const there = names.length + 1;
  const json = new JsonDigest();
  const onTuple = (bytes: Buffer): void => {
    const number = pair.field(bytes, 0)!.readInt32BE();
    const nearness = pair.field(bytes, there)!.readInt32BE();
    // Where the target has it twice, one of them is a difference anyway.
    if (nearness === MISSING || (nearest.get(number) ?? Infinity) <= nearness) return;
    nearest.set(number, nearness);
    const differing = names.filter(
      (_, column) =>
        !same(
          pair.field(bytes, column + 1),
          pair.field(bytes, there + 1 + column),
          layout.columns[column]!.type,
          json,
        ),
    );
    verdicts[number] = differing.length === 0 ? null : { columns: differing };
  };
  const reading = targetTuples({ target, select, layout: pair, action: 'compare rows', onTuple });
  for await (const _ of reading);
  return verdicts;
}

function pairColumns({ columns }: TupleLayout) {
  const plain = columns.map(({ name }) => ({ name, type: '' }));
  return [{ name: NUMBER, type: '' }, ...plain, { name: THERE, type: '' }, ...plain];
}

function same(one: Buffer | null, other: Buffer | null, type: string, json: JsonDigest): boolean {
  if (one === null || other === null) return one === other;
  if (one.equals(other) || type !== 'jsonb') return one.equals(other);
  // As jsonb compares it: 1.5 and 1.50 are one number.
  const digestOf = (field: Buffer): string =>
    json.read(field, JSONB_VERSION_BYTES, field.length)
      ? `${json.high}:${json.low}`
      : field.toString('latin1');
  return digestOf(one) === digestOf(other);
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
