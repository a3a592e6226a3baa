/**
 * What others wrote to the target's tables while Transfuse keeps them equal to the source: one line for each row, with the row
 * as they left it, so that nothing is lost when sync writes over it. Filled by a trigger (foreign-watch.ts) in the writer's own
 * transaction; the sync marks what it has overwritten in the transaction that overwrites it.
 */
import type { TargetConnection } from '../postgres/connection.ts';

/** Beyond this the row itself is not kept, only its key. */
const MAX_ROW_BYTES = 1 << 20;

/** Says that a session writes the source's rows: no trigger of ours takes it for somebody else. */
export const WE_ARE_APPLYING = "SELECT pg_catalog.set_config('transfuse.applying', 'on', false)";

/** Since version 3. */
export const FOREIGN_WRITES_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.foreign_writes (
  target_schema text NOT NULL,
  target_table text NOT NULL,
  key_hash bytea NOT NULL,
  row_key jsonb,
  operation text NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
  row_data jsonb,
  writes bigint NOT NULL DEFAULT 1,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  written_by text NOT NULL,
  application text,
  overwrites bigint NOT NULL DEFAULT 0,
  overwritten_at timestamptz,
  PRIMARY KEY (target_schema, target_table, key_hash)
);
CREATE INDEX IF NOT EXISTS foreign_writes_open ON transfuse.foreign_writes (target_schema, target_table, key_hash)
  WHERE overwritten_at IS NULL;
COMMENT ON TABLE transfuse.foreign_writes IS 'Rows that others wrote to tables that sync keeps, as they left them: as confidential as the data itself';
COMMENT ON COLUMN transfuse.foreign_writes.row_key IS 'NULL where all rows are meant, or the key could not be read';
COMMENT ON COLUMN transfuse.foreign_writes.row_data IS 'NULL where the row was deleted, or is too large to be kept';
COMMENT ON COLUMN transfuse.foreign_writes.overwritten_at IS 'When sync last wrote over it; NULL while it stands';
CREATE OR REPLACE FUNCTION transfuse.note_foreign_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' SET "IntervalStyle" = 'postgres' SET bytea_output = 'hex'
SET extra_float_digits = '3' AS $note$
DECLARE
  was jsonb;
  now_is jsonb;
  old_key jsonb;
  new_key jsonb;
BEGIN
  BEGIN
    -- What JSON cannot hold must not keep anybody from writing. The block writes nothing, and so takes no transaction id.
    IF TG_OP IN ('UPDATE', 'DELETE') THEN was := to_jsonb(OLD); END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN now_is := to_jsonb(NEW); END IF;
  EXCEPTION WHEN OTHERS THEN
    was := NULL;
    now_is := NULL;
  END;
  IF TG_OP = 'UPDATE' AND was = now_is THEN RETURN NULL; END IF;
  old_key := (SELECT jsonb_agg(was -> name ORDER BY n) FROM unnest(TG_ARGV[2:]) WITH ORDINALITY AS k(name, n) WHERE was IS NOT NULL);
  new_key := (SELECT jsonb_agg(now_is -> name ORDER BY n) FROM unnest(TG_ARGV[2:]) WITH ORDINALITY AS k(name, n) WHERE now_is IS NOT NULL);
  INSERT INTO transfuse.foreign_writes AS f
    (target_schema, target_table, key_hash, row_key, operation, row_data, written_by, application)
  SELECT TG_ARGV[0], TG_ARGV[1], sha256(convert_to(coalesce(w.key::text, ''), 'UTF8')), w.key, w.operation,
    CASE WHEN pg_column_size(w.data) <= ${MAX_ROW_BYTES} THEN w.data END, session_user, current_setting('application_name', true)
  FROM (
    SELECT new_key AS key, CASE WHEN old_key <> new_key THEN 'INSERT' ELSE TG_OP END AS operation, now_is AS data WHERE TG_OP <> 'DELETE'
    UNION ALL
    SELECT old_key, 'DELETE', NULL WHERE TG_OP = 'DELETE' OR old_key <> new_key
  ) AS w
  ON CONFLICT (target_schema, target_table, key_hash) DO UPDATE SET row_key = excluded.row_key, operation = excluded.operation,
    row_data = excluded.row_data, writes = f.writes + 1, written_at = excluded.written_at, written_by = excluded.written_by,
    application = excluded.application, overwritten_at = NULL;
  RETURN NULL;
END
$note$;
REVOKE ALL ON FUNCTION transfuse.note_foreign_write() FROM PUBLIC;
`;

/** The hash of a row's key, from columns as SQL: what the trigger writes. */
export function keyHash(columns: readonly string[]): string {
  return `pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(${columns.join(', ')})::text, 'UTF8'))`;
}

export interface ForeignWrites {
  /** `schema.table`. */
  table: string;
  /** Rows that others wrote last, and that sync has not written since. */
  standing: number;
  /** How often sync has written over such a row. */
  overwritten: number;
}

/** By table, of the whole target. Nothing where the ledger is older than the table. */
export async function readForeignWrites(target: Pick<TargetConnection, 'query'>): Promise<ForeignWrites[]> {
  const { rows: there } = await target.query<{ there: boolean }>(
    "SELECT to_regclass('transfuse.foreign_writes') IS NOT NULL AS there",
  );
  if (!there[0]!.there) return [];
  const { rows } = await target.query<{ table: string; standing: string; overwritten: string }>(
    `SELECT target_schema || '.' || target_table AS "table", count(*) FILTER (WHERE overwritten_at IS NULL) AS standing,
       sum(overwrites) AS overwritten FROM transfuse.foreign_writes GROUP BY 1 ORDER BY 1`,
  );
  return rows.map(({ table, standing, overwritten }) => ({
    table,
    standing: Number(standing),
    overwritten: Number(overwritten),
  }));
}
