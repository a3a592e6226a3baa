import type { TargetConnection } from '../postgres/connection.ts';

export interface ObjectAway {
  kind: string;
  schema: string;
  /** `schema.table`. */
  table: string;
  name: string;
  /** Why it could not be put back; null where nobody has tried. */
  failure: string | null;
}

/** What a load took away and has not put back: of one run, or of all where `runId` is null. */
export async function readObjectsAway(target: TargetConnection, runId: string | null): Promise<ObjectAway[]> {
  const { rows } = await target.query<ObjectAway>(
    `SELECT kind, schema_name AS schema, schema_name || '.' || table_name AS "table", object_name AS name, failure
     FROM transfuse.saved_objects WHERE state <> 'restored' AND ($1::uuid IS NULL OR run_id = $1) ORDER BY id`,
    [runId],
  );
  return rows;
}
