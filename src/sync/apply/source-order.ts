/**
 * The slow way, taken when the net effect of a batch met a constraint: the same changes in the source's order, as net effects
 * of ever smaller ranges, down to single changes. The source's constraints held after each of its statements, so what fails
 * alone and in order is either a row that the target cannot hold, or a target that differs from the source.
 */
import { TransfuseError } from '../../core/errors.ts';
import type { RejectReason } from '../../core/reject-reasons.ts';
import { classifyTargetError, rejectReasonOf, sqlStateOf } from '../../postgres/errors.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import { isAboutChanges, isConflict } from './apply-errors.ts';
import type { RawTarget } from './raw-target.ts';
import { middleOf } from './segments.ts';

export interface ServerRefusal {
  /** Index into the batch's log. */
  change: number;
  reason: RejectReason;
  column: string | null;
  sqlState: string | null;
}

interface SourceOrderOptions {
  target: RawTarget;
  batch: ChangeBatch;
  /** Applies a range behind the savepoint that it makes, and releases it; throws the server's error as it came. */
  applyRange(from: number, to: number, savepoint: string): Promise<void>;
  /** A row of this mapping that changes its key must not be taken away under its old one. */
  movesAlone(mapping: number): boolean;
  nameOf(mapping: number): string;
  /** A row that stands against others is refused as any other. */
  refusesConflicts: boolean;
}

const SAVEPOINT = 'transfuse_range';

/** Applies [from, to), which failed as a whole. Returns the changes that the server refused; throws SYNC_CONFLICT. */
export async function applyInSourceOrder(
  options: SourceOrderOptions,
  from: number,
  to: number,
): Promise<ServerRefusal[]> {
  const refusals: ServerRefusal[] = [];
  const attempt = async (start: number, end: number): Promise<void> => {
    try {
      await options.applyRange(start, end, SAVEPOINT);
    } catch (error) {
      if (!isAboutChanges(error)) throw error;
      await options.target.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`);
      await divide(start, end, error);
    }
  };
  const divide = async (start: number, end: number, error: unknown): Promise<void> => {
    const middle = middleOf(options.batch, start, end);
    if (middle >= end) {
      refusals.push(refusalOf(options, start, end, error));
      // Of a row that changed its key, what it was goes all the same.
      if (end - start > 1) await attempt(start, end - 1);
      return;
    }
    await attempt(start, middle);
    await attempt(middle, end);
  };
  const middle = middleOf(options.batch, from, to);
  if (middle >= to) await attempt(from, to);
  else {
    await attempt(from, middle);
    await attempt(middle, to);
  }
  return refusals;
}

/** What to make of a change that fails alone. */
function refusalOf(
  { batch, movesAlone, nameOf, refusesConflicts }: SourceOrderOptions,
  from: number,
  to: number,
  error: unknown,
): ServerRefusal {
  const { log } = batch;
  const change = to - 1;
  const reason = rejectReasonOf(error) ?? (refusesConflicts ? 'unique_violation' : null);
  const isMove = log.kind(from) === CHANGE.moveFrom && movesAlone(log.mapping(from));
  if (
    (isConflict(error) && !refusesConflicts) ||
    reason === null ||
    isMove ||
    log.kind(change) !== CHANGE.upsert
  ) {
    throw conflict(batch, change, nameOf(log.mapping(change)), error);
  }
  const { column } = classifyTargetError(error, { action: 'apply a row' }).where;
  return {
    change,
    reason,
    column: typeof column === 'string' ? column : null,
    sqlState: sqlStateOf(error),
  };
}

/** A constraint that is broken when all changes are applied: which of them broke it cannot be told any more. */
export function conflictAtEnd(batch: ChangeBatch, error: unknown): TransfuseError {
  const { where } = classifyTargetError(error, { action: 'apply changes' });
  const end = batch.transactions.at(-1)?.end;
  const place = end ? ` The last of them ends at ${end.file}:${end.offset}.` : '';
  return new TransfuseError(
    'SYNC_CONFLICT',
    `${batch.transactions.length} source transactions together break the constraint ${where['constraint'] ?? '(unnamed)'} of the target (SQLSTATE ${sqlStateOf(error)}).${place} Nothing of this batch was kept: the target is as it was at its checkpoint.`,
    { where: { ...where, ...(end && { file: end.file, offset: end.offset }) } },
  );
}

function conflict(batch: ChangeBatch, change: number, table: string, error: unknown): TransfuseError {
  const { where } = classifyTargetError(error, { action: 'apply a change' });
  const end = batch.transactions.find(({ changes }) => changes > change)?.end;
  const place = end
    ? `in the source transaction that ends at ${end.file}:${end.offset}`
    : 'in a source transaction that has not come to its end';
  const constraint = where['constraint'];
  const what = constraint === undefined ? 'is refused by the target' : `breaks the constraint ${constraint}`;
  return new TransfuseError(
    'SYNC_CONFLICT',
    `A change to ${table} ${what}, applied alone and in the order of the source (SQLSTATE ${sqlStateOf(error)}), ${place}. Nothing of this batch was kept: the target is as it was at its checkpoint.`,
    {
      where: {
        ...where,
        table,
        ...(end ? { file: end.file, offset: end.offset } : {}),
      },
    },
  );
}
