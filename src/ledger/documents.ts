/**
 * What became of each document, and where it is in the bucket. An outcome commits with the columns of the document's row that say the
 * same; an object that nothing points to any more is noted in that transaction, and removed from the bucket after it.
 */
import { isFine, type DocumentOutcome } from '../core/document-outcomes.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { qualified, quoteIdentifier } from '../postgres/identifiers.ts';

/** Since version 5. */
export const DOCUMENTS_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.documents (
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  mapping text NOT NULL,
  target_id uuid NOT NULL,
  source_key text NOT NULL,
  signature text NOT NULL,
  outcome text NOT NULL,
  bucket text,
  object_name text,
  generation bigint,
  size_bytes bigint,
  crc32c text,
  sha256 text,
  content_type text,
  was_sealed boolean NOT NULL DEFAULT false,
  hash_verified boolean,
  expected_hash text,
  source_path bytea,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, mapping, target_id)
);
CREATE INDEX IF NOT EXISTS documents_object ON transfuse.documents (object_name) WHERE object_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_path ON transfuse.documents (source_path) WHERE source_path IS NOT NULL;
COMMENT ON TABLE transfuse.documents IS 'What became of the file of each row that stands for one';
COMMENT ON COLUMN transfuse.documents.signature IS 'Of what the source row said of the file: another one, and it is looked at again';
COMMENT ON COLUMN transfuse.documents.expected_hash IS 'What the source row had for its hash when the object was stored';
COMMENT ON COLUMN transfuse.documents.source_path IS 'Below DOCUMENTS_ROOT, in the bytes of the disk: as confidential as the file';
CREATE TABLE IF NOT EXISTS transfuse.objects_to_remove (
  bucket text NOT NULL,
  object_name text NOT NULL,
  generation bigint NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bucket, object_name, generation)
);
COMMENT ON TABLE transfuse.objects_to_remove IS 'Objects that no document points to any more, until they are gone from the bucket';
CREATE TABLE IF NOT EXISTS transfuse.strays (
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('file', 'object', 'lost')),
  name bytea NOT NULL,
  size_bytes bigint,
  found_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, kind, name)
);
COMMENT ON TABLE transfuse.strays IS 'What the last sweep has found: files below DOCUMENTS_ROOT that no row names, objects that no document points to, lost objects that documents point to';
COMMENT ON COLUMN transfuse.strays.name IS 'Of a file in the bytes of the disk: convert_from(name, ''UTF8'') where it is UTF-8. As confidential as the file';
`;

/** The rows that documents belong to. */
export interface DocumentTable {
  mapping: string;
  schema: string;
  table: string;
  idColumn: string;
  /** The column of each fact. */
  columns: Readonly<Record<keyof typeof FACTS, string>>;
}

/** By the column of transfuse.documents that a fact is in. */
export const FACTS = {
  state: 'outcome',
  bucket: 'bucket',
  object: 'object_name',
  generation: 'generation',
  sizeBytes: 'size_bytes',
  sha256: 'sha256',
  crc32c: 'crc32c',
  contentType: 'content_type',
  hashVerified: 'hash_verified',
  wasSealed: 'was_sealed',
} as const;

export interface DocumentRecord {
  targetId: string;
  sourceKey: string;
  signature: string;
  outcome: DocumentOutcome;
  bucket: string | null;
  object: string | null;
  generation: string | null;
  sizeBytes: number | null;
  crc32c: string | null;
  sha256: string | null;
  contentType: string | null;
  wasSealed: boolean;
  hashVerified: boolean | null;
  /** Of the source row, when the object was stored. */
  expectedHash: string | null;
  /** Hexadecimal. */
  sourcePath: string | null;
}

export type KnownDocument = Omit<DocumentRecord, 'sourceKey'>;

export interface ObjectToRemove {
  bucket: string;
  name: string;
  generation: string;
}

type Target = Pick<TargetConnection, 'query'>;

const GIVEN = `jsonb_to_recordset($3::jsonb) AS g("targetId" uuid, "sourceKey" text, signature text, outcome text, bucket text,
  object text, generation bigint, "sizeBytes" bigint, crc32c text, sha256 text, "contentType" text, "wasSealed" boolean,
  "hashVerified" boolean, "expectedHash" text, "sourcePath" text)`;

/** What there was is let go of for another object, and where there is to be none: not where a file only cannot be had. */
const REPLACES = `(g.object IS NOT NULL OR g.outcome = 'external_url')`;

/** What is known of an object. */
const OBJECT = [
  'bucket',
  'object_name',
  'generation',
  'size_bytes',
  'crc32c',
  'sha256',
  'content_type',
  'was_sealed',
  'hash_verified',
  'expected_hash',
] as const;

const TO_REMOVE = 'INSERT INTO transfuse.objects_to_remove (bucket, object_name, generation)';

/** What is known of the documents with these target ids. */
export async function readDocuments(
  target: Target,
  runId: string,
  mapping: string,
  targetIds: readonly string[],
): Promise<Map<string, KnownDocument>> {
  const { rows } = await target.query<KnownDocument>(
    `SELECT target_id AS "targetId", signature, outcome, bucket, object_name AS object, generation, size_bytes::float8 AS "sizeBytes", crc32c,
       sha256, content_type AS "contentType", was_sealed AS "wasSealed", hash_verified AS "hashVerified", expected_hash AS "expectedHash",
       encode(source_path, 'hex') AS "sourcePath"
     FROM transfuse.documents WHERE run_id = $1 AND mapping = $2 AND target_id = ANY ($3)`,
    [runId, mapping, targetIds],
  );
  return new Map(rows.map((row) => [row.targetId, row]));
}

/** Paths of files that were there, some of them, as they are spelled on the disk. */
export async function someKnownPaths(target: Target, runId: string, limit: number): Promise<Buffer[]> {
  const { rows } = await target.query<{ path: Buffer }>(
    'SELECT source_path AS path FROM transfuse.documents WHERE run_id = $1 AND source_path IS NOT NULL LIMIT $2',
    [runId, limit],
  );
  return rows.map(({ path }) => path);
}

/** Which of the ids have a row, and what its state is. */
export async function readStates(
  target: Target,
  table: DocumentTable,
  targetIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await target.query<{ id: string; state: string }>(
    `SELECT ${quoteIdentifier(table.idColumn)} AS id, ${quoteIdentifier(table.columns.state)} AS state
     FROM ${qualified(table.schema, table.table)} WHERE ${quoteIdentifier(table.idColumn)} = ANY ($1)`,
    [targetIds],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** To be called in a transaction, with the rows of the documents there. */
export async function recordDocuments(
  target: Target,
  runId: string,
  table: DocumentTable,
  records: readonly DocumentRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const given = [runId, table.mapping, JSON.stringify(records)];
  const ids = records.map(({ targetId }) => targetId);
  await target.query(
    // By the ids once more: without statistics the server would rather read all documents of the mapping.
    `${TO_REMOVE} SELECT d.bucket, d.object_name, d.generation FROM ${GIVEN} JOIN transfuse.documents d
       ON d.run_id = $1 AND d.mapping = $2 AND d.target_id = ANY ($4) AND d.target_id = g."targetId"
     WHERE d.object_name IS NOT NULL AND ${REPLACES}
       AND (d.bucket, d.object_name, d.generation) IS DISTINCT FROM (g.bucket, g.object, g.generation)
     ON CONFLICT DO NOTHING`,
    [...given, ids],
  );
  await target.query(
    `INSERT INTO transfuse.documents AS d (run_id, mapping, target_id, source_key, signature, outcome, source_path, ${OBJECT.join(', ')})
     SELECT $1, $2, g."targetId", g."sourceKey", g.signature, g.outcome, decode(g."sourcePath", 'hex'), g.bucket, g.object, g.generation,
       g."sizeBytes", g.crc32c, g.sha256, g."contentType", g."wasSealed", g."hashVerified", g."expectedHash" FROM ${GIVEN}
     ON CONFLICT (run_id, mapping, target_id) DO UPDATE SET
       source_key = excluded.source_key, signature = excluded.signature, outcome = excluded.outcome, noted_at = now(),
       source_path = coalesce(excluded.source_path, d.source_path),
       ${OBJECT.map((column) => `${column} = CASE WHEN excluded.object_name IS NULL AND excluded.outcome <> 'external_url' THEN d.${column} ELSE excluded.${column} END`).join(', ')}`,
    given,
  );
  await tellRows(target, runId, table, ids);
}

/** Writes what the ledger knows of these documents to their rows. */
export async function tellRows(
  target: Target,
  runId: string,
  { mapping, schema, table, idColumn, columns }: DocumentTable,
  targetIds: readonly string[],
): Promise<void> {
  const facts = Object.keys(FACTS) as (keyof typeof FACTS)[];
  const assignments = facts.map((fact) => `${quoteIdentifier(columns[fact])} = d.${FACTS[fact]}`);
  await target.query(
    `UPDATE ${qualified(schema, table)} t SET ${assignments.join(', ')} FROM transfuse.documents d
     WHERE d.run_id = $1 AND d.mapping = $2 AND d.target_id = ANY ($3) AND t.${quoteIdentifier(idColumn)} = d.target_id`,
    [runId, mapping, targetIds],
  );
}

/**
 * Notes that documents have no row any more, and their objects no purpose. Of all of the mapping where no ids are given. One whose row is an open
 * reject is not gone: its object waits for it.
 */
export async function recordDeleted(
  target: Target,
  runId: string,
  { mapping, schema, table, idColumn }: DocumentTable,
  targetIds: readonly string[] | null,
): Promise<void> {
  const which = targetIds === null ? '' : 'AND d.target_id = ANY ($3)';
  await target.query(
    `WITH gone AS (
       SELECT d.target_id, d.bucket, d.object_name, d.generation FROM transfuse.documents d
       WHERE d.run_id = $1 AND d.mapping = $2 ${which} AND d.outcome <> 'deleted'
         AND NOT EXISTS (SELECT FROM ${qualified(schema, table)} t WHERE t.${quoteIdentifier(idColumn)} = d.target_id)
         AND NOT EXISTS (SELECT FROM transfuse.rejects r, jsonb_each_text(r.row_key) k
           WHERE r.run_id = d.run_id AND r.mapping = d.mapping AND r.resolved_at IS NULL AND k.value = d.source_key)
       FOR UPDATE),
     useless AS (
       ${TO_REMOVE} SELECT bucket, object_name, generation FROM gone WHERE object_name IS NOT NULL ON CONFLICT DO NOTHING)
     UPDATE transfuse.documents d SET outcome = 'deleted', bucket = NULL, object_name = NULL, generation = NULL, size_bytes = NULL,
       crc32c = NULL, sha256 = NULL, content_type = NULL, hash_verified = NULL, expected_hash = NULL, source_path = NULL, noted_at = now()
     FROM gone WHERE d.run_id = $1 AND d.mapping = $2 AND d.target_id = gone.target_id`,
    [runId, mapping, ...(targetIds === null ? [] : [targetIds])],
  );
}

/** Notes objects that were stored for rows which the target does not have. */
export async function recordUseless(target: Target, objects: readonly ObjectToRemove[]): Promise<void> {
  if (objects.length === 0) return;
  await target.query(
    `${TO_REMOVE} SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING`,
    [
      objects.map(({ bucket }) => bucket),
      objects.map(({ name }) => name),
      objects.map(({ generation }) => generation),
    ],
  );
}

/** Objects of the bucket that can go. One that a document has come to point to again is no longer among them. */
export async function readUseless(target: Target, bucket: string, limit: number): Promise<ObjectToRemove[]> {
  await target.query(
    // OFFSET 0 keeps the server from reading all documents at once: there are many of them, and few of these.
    `DELETE FROM transfuse.objects_to_remove o WHERE EXISTS (SELECT FROM transfuse.documents d
       WHERE d.object_name = o.object_name AND d.bucket = o.bucket AND d.generation = o.generation OFFSET 0)`,
  );
  const { rows } = await target.query<ObjectToRemove>(
    `SELECT bucket, object_name AS name, generation FROM transfuse.objects_to_remove WHERE bucket = $1
     ORDER BY noted_at, object_name LIMIT $2`,
    [bucket, limit],
  );
  return rows;
}

/** They are gone from the bucket. */
export async function forgetUseless(target: Target, objects: readonly ObjectToRemove[]): Promise<void> {
  await target.query(
    `DELETE FROM transfuse.objects_to_remove o USING unnest($1::text[], $2::text[], $3::bigint[]) AS g(bucket, name, generation)
     WHERE (o.bucket, o.object_name, o.generation) = (g.bucket, g.name, g.generation)`,
    [
      objects.map(({ bucket }) => bucket),
      objects.map(({ name }) => name),
      objects.map(({ generation }) => generation),
    ],
  );
}

export interface DocumentCount {
  mapping: string;
  outcome: DocumentOutcome;
  documents: number;
  bytes: number;
}

/** Of a run, by mapping and outcome. A ledger of before version 5 has none. */
export async function countDocuments(target: Target, runId: string): Promise<DocumentCount[]> {
  const { rows: there } = await target.query<{ there: boolean }>(
    `SELECT to_regclass('transfuse.documents') IS NOT NULL AS there`,
  );
  if (!there[0]!.there) return [];
  const { rows } = await target.query<Record<'mapping' | 'outcome' | 'documents' | 'bytes', string>>(
    `SELECT mapping, outcome, count(*) AS documents, coalesce(sum(size_bytes), 0) AS bytes FROM transfuse.documents
     WHERE run_id = $1 GROUP BY mapping, outcome ORDER BY mapping, count(*) DESC, outcome`,
    [runId],
  );
  return rows.map((row) => ({
    mapping: row.mapping,
    outcome: row.outcome as DocumentOutcome,
    documents: Number(row.documents),
    bytes: Number(row.bytes),
  }));
}

/** Those that something is wrong with. */
export function documentsNotFine(counts: readonly DocumentCount[]): number {
  return counts.reduce((sum, { outcome, documents }) => sum + (isFine(outcome) ? 0 : documents), 0);
}

/** Rows of these tables that nobody has looked for the file of, where documents of the mapping were looked for at all. */
export async function countUnlooked(
  target: Target,
  runId: string,
  loads: readonly { mapping: string; targetTable: string }[],
): Promise<number> {
  let count = 0;
  for (const { mapping, targetTable } of loads) {
    const [schema = '', table = ''] = targetTable.split('.');
    const { rows } = await target.query<{ count: string }>(
      `SELECT greatest(0, (SELECT count(*) FROM ${qualified(schema, table)}) -
         (SELECT count(*) FROM transfuse.documents WHERE run_id = $1 AND mapping = $2 AND outcome <> 'deleted')) AS count`,
      [runId, mapping],
    );
    count += Number(rows[0]!.count);
  }
  return count;
}
