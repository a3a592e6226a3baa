/** What the target's tables are like as far as applying is concerned: unique indexes, foreign keys, identities. */
import type { TargetConnection } from '../../postgres/connection.ts';
import { qualified } from '../../postgres/identifiers.ts';
import type { SyncMapping } from '../sync-mapping.ts';

export interface TargetTableFacts {
  exists: boolean;
  /** As format_type() prints them, by column. */
  types: Record<string, string>;
  /** The columns of each unique index that ON CONFLICT can use. */
  uniqueKeys: string[][];
  /** A foreign key of any table references this one. */
  isReferenced: boolean;
  /** Indexes of the mappings whose tables this one references. */
  parents: number[];
  /** The same of foreign keys that a load took away, and that are to come back. */
  isReferencedAway: boolean;
  parentsAway: number[];
  identityAlways: string[];
  hasDeferrable: boolean;
}

const FACTS_SQL = `
WITH wanted AS (
  SELECT (e->>'i')::integer AS i, c.oid
  FROM jsonb_array_elements($1::jsonb) e
  JOIN pg_catalog.pg_namespace n ON n.nspname = e->>'schema'
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = e->>'table'
), away AS (
  SELECT to_regclass(format('%I.%I', s.schema_name, s.table_name)) AS child, to_regclass(s.referenced_table) AS parent
  FROM transfuse.saved_objects s WHERE s.kind = 'foreign-key' AND s.state <> 'restored'
)
SELECT w.i,
  coalesce((SELECT jsonb_object_agg(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped), '{}') AS types,
  coalesce((SELECT jsonb_agg((SELECT jsonb_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = x.indrelid AND a.attnum = ANY ((x.indkey::int2[])[0:x.indnkeyatts - 1])))
    FROM pg_catalog.pg_index x
    WHERE x.indrelid = w.oid AND x.indisunique AND x.indimmediate AND x.indisvalid AND x.indpred IS NULL
      AND NOT 0 = ANY ((x.indkey::int2[])[0:x.indnkeyatts - 1])), '[]') AS unique_keys,
  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.confrelid = w.oid) AS is_referenced,
  coalesce((SELECT jsonb_agg(DISTINCT p.i) FROM pg_catalog.pg_constraint k JOIN wanted p ON p.oid = k.confrelid
    WHERE k.contype = 'f' AND k.conrelid = w.oid AND k.confrelid <> w.oid), '[]') AS parents,
  EXISTS (SELECT FROM away a WHERE a.parent = w.oid) AS is_referenced_away,
  coalesce((SELECT jsonb_agg(DISTINCT p.i) FROM away a JOIN wanted p ON p.oid = a.parent
    WHERE a.child = w.oid AND a.parent <> w.oid), '[]') AS parents_away,
  coalesce((SELECT jsonb_agg(a.attname) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = w.oid AND a.attidentity = 'a'), '[]') AS identity_always,
  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.condeferrable AND k.conrelid = w.oid) AS has_deferrable
FROM wanted w`;

interface FactsRow {
  i: number;
  types: Record<string, string>;
  unique_keys: string[][];
  is_referenced: boolean;
  parents: number[];
  is_referenced_away: boolean;
  parents_away: number[];
  identity_always: string[];
  has_deferrable: boolean;
}

/** One query for all tables. In the order of the mappings. */
export async function readTargetFacts(
  target: TargetConnection,
  mappings: readonly SyncMapping[],
): Promise<TargetTableFacts[]> {
  const wanted = mappings.map(({ planned }, i) => ({ i, ...planned.mapping.target }));
  const { rows } = await target.query<FactsRow>(FACTS_SQL, [JSON.stringify(wanted)]);
  const facts = mappings.map((): TargetTableFacts => ({
    exists: false,
    types: {},
    uniqueKeys: [],
    isReferenced: false,
    parents: [],
    isReferencedAway: false,
    parentsAway: [],
    identityAlways: [],
    hasDeferrable: false,
  }));
  for (const row of rows) {
    facts[row.i] = {
      exists: true,
      types: row.types,
      uniqueKeys: row.unique_keys,
      isReferenced: row.is_referenced,
      parents: row.parents,
      isReferencedAway: row.is_referenced_away,
      parentsAway: row.parents_away,
      identityAlways: row.identity_always,
      hasDeferrable: row.has_deferrable,
    };
  }
  return facts;
}

/** Which of the tables are referenced by a foreign key of any table, as it is now: others may have made one since the facts were read. */
export async function readReferenced(
  target: Pick<TargetConnection, 'query'>,
  tables: readonly { schema: string; table: string }[],
): Promise<Set<number>> {
  const { rows } = await target.query<{ n: number }>(
    `SELECT w.n::integer AS n FROM unnest($1::text[]) WITH ORDINALITY AS w(name, n)
     WHERE EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.confrelid = to_regclass(w.name))`,
    [tables.map(({ schema, table }) => qualified(schema, table))],
  );
  return new Set(rows.map(({ n }) => n - 1));
}

/** Positions of the tables when every parent comes before its children; tables of a cycle come in any order. */
export function parentsFirst(parents: readonly (readonly number[])[]): number[] {
  const rank = new Array<number>(parents.length).fill(-1);
  let next = 0;
  const place = (table: number, path: ReadonlySet<number>): void => {
    if (rank[table]! >= 0 || path.has(table)) return;
    const below = new Set(path).add(table);
    for (const parent of parents[table]!) place(parent, below);
    if (rank[table]! < 0) rank[table] = next++;
  };
  for (let table = 0; table < parents.length; table++) place(table, new Set());
  return rank;
}
