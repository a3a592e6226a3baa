/** What the ledger says of documents, for whoever holds it against the rows and the bucket. */
import type { TargetConnection } from '../postgres/connection.ts';
import { qualified, quoteIdentifier } from '../postgres/identifiers.ts';
import { FACTS, type DocumentTable } from './documents.ts';

type Target = Pick<TargetConnection, 'query'>;

/** An object that documents point to. */
export interface ObjectOfDocuments {
  name: string;
  generation: string;
  sizeBytes: number;
  crc32c: string;
  sha256: string;
}

export type RowFault =
  /** It says something else of its file than the ledger. */
  | 'row_differs'
  /** Nobody has looked for its file. */
  | 'not_looked_for'
  /** The ledger has a document of it, and there is no such row. */
  | 'row_missing';

/** Objects of the run in the bucket whose names are behind `after`, up to `last`, or to the end; in the order of their names. */
export async function objectsOfDocuments(
  target: Target,
  runId: string,
  { bucket, after, last, limit }: { bucket: string; after: string; last: string | null; limit: number },
): Promise<ObjectOfDocuments[]> {
  const { rows } = await target.query<ObjectOfDocuments>(
    `SELECT DISTINCT object_name COLLATE "C" AS name, generation::text AS generation, size_bytes::float8 AS "sizeBytes", crc32c, sha256
     FROM transfuse.documents WHERE run_id = $1 AND bucket = $2 AND object_name COLLATE "C" > $3
       AND ($4::text IS NULL OR object_name COLLATE "C" <= $4) ORDER BY 1 LIMIT $5`,
    [runId, bucket, after, last, limit],
  );
  return rows;
}

/** Whether a document still points to this generation of an object. */
export async function isOfDocument(
  target: Target,
  runId: string,
  { name, generation }: Pick<ObjectOfDocuments, 'name' | 'generation'>,
): Promise<boolean> {
  const { rows } = await target.query(
    'SELECT FROM transfuse.documents WHERE run_id = $1 AND object_name = $2 AND generation = $3 LIMIT 1',
    [runId, name, generation],
  );
  return rows.length > 0;
}

/** How many objects are in other buckets than this one. */
export async function countElsewhere(target: Target, runId: string, bucket: string | null): Promise<number> {
  const { rows } = await target.query<{ count: string }>(
    'SELECT count(*) AS count FROM transfuse.documents WHERE run_id = $1 AND bucket IS NOT NULL AND bucket IS DISTINCT FROM $2',
    [runId, bucket],
  );
  return Number(rows[0]!.count);
}

/** Rows that are not in step with the ledger, by their ids in the target. */
export async function rowFaults(
  target: Target,
  runId: string,
  { mapping, schema, table, idColumn, columns }: DocumentTable,
  limit: number,
): Promise<{ id: string; fault: RowFault }[]> {
  const facts = Object.keys(FACTS) as (keyof typeof FACTS)[];
  const ofRow = facts.map((fact) => `t.${quoteIdentifier(columns[fact])}`).join(', ');
  const ofLedger = facts.map((fact) => `d.${FACTS[fact]}`).join(', ');
  const { rows } = await target.query<{ id: string; fault: RowFault }>(
    `SELECT coalesce(t.${quoteIdentifier(idColumn)}, d.target_id)::text AS id,
       CASE WHEN d.target_id IS NULL THEN 'not_looked_for' WHEN t.${quoteIdentifier(idColumn)} IS NULL THEN 'row_missing' ELSE 'row_differs' END AS fault
     FROM ${qualified(schema, table)} t
     FULL JOIN (SELECT * FROM transfuse.documents WHERE run_id = $1 AND mapping = $2 AND outcome <> 'deleted') d
       ON d.target_id = t.${quoteIdentifier(idColumn)}
     WHERE (d.target_id IS NULL OR t.${quoteIdentifier(idColumn)} IS NULL OR (${ofRow}) IS DISTINCT FROM (${ofLedger}))
       AND NOT EXISTS (SELECT FROM transfuse.rejects r, jsonb_each_text(r.row_key) k
         WHERE r.run_id = $1 AND r.mapping = $2 AND r.resolved_at IS NULL AND k.value = d.source_key)
     LIMIT $3`,
    [runId, mapping, limit],
  );
  return rows;
}
