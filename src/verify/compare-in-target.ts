/**
 * Holds expected rows against those of the target, column by column, as PostgreSQL itself gives both: the expected ones go into a
 * table of the same types first, so that two spellings of one value (of jsonb, say) are one.
 */
import { TransfuseError } from '../core/errors.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { classifyTargetError, targetErrorKind } from '../postgres/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { rowsOfShare } from '../postgres/rows-of-share.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { expectedBesideActual, NUMBER } from './expected-table.ts';
import { JsonDigest } from './json-digest.ts';
import { targetTuples } from './target-tuples.ts';
import { TupleLayout } from './tuple-layout.ts';
import { targetColumns } from './verify-context.ts';

/** null: the target has the same. `refused`: it takes no such row. */
export type Verdict = null | 'missing' | 'refused' | { columns: string[] };

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
  planned: PlannedMapping,
  layout: TupleLayout,
  tuples: readonly Buffer[],
): Promise<Verdict[]> {
  const names = planned.compiled.targetColumns;
  const beside = await expectedBesideActual(target, planned, layout, tuples);
  // In a table that several mappings fill, the row of this one, or else one that should be: its constants may be what differs.
  const isOwn = planned.share ? rowsOfShare(planned.share.constants) : 'true';
  const select = `SELECT e.${NUMBER}, ${targetColumns(names, 'e')}, CASE WHEN t.ctid IS NULL THEN 0 WHEN ${isOwn} THEN 1 ELSE 2 END AS ${THERE}, ${targetColumns(names)} ${beside}`;
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
