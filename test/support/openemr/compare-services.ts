/** Whether two sets of service databases hold the same rows: every column of every table that was filled. */
import type { DatabaseAddress } from '../database-address.ts';
import { queryTarget } from '../database-sessions.ts';

export interface ComparedTable {
  /** With its schema. */
  table: string;
  rows: number;
  /** What differs, by legacy key; empty where nothing does. */
  differences: string[];
  /** Rows that only the followed one has: the last version of their source row is a reject. */
  kept: number;
}

interface TableSum extends Record<string, unknown> {
  rows: string;
  sum: string | null;
}

const MAX_NAMED = 10;

/**
 * Compares the tables of `schema` by the digests of their rows, whatever their order. A row that only `followed` has is none where its
 * source row is an open reject there: its older version stays.
 */
export async function compareService(
  schema: string,
  followed: DatabaseAddress,
  loaded: DatabaseAddress,
): Promise<ComparedTable[]> {
  const tables = await queryTarget<{ name: string }>(
    loaded,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY 1`,
    [schema],
  );
  const compared: ComparedTable[] = [];
  for (const { name } of tables) {
    const table = `${schema}.${name}`;
    const [one, other] = await Promise.all([sumOf(followed, table), sumOf(loaded, table)]);
    const isSame = one.rows === other.rows && one.sum === other.sum;
    const found = isSame ? { differences: [], kept: 0 } : await differencesOf(table, followed, loaded);
    compared.push({ table, rows: Number(one.rows), ...found });
  }
  return compared;
}

/** What is known of files depends on what was there before: who moves them compares that. */
const OF_FILES =
  'storage_state,gcs_bucket,gcs_object,gcs_generation,size_bytes,sha256,crc32c,sniffed_mime_type,legacy_hash_verified,was_encrypted';

function valuesOf(table: string): string {
  return table.endsWith('.document') ? `(to_jsonb(t) - '{${OF_FILES}}'::text[])` : 't';
}

async function sumOf(database: DatabaseAddress, table: string): Promise<TableSum> {
  const [sum] = await queryTarget<TableSum>(
    database,
    `SELECT count(*) AS rows, sum(('x' || substr(md5(${valuesOf(table)}::text), 1, 15))::bit(60)::bigint)::text AS sum FROM ${table} AS t`,
  );
  return sum!;
}

interface RowDigest extends Record<string, unknown> {
  id: string;
  key: string;
  digest: string;
  from: string;
  /** The digest of each value. */
  columns: Record<string, string>;
}

async function differencesOf(
  table: string,
  followed: DatabaseAddress,
  loaded: DatabaseAddress,
): Promise<{ differences: string[]; kept: number }> {
  const sql = `SELECT id, coalesce(to_jsonb(t)->>'legacy_id', to_jsonb(t)->>'code') AS key, md5(${valuesOf(table)}::text) AS digest,
    coalesce(to_jsonb(t)->>'legacy_table', '') AS "from", (SELECT jsonb_object_agg(key, md5(value::text)) FROM jsonb_each(to_jsonb(${valuesOf(table)}))) AS columns FROM ${table} AS t`;
  const [one, other] = await Promise.all([
    queryTarget<RowDigest>(followed, sql),
    queryTarget<RowDigest>(loaded, sql),
  ]);
  const kept = await rejectedKeys(followed);
  const wanted = new Map(other.map((row) => [row.id, row]));
  const differences: string[] = [];
  let keptRows = 0;
  for (const { id, key, digest, from, columns } of one) {
    const row = wanted.get(id);
    wanted.delete(id);
    if (row?.digest === digest) continue;
    if (!row && kept.has(key.split(':')[0]!)) {
      keptRows++;
      continue;
    }
    const which = Object.keys(columns).filter((name) => columns[name] !== row?.columns[name]);
    differences.push(`${table} ${from} ${key} ${row ? `differs in ${which.join(', ')}` : 'is left over'}`);
  }
  for (const { from, key } of wanted.values()) differences.push(`${table} ${from} ${key} is missing`);
  const more = differences.length - MAX_NAMED;
  const named = more > 0 ? [...differences.slice(0, MAX_NAMED), `${table}: ${more} more`] : differences;
  return { differences: named, kept: keptRows };
}

/** Of source rows whose last version could not be loaded, and not because what they belong to is gone. */
async function rejectedKeys(database: DatabaseAddress): Promise<Set<string>> {
  const rows = await queryTarget<{ key: string }>(
    database,
    `SELECT DISTINCT v.value AS key FROM transfuse.rejects r, jsonb_each_text(r.row_key) AS v
     WHERE r.resolved_at IS NULL AND r.reason <> 'orphan' AND r.row_key IS NOT NULL`,
  );
  return new Set(rows.map(({ key }) => key));
}
