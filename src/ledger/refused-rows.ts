/** Rejects that another row was the reason for: whether they still are one can only be seen by trying. */
import type { RejectReason } from '../core/reject-reasons.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { JsonValue } from './rejects.ts';

type Target = Pick<TargetConnection, 'query'>;

const FOR_ANOTHER_ROW: readonly RejectReason[] = [
  'foreign_key_violation',
  'unique_violation',
  'exclusion_violation',
];

export interface RefusedRow {
  id: string;
  mapping: string;
  key: Record<string, JsonValue>;
}

/** Up to `limit` open ones of these mappings, the oldest behind `after` first. */
export async function readRefusedRows(
  target: Target,
  runId: string,
  mappings: readonly string[],
  { after, limit }: { after: string; limit: number },
): Promise<RefusedRow[]> {
  const { rows } = await target.query<RefusedRow>(
    `SELECT id, mapping, row_key AS key FROM transfuse.rejects
     WHERE run_id = $1 AND mapping = ANY ($2) AND reason = ANY ($3) AND resolved_at IS NULL AND row_key IS NOT NULL AND id > $4
     ORDER BY id LIMIT $5`,
    [runId, mappings, FOR_ANOTHER_ROW, after, limit],
  );
  return rows;
}

/**
 * Of rejects that the transaction under way has closed and opened again as they were, keeps the old ones, so that trying leaves no trace.
 * Returns how many.
 */
export async function keepSameRejects(target: Target, runId: string): Promise<number> {
  const { rows } = await target.query<{ count: string }>(
    `WITH same AS (
       SELECT DISTINCT ON (n.id) o.id AS old, n.id AS new FROM transfuse.rejects o JOIN transfuse.rejects n
         ON n.run_id = o.run_id AND n.mapping = o.mapping AND n.row_key = o.row_key AND n.resolved_at IS NULL AND n.id > o.id
         AND (n.reason, n.column_name, n.sqlstate, n.row_data) IS NOT DISTINCT FROM (o.reason, o.column_name, o.sqlstate, o.row_data)
       WHERE o.run_id = $1 AND o.resolved_at = now() AND o.resolution = 'superseded' ORDER BY n.id, o.id
     ), gone AS (DELETE FROM transfuse.rejects WHERE id IN (SELECT new FROM same)),
     kept AS (UPDATE transfuse.rejects SET resolved_at = NULL, resolution = NULL WHERE id IN (SELECT old FROM same) RETURNING 1)
     SELECT count(*) AS count FROM kept`,
    [runId],
  );
  return Number(rows[0]!.count);
}
