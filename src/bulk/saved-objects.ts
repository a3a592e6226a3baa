/**
 * Indexes, keys, foreign keys and triggers of the tables being loaded: written down in the ledger and taken away in one
 * transaction, so that at any moment each is either there or remembered (invariant 2).
 */
import { failpoint } from '../core/failpoints.ts';
import { WATCH_TRIGGERS } from '../ledger/foreign-watch.ts';
import type { SavedKind } from '../ledger/saved-objects.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';
import { inTransaction } from '../postgres/transaction.ts';

export interface TableName {
  schema: string;
  table: string;
}

interface FoundObject {
  kind: SavedKind;
  schema: string;
  table: string;
  name: string;
  /** For a foreign key: the other table, `schema.table`. */
  referenced: string | null;
  /** One or more statements that make it again; for a key, those that attach its index. */
  definition: string;
  /** Of an index. */
  unique: boolean | null;
  /** Of an index: the columns among what it compares, without those that are part of an expression. */
  columns: string[] | null;
  /** Of a unique index: all that it compares, as SQL, and the rows for which it does. */
  expressions: string[] | null;
  condition: string | null;
}

/** Every object of the tables, and the foreign keys of others that hang on their keys. A key comes with its index. */
const FIND_OBJECTS = `
WITH tables AS (
  SELECT c.oid, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE (n.nspname, c.relname) IN (SELECT e->>'schema', e->>'table' FROM jsonb_array_elements($1::jsonb) AS e)
), keys AS (
  SELECT k.*, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) AS tablename,
    obj_description(k.oid, 'pg_constraint') AS comment
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE k.conrelid IN (SELECT oid FROM tables) OR (k.contype = 'f' AND k.confrelid IN (SELECT oid FROM tables))
)
SELECT 'index' AS kind, t.nspname AS schema, t.relname AS "table", i.relname AS name, NULL AS referenced,
  pg_get_indexdef(i.oid) || coalesce(format('; COMMENT ON INDEX %I.%I IS %L', t.nspname, i.relname, obj_description(i.oid, 'pg_class')), '') AS definition,
  x.indisunique AS unique,
  ARRAY(SELECT a.attname::text FROM generate_series(0, x.indnkeyatts - 1) AS n
    JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[n]) AS columns,
  CASE WHEN x.indisunique THEN k.expressions END AS expressions,
  CASE WHEN x.indisunique THEN nullif(concat_ws(' AND ', pg_get_expr(x.indpred, x.indrelid), CASE
    WHEN (to_jsonb(x)->>'indnullsnotdistinct')::boolean THEN NULL
    ELSE (SELECT string_agg(format('(%s) IS NOT NULL', e), ' AND ') FROM unnest(k.expressions) AS e) END), '') END AS condition
FROM tables t JOIN pg_catalog.pg_index x ON x.indrelid = t.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT pg_get_indexdef(i.oid, n, false) FROM generate_series(1, x.indnkeyatts) AS n)
    AS expressions) AS k
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.oid AND k.contype = 'x')
UNION ALL
SELECT 'key', nspname, relname, conname, NULL,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I%s%s', tablename, conname,
    CASE contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, conname,
    CASE WHEN condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)
    || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', conname, tablename, comment), ''), NULL, NULL, NULL, NULL
FROM keys WHERE contype IN ('p', 'u')
UNION ALL
SELECT CASE contype WHEN 'f' THEN 'foreign-key' ELSE 'exclusion' END, nspname, relname, conname,
  CASE WHEN contype = 'f' THEN confrelid::regclass::text END,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', tablename, conname, pg_get_constraintdef(oid))
    || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', conname, tablename, comment), ''), NULL, NULL, NULL, NULL
FROM keys WHERE contype IN ('f', 'x')
UNION ALL
SELECT 'trigger', t.nspname, t.relname, g.tgname, NULL,
  pg_get_triggerdef(g.oid) || coalesce(format('; COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, t.name, obj_description(g.oid, 'pg_trigger')), '')
    || CASE g.tgenabled WHEN 'D' THEN format('; ALTER TABLE %s DISABLE TRIGGER %I', t.name, g.tgname)
      WHEN 'A' THEN format('; ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.name, g.tgname)
      WHEN 'R' THEN format('; ALTER TABLE %s ENABLE REPLICA TRIGGER %I', t.name, g.tgname) ELSE '' END, NULL, NULL, NULL, NULL
FROM tables t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal AND NOT g.tgname = ANY ('{${WATCH_TRIGGERS.join(',')}}')`;

