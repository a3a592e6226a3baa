/** Rows read = loaded + filtered + rejected (invariant 5). */
import { TransfuseError } from '../core/errors.ts';
import type { ChunkCounts } from '../ledger/loads.ts';
import type { ChunkTask } from './chunk-task.ts';

type Task = Pick<ChunkTask, 'mapping' | 'chunk'>;

/** Throws COUNTS_DIFFER where a row that was read is not accounted for. */
export function checkCounts(task: Task, counts: ChunkCounts): void {
  const accounted = counts.rowsLoaded + counts.rowsFiltered + counts.rowsRejected;
  if (accounted === counts.rowsRead) return;
  throw countsDiffer(task, `${counts.rowsRead} rows were read and ${accounted} are accounted for`);
}

/** Throws COUNTS_DIFFER where the target does not have what it was sent. */
export function checkCopied(task: Task, rowsSent: number, rowsCopied: number): void {
  if (rowsSent === rowsCopied) return;
  throw countsDiffer(task, `the target took ${rowsCopied} rows of ${rowsSent} that were sent`);
}

function countsDiffer({ mapping, chunk }: Task, what: string): TransfuseError {
  return new TransfuseError('COUNTS_DIFFER', `Chunk ${chunk} of ${mapping}: ${what}.`, {
    where: { mapping, chunk },
  });
}
