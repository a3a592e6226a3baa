import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';
import { openRejectCounts } from '../ledger/rejects.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { quoteLiteral } from '../postgres/identifiers.ts';
import type { ChunkTask } from './chunk-task.ts';

/** Why --fail-fast stopped the load after this chunk, and the ways on from here. Throws what `query` throws. */
export async function stoppedAtReject(target: TargetConnection, task: ChunkTask): Promise<TransfuseError> {
  const { runId, mapping, chunk, sourceTable, keyColumns } = task;
  const counts = await openRejectCounts(target, runId, { mapping, chunk });
  const reasons = counts.map(
    ({ reason, column, count }) => `${quantity(count, 'row')} for ${reason}${column ? ` in ${column}` : ''}`,
  );
  const again =
    keyColumns.length > 0
      ? 'bin/bulk --retry-rejects, which loads what is left and the mended rows'
      : `bin/bulk --tables ${sourceTable} --replace, since without a key its rows cannot be found again, and bin/bulk for what is left`;
  return new TransfuseError(
    'REJECTS_EXCEEDED',
    `Stopped at the first reject, as --fail-fast asks: chunk ${chunk} of ${sourceTable} rejected ${reasons.join(', ')}.`,
    {
      where: { mapping, chunk },
      fix:
        'To see the rows, in the target:\n' +
        `SELECT row_key, reason, column_name, row_data FROM transfuse.rejects WHERE resolved_at IS NULL AND mapping = ${quoteLiteral(mapping)} AND chunk = ${chunk};\n` +
        `Mend them at the source, then run ${again}. Or run bin/bulk without --fail-fast: it loads all other rows first.`,
    },
  );
}
