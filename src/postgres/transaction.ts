import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from './connection.ts';

/**
 * Runs `work` in a transaction of the connection, which must not be in one already. Commits and returns what `work` gave; when
 * it throws, nothing of it stays and its error is passed on. A connection that does not take the ROLLBACK counts as lost, and
 * that is what is thrown then. Throws what TargetConnection.query throws, and what `work` does.
 */
export async function inTransaction<T>(target: TargetConnection, work: () => Promise<T>): Promise<T> {
  await target.query('BEGIN');
  try {
    const result = await work();
    await target.query('COMMIT');
    return result;
  } catch (error) {
    if (!(target.isLost && isLoss(error))) await rollBack(target);
    throw error;
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof TransfuseError && error.code === 'TARGET_LOST';
}

async function rollBack(target: TargetConnection): Promise<void> {
  try {
    await target.query('ROLLBACK');
  } catch (error) {
    target.abandon();
    throw error;
  }
}