/** Foreign keys first, then what they may hang on. A key takes its index with it. */
const DROP_ORDER: SavedKind[] = ['trigger', 'foreign-key', 'exclusion', 'key', 'index'];

/** Tables, and what is to be taken away of them. */
export interface DropOptions {
  tables: readonly TableName[];
  /** Whether a unique index on these columns of the table cannot be violated by old changes applied over newer rows. */
  holdsInReplay(table: TableName, columns: readonly string[]): boolean;
  /** Leave in place what can stay while old changes are applied. */
  keepSyncSafe: boolean;
}

/** Saves and drops the objects. Those saved by an earlier attempt of the run stay saved. Returns how many were dropped. */
export async function saveAndDropObjects(
  target: TargetConnection,
  runId: string,
  { tables, holdsInReplay, keepSyncSafe }: DropOptions,
): Promise<number> {
  const dropped = await inTransaction(target, async () => {
    const found = await target.query<FoundObject>(FIND_OBJECTS, [JSON.stringify(tables)]);
    const safe = syncSafeNames(found.rows, holdsInReplay);
    const isSafe = ({ kind, schema, name }: FoundObject) =>
      (kind === 'index' || kind === 'key') && safe.has(qualified(schema, name));
    const rows = found.rows
      .map((object) => ({ ...object, syncSafe: isSafe(object) }))
      .filter(({ syncSafe }) => !(keepSyncSafe && syncSafe));
    await target.query(
      `INSERT INTO transfuse.saved_objects (run_id, kind, schema_name, table_name, object_name, referenced_table, definition,
         sync_safe, key_expressions, key_condition)
       SELECT $1, e->>'kind', e->>'schema', e->>'table', e->>'name', e->>'referenced', e->>'definition', (e->>'syncSafe')::boolean,
         CASE jsonb_typeof(e->'expressions') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(e->'expressions')) END, e->>'condition'
       FROM jsonb_array_elements($2::jsonb) AS e
       ON CONFLICT (run_id, kind, schema_name, table_name, object_name)
       DO UPDATE SET state = 'dropped', failure = NULL, restored_at = NULL, sync_safe = excluded.sync_safe,
         key_expressions = excluded.key_expressions, key_condition = excluded.key_condition,
         -- What is there of one that was never fully restored may be less than what it was, such as NOT VALID.
         definition = CASE saved_objects.state WHEN 'restored' THEN excluded.definition ELSE saved_objects.definition END`,
      [runId, JSON.stringify(rows)],
    );
    const ordered = rows.toSorted((a, b) => DROP_ORDER.indexOf(a.kind) - DROP_ORDER.indexOf(b.kind));
    const keys = new Set(rows.filter((row) => row.kind === 'key').map((row) => `${row.schema}.${row.name}`));
    for (const object of ordered) {
      if (object.kind === 'index' && keys.has(`${object.schema}.${object.name}`)) continue;
      await target.query(dropStatement(object));
    }
    return rows.length;
  });
  failpoint('bulk.after-objects-dropped');
  return dropped;
}

/** The indexes that stay true in a replay; a key goes by the name of its index. */
function syncSafeNames(
  objects: readonly FoundObject[],
  holdsInReplay: DropOptions['holdsInReplay'],
): Set<string> {
  const safe = objects.filter(
    (object) => object.kind === 'index' && (!object.unique || holdsInReplay(object, object.columns ?? [])),
  );
  return new Set(safe.map(({ schema, name }) => qualified(schema, name)));
}

function dropStatement(object: FoundObject): string {
  const table = qualified(object.schema, object.table);
  if (object.kind === 'trigger') return `DROP TRIGGER ${quoteIdentifier(object.name)} ON ${table}`;
  if (object.kind === 'index') return `DROP INDEX ${qualified(object.schema, object.name)}`;
  return `ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(object.name)}`;
}
