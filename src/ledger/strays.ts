/** What a sweep finds: files that no row names, objects that no document points to, and those that documents point to and are lost. */
import type { TargetConnection } from '../postgres/connection.ts';

type Target = Pick<TargetConnection, 'query'>;

export type StrayKind = 'file' | 'object' | 'lost';

export interface Stray {
  name: Buffer;
  sizeBytes: number | null;
}

/** Where a known one is named. */
const KNOWN: Readonly<Record<'file' | 'object', string>> = {
  file: 'SELECT FROM transfuse.documents d WHERE d.source_path = g.name',
  object: `SELECT FROM transfuse.documents d WHERE d.object_name = convert_from(g.name, 'UTF8')`,
};

export async function forgetStrays(target: Target, runId: string): Promise<void> {
  await target.query('DELETE FROM transfuse.strays WHERE run_id = $1', [runId]);
}

/** Keeps those that nothing is known of, whichever run it was. */
export async function recordStrays(
  target: Target,
  runId: string,
  kind: 'file' | 'object',
  found: readonly Stray[],
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.strays (run_id, kind, name, size_bytes)
     SELECT $1, $2, g.name, g.size FROM unnest($3::bytea[], $4::bigint[]) AS g(name, size)
     WHERE NOT EXISTS (${KNOWN[kind]}) ON CONFLICT DO NOTHING`,
    [runId, kind, found.map(({ name }) => name), found.map(({ sizeBytes }) => sizeBytes)],
  );
}

/** A part of a listing in the order of names: those behind `after`, up to its last one, or to the end. */
export interface ListedPart {
  bucket: string;
  prefix: string;
  after: string;
  last: string | null;
  objects: readonly { name: string; generation: string }[];
}

/** Keeps the objects of documents that should be in the listing and are not, or in another generation. */
export async function recordLost(
  target: Target,
  runId: string,
  { bucket, prefix, after, last, objects }: ListedPart,
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.strays (run_id, kind, name, size_bytes)
     SELECT DISTINCT ON (d.object_name) $1::uuid, 'lost', convert_to(d.object_name, 'UTF8'), d.size_bytes FROM transfuse.documents d
     WHERE d.run_id = $1 AND d.bucket = $2 AND starts_with(d.object_name, $3) AND d.object_name COLLATE "C" > $4
       AND ($5::text IS NULL OR d.object_name COLLATE "C" <= $5)
       AND NOT EXISTS (SELECT FROM unnest($6::text[], $7::bigint[]) AS o(name, generation)
         WHERE o.name = d.object_name AND o.generation = d.generation)
     ON CONFLICT DO NOTHING`,
    [
      runId,
      bucket,
      prefix,
      after,
      last,
      objects.map(({ name }) => name),
      objects.map(({ generation }) => generation),
    ],
  );
}

export async function countStrays(
  target: Target,
  runId: string,
): Promise<Record<StrayKind, { count: number; bytes: number }>> {
  const { rows } = await target.query<{ kind: StrayKind; count: string; bytes: string }>(
    `SELECT kind, count(*) AS count, coalesce(sum(size_bytes), 0) AS bytes FROM transfuse.strays WHERE run_id = $1 GROUP BY kind`,
    [runId],
  );
  const of = (kind: StrayKind) => {
    const row = rows.find((one) => one.kind === kind);
    return { count: Number(row?.count ?? 0), bytes: Number(row?.bytes ?? 0) };
  };
  return { file: of('file'), object: of('object'), lost: of('lost') };
}
