import type { TargetConnection } from '../postgres/connection.ts';

export type SavedKind = 'index' | 'key' | 'foreign-key' | 'exclusion' | 'trigger';

/** As it is in the ledger: taken away by a load, and not yet put back. */
export interface SavedObject {
  id: string;
  kind: SavedKind;
  schema: string;
  table: string;
  name: string;
  /** One or more statements that make it again; for a key, those that attach its index. */
  definition: string;
  /** Added: a foreign key that is there and not yet validated. Failed: tried, and refused. */
  state: 'dropped' | 'added' | 'failed';
  /** Of a unique index: what must differ from row to row, as SQL; null where it is not known. */
  keyExpressions: string[] | null;
  /** The rows that it speaks of, as SQL; null for all. */
  keyCondition: string | null;
}

/** What is to be put back now: all of it, or only what old changes applied over newer rows cannot violate (invariant 2). */
export type RestoreScope = 'sync-safe' | 'all';

export interface ObjectAway {
  kind: SavedKind;
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

/** Those of the kinds that can come back: whose tables have all their rows, at both ends of a foreign key. In the ledger's order. */
export async function readRestorable(
  target: TargetConnection,
  runId: string,
  { kinds, scope, state }: { kinds: readonly SavedKind[]; scope: RestoreScope; state?: 'added' },
): Promise<SavedObject[]> {
  const { rows } = await target.query<SavedObject>(
    `SELECT s.id, s.kind, s.schema_name AS schema, s.table_name AS "table", s.object_name AS name, s.definition, s.state,
       s.key_expressions AS "keyExpressions", s.key_condition AS "keyCondition"
     FROM transfuse.saved_objects s
     WHERE s.run_id = $1 AND s.kind = ANY ($2) AND s.state <> 'restored' AND ($3::text IS NULL OR s.state = $3)
       AND (s.sync_safe OR $4 = 'all')
       AND NOT EXISTS (SELECT FROM transfuse.loads l WHERE l.run_id = s.run_id AND l.state = 'loading'
         AND (l.target_schema, l.target_table) = (s.schema_name, s.table_name))
       AND NOT EXISTS (SELECT FROM transfuse.loads l WHERE l.run_id = s.run_id AND l.state = 'loading'
         AND format('%I.%I', l.target_schema, l.target_table) = s.referenced_table)
     ORDER BY s.id`,
    [runId, kinds, state ?? null, scope],
  );
  return rows;
}

/** To be called in the transaction that puts the object back, where there is one. */
export async function markRestored(
  target: TargetConnection,
  id: string,
  state: 'restored' | 'added',
): Promise<void> {
  await target.query(
    `UPDATE transfuse.saved_objects SET state = $2, failure = NULL, restored_at = CASE $2 WHEN 'restored' THEN now() END WHERE id = $1`,
    [id, state],
  );
}

/** `why` is shown to operators: it names no value. */
export async function markFailed(target: TargetConnection, id: string, why: string): Promise<void> {
  await target.query(
    `UPDATE transfuse.saved_objects SET state = CASE state WHEN 'added' THEN 'added' ELSE 'failed' END, failure = $2 WHERE id = $1`,
    [id, why],
  );
}
