/** Copies of tables that an online alteration fills at the source: followed from their beginning, as loads of no rows. */
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { TargetConnection } from '../postgres/connection.ts';

type Query = Pick<TargetConnection, 'query'>;

export interface FollowedCopy {
  mapping: string;
  /** The copy, and the source table whose place it is to take. */
  table: SourceTable;
  copyOf: string;
  targetSchema: string;
  targetTable: string;
  fingerprint: string;
  keyColumns: string[];
}

/** To be called in the transaction of the checkpoint behind the statement that made the copy: it has no rows then. */
export async function recordCopy(target: Query, runId: string, copy: FollowedCopy): Promise<void> {
  const { mapping, table, targetSchema, targetTable, fingerprint, keyColumns, copyOf } = copy;
  await target.query(
    `INSERT INTO transfuse.loads (run_id, mapping, source_table, target_schema, target_table, state, fingerprint, key_columns, definition,
       copy_of, loaded_at, completed_at)
     VALUES ($1, $2, $3, $4, $5, 'complete', $6, $7, $8, $9, now(), now())`,
    [
      runId,
      mapping,
      table.name,
      targetSchema,
      targetTable,
      fingerprint,
      keyColumns,
      JSON.stringify(table),
      copyOf,
    ],
  );
}

/** Its rejects go with it. */
export async function forgetCopy(target: Query, runId: string, mapping: string): Promise<void> {
  await target.query(
    'DELETE FROM transfuse.loads WHERE run_id = $1 AND mapping = $2 AND copy_of IS NOT NULL',
    [runId, mapping],
  );
}

export async function countOpenRejects(
  target: Query,
  runId: string,
  mappings: readonly string[],
): Promise<number> {
  const { rows } = await target.query<{ count: string }>(
    `SELECT count(*) AS count FROM transfuse.rejects WHERE run_id = $1 AND mapping = ANY ($2) AND resolved_at IS NULL`,
    [runId, mappings],
  );
  return Number(rows[0]!.count);
}
