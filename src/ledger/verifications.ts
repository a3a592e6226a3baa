/** What verification found: the keys of rows that differ stay here, where the rows are, and reports say only their digests. */
import { operator } from '../core/operator.ts';
import type { BinlogPosition } from '../core/position.ts';
import type { TargetConnection } from '../postgres/connection.ts';

/** Since version 7. */
export const VERIFICATIONS_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.verifications (
  id uuid PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now(),
  source_position jsonb,
  rows_compared bigint NOT NULL,
  differences bigint NOT NULL,
  not_compared bigint NOT NULL
);
COMMENT ON TABLE transfuse.verifications IS 'Every bin/verify that came to its end';
CREATE TABLE IF NOT EXISTS transfuse.differences (
  verification uuid NOT NULL REFERENCES transfuse.verifications ON DELETE CASCADE,
  mapping text NOT NULL,
  kind text NOT NULL,
  columns text[] NOT NULL,
  row_key jsonb NOT NULL,
  key_digest text NOT NULL
);
CREATE INDEX IF NOT EXISTS differences_by_digest ON transfuse.differences (key_digest);
COMMENT ON TABLE transfuse.differences IS 'Rows that differed, by key; reports name them by key_digest';
`;

/** Since version 8. */
export const ATTESTATION_DDL = `
ALTER TABLE transfuse.verifications ADD COLUMN IF NOT EXISTS digest_key bytea, ADD COLUMN IF NOT EXISTS proven text[];
COMMENT ON COLUMN transfuse.verifications.proven IS 'Mappings that did not differ in any column: from source_position on, only what changes need be looked at';
COMMENT ON COLUMN transfuse.verifications.digest_key IS 'Of the digests that its report names: without it a report cannot be checked';
CREATE TABLE IF NOT EXISTS transfuse.reveals (
  verification uuid NOT NULL REFERENCES transfuse.verifications ON DELETE CASCADE,
  mapping text NOT NULL,
  row_key jsonb NOT NULL,
  revealed_at timestamptz NOT NULL DEFAULT now(),
  revealed_by text NOT NULL
);
COMMENT ON TABLE transfuse.reveals IS 'Rows whose values bin/verify --reveal has shown on a terminal, and to whom';
`;

export interface VerificationRecord {
  id: string;
  startedAt: Date;
  /** Of the source, before the first row was read. */
  sourcePosition: BinlogPosition | null;
  rowsCompared: number;
  differences: number;
  notCompared: number;
  digestKey: Buffer;
  /** Mappings that did not differ in any column. */
  proven: readonly string[];
  /** Rows whose values somebody is about to see. */
  revealed: readonly { mapping: string; key: object }[];
}

export interface DifferenceRecord {
  mapping: string;
  kind: string;
  columns: readonly string[];
  key: object;
  digest: string;
}

/** To be called in a transaction. */
export async function recordVerification(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
  record: VerificationRecord,
  differences: readonly DifferenceRecord[],
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.verifications (id, run_id, started_at, source_position, rows_compared, differences, not_compared, digest_key, proven)
     VALUES ($1, $2, $3, nullif($4::jsonb, 'null'), $5, $6, $7, $8, $9)`,
    [
      record.id,
      runId,
      record.startedAt,
      JSON.stringify(record.sourcePosition),
      record.rowsCompared,
      record.differences,
      record.notCompared,
      record.digestKey,
      record.proven,
    ],
  );
  await recordReveals(target, record);
  if (differences.length === 0) return;
  await target.query(
    `INSERT INTO transfuse.differences (verification, mapping, kind, columns, row_key, key_digest)
     SELECT $1, d->>'mapping', d->>'kind', ARRAY(SELECT jsonb_array_elements_text(d->'columns')), d->'key', d->>'digest'
     FROM jsonb_array_elements($2::jsonb) AS d`,
    [record.id, JSON.stringify(differences)],
  );
}

async function recordReveals(
  target: Pick<TargetConnection, 'query'>,
  { id, revealed }: VerificationRecord,
): Promise<void> {
  if (revealed.length === 0) return;
  await target.query(
    `INSERT INTO transfuse.reveals (verification, mapping, row_key, revealed_by)
     SELECT $1, r.mapping, r.key, $2 FROM unnest($3::text[], $4::jsonb[]) AS r(mapping, key)`,
    [id, operator(), revealed.map(({ mapping }) => mapping), revealed.map(({ key }) => JSON.stringify(key))],
  );
}

/** Of a verification that this ledger knows. */
export async function readDigestKey(
  target: Pick<TargetConnection, 'query'>,
  verification: string,
): Promise<Buffer | null> {
  const { rows } = await target.query<{ key: Buffer | null }>(
    // By way of JSON: a ledger of an older version has no such column.
    "SELECT decode(substr(to_jsonb(v)->>'digest_key', 3), 'hex') AS key FROM transfuse.verifications v WHERE id::text = $1",
    [verification],
  );
  return rows[0]?.key ?? null;
}

export interface ProvenMapping {
  mapping: string;
  startedAt: Date;
  position: BinlogPosition;
}

/** Of each mapping the last verification, since it was loaded, in which no row differed. None in the ledger of an older version. */
export async function readProven(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
): Promise<ProvenMapping[]> {
  const { rows } = await target.query<{ mapping: string; started_at: Date; source_position: BinlogPosition }>(
    `SELECT DISTINCT ON (l.mapping) l.mapping, v.started_at, v.source_position
     FROM transfuse.verifications v JOIN transfuse.loads l ON l.run_id = v.run_id AND l.mapping = ANY (v.proven)
     WHERE v.run_id = $1 AND v.source_position IS NOT NULL AND l.state = 'complete' AND v.started_at > coalesce(l.completed_at, l.loaded_at)
     ORDER BY l.mapping, v.started_at DESC`,
    [runId],
  );
  return rows.map((row) => ({
    mapping: row.mapping,
    startedAt: row.started_at,
    position: row.source_position,
  }));
}

export interface LastVerification {
  id: string;
  finishedAt: Date;
  rowsCompared: number;
  differences: number;
  notCompared: number;
}

/** null where none has come to its end, and in the ledger of an older version. */
export async function readLastVerification(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
): Promise<LastVerification | null> {
  const { rows: known } = await target.query<{ name: string | null }>(
    "SELECT to_regclass('transfuse.verifications') AS name",
  );
  if (known[0]!.name === null) return null;
  const { rows } = await target.query<
    Record<'id' | 'compared' | 'differences' | 'left', string> & { at: Date }
  >(
    `SELECT id, finished_at AS at, rows_compared AS compared, differences, not_compared AS left
     FROM transfuse.verifications WHERE run_id = $1 ORDER BY started_at DESC LIMIT 1`,
    [runId],
  );
  const [last] = rows;
  if (!last) return null;
  return {
    id: last.id,
    finishedAt: last.at,
    rowsCompared: Number(last.compared),
    differences: Number(last.differences),
    notCompared: Number(last.left),
  };
}
