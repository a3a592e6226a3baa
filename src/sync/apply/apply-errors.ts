import { rejectReasonOf, sqlStateOf, targetErrorKind } from '../../postgres/errors.ts';

/** ON CONFLICT met the same row twice: keys that differ in their bytes, and not for the index. */
const SAME_ROW_TWICE = '21000';

/** The rows stand in each other's way: another order, or one by one, may succeed. */
export function isConflict(error: unknown): boolean {
  const reason = rejectReasonOf(error);
  return (
    reason === 'unique_violation' ||
    reason === 'foreign_key_violation' ||
    reason === 'exclusion_violation' ||
    sqlStateOf(error) === SAME_ROW_TWICE
  );
}

/** About what is being applied, as opposed to the connection, the statement or the server. */
export function isAboutChanges(error: unknown): boolean {
  return isConflict(error) || targetErrorKind(error) === 'data';
}
