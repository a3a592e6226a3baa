/** What a sweep finds: files that no row names, and objects that no document points to. */
import type { TargetConnection } from '../postgres/connection.ts';

type Target = Pick<TargetConnection, 'query'>;

export type StrayKind = 'file' | 'object';

export interface Stray {
  name: Buffer;
  sizeBytes: number | null;
}

/** Where a known one is named. */
const KNOWN: Readonly<Record<StrayKind, string>> = {
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
  kind: StrayKind,
  found: readonly Stray[],
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.strays (run_id, kind, name, size_bytes)
     SELECT $1, $2, g.name, g.size FROM unnest($3::bytea[], $4::bigint[]) AS g(name, size)
     WHERE NOT EXISTS (${KNOWN[kind]}) ON CONFLICT DO NOTHING`,
    [runId, kind, found.map(({ name }) => name), found.map(({ sizeBytes }) => sizeBytes)],
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
  return { file: of('file'), object: of('object') };
}
