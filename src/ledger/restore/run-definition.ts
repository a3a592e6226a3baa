import { TransfuseError } from '../../core/errors.ts';
import type { RejectReason } from '../../core/reject-reasons.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { classifyTargetError, rejectReasonOf, sqlStateOf } from '../../postgres/errors.ts';
import type { SavedObject } from '../saved-objects.ts';
import { countDuplicates } from './object-statements.ts';

const UNIQUE_VIOLATION = '23505';

const REASONS: Partial<Record<RejectReason, string>> = {
  foreign_key_violation: 'rows refer to rows that are not there',
  unique_violation: 'two or more rows have the same key',
  not_null: 'rows have NULL in a key column',
  exclusion_violation: 'rows exclude one another',
};

/** Runs statements that put an object back, without parameters. Throws TransfuseError: what PostgreSQL refused, in words that quote no row. */
export async function runDefinition(
  connection: TargetConnection,
  object: SavedObject,
  sql: string,
): Promise<void> {
  try {
    await connection.client.query(sql);
  } catch (error) {
    const action = `restore ${object.kind} ${object.name} of ${object.schema}.${object.table}`;
    const classified = classifyTargetError(error, { action });
    const reason = REASONS[rejectReasonOf(error) ?? 'target_refused'];
    if (connection.isLost || reason === undefined) throw classified;
    const sqlState = sqlStateOf(error)!;
    throw new TransfuseError(classified.code, `${capitalized(reason)} (SQLSTATE ${sqlState}).`, {
      ...classified,
      where: { ...classified.where, sqlState },
    });
  }
}

/**
 * What the operator is told of an object that could not be put back: the reason, and for rows with one key how many groups of
 * them there are and in which columns; never a value of theirs. To be called outside of a transaction.
 */
export async function explainFailure(
  connection: TargetConnection,
  object: SavedObject,
  error: TransfuseError,
): Promise<string> {
  const sql = error.where['sqlState'] === UNIQUE_VIOLATION ? countDuplicates(object) : null;
  if (sql === null) return error.message;
  const { rows } = await connection.query<{ groups: string }>(sql);
  const columns = object.keyExpressions!.join(', ');
  return `${error.message} There are ${rows[0]!.groups} such groups of rows, by (${columns}).`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
