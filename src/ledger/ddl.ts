/**
 * The ledger: everything that must be remembered lives in the schema `transfuse` of each service database, so that it commits
 * with the data it speaks of. It is created by the first command that writes, and never by one that only looks.
 */
import type { TargetConnection } from '../postgres/connection.ts';

const LEDGER_VERSION = 1;

const LEDGER_DDL = `
CREATE SCHEMA IF NOT EXISTS transfuse;
CREATE TABLE IF NOT EXISTS transfuse.ledger (version integer NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS transfuse.runs (
  id uuid PRIMARY KEY,
  profile text NOT NULL,
  source jsonb NOT NULL,
  start_position jsonb,
  end_position jsonb,
  tool_version text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
COMMENT ON COLUMN transfuse.runs.start_position IS 'P0: where sync begins; recorded before the first row was read';
CREATE TABLE IF NOT EXISTS transfuse.loads (
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  mapping text NOT NULL,
  source_table text NOT NULL,
  target_schema text NOT NULL,
  target_table text NOT NULL,
  state text NOT NULL CHECK (state IN ('loading', 'loaded', 'complete')),
  fingerprint text NOT NULL,
  key_columns text[] NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  loaded_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (run_id, mapping)
);
CREATE TABLE IF NOT EXISTS transfuse.chunks (
  run_id uuid NOT NULL,
  mapping text NOT NULL,
  chunk integer NOT NULL,
  lower_bound text[],
  upper_bound text[],
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done')),
  rows_read bigint,
  rows_loaded bigint,
  rows_filtered bigint,
  rows_rejected bigint,
  bytes_read bigint,
  bytes_written bigint,
  finished_at timestamptz,
  PRIMARY KEY (run_id, mapping, chunk),
  FOREIGN KEY (run_id, mapping) REFERENCES transfuse.loads ON DELETE CASCADE,
  CHECK (state = 'pending' OR rows_read = rows_loaded + rows_filtered + rows_rejected)
);
COMMENT ON TABLE transfuse.chunks IS 'A chunk holds the rows with lower_bound < key <= upper_bound; done commits with its rows';
CREATE TABLE IF NOT EXISTS transfuse.rejects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id uuid NOT NULL,
  mapping text NOT NULL,
  chunk integer NOT NULL,
  row_key jsonb,
  reason text NOT NULL,
  column_name text,
  sqlstate text,
  row_data jsonb NOT NULL,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolution text,
  FOREIGN KEY (run_id, mapping) REFERENCES transfuse.loads ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS rejects_open ON transfuse.rejects (run_id, mapping) WHERE resolved_at IS NULL;
COMMENT ON TABLE transfuse.rejects IS 'Source rows that could not be loaded, with their values: as confidential as the data itself';
CREATE TABLE IF NOT EXISTS transfuse.saved_objects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('index', 'key', 'foreign-key', 'exclusion', 'trigger')),
  schema_name text NOT NULL,
  table_name text NOT NULL,
  object_name text NOT NULL,
  referenced_table text,
  definition text NOT NULL,
  state text NOT NULL DEFAULT 'dropped' CHECK (state IN ('dropped', 'added', 'restored', 'failed')),
  failure text,
  saved_at timestamptz NOT NULL DEFAULT now(),
  restored_at timestamptz,
  UNIQUE (run_id, kind, schema_name, table_name, object_name)
);
COMMENT ON TABLE transfuse.saved_objects IS 'Indexes, constraints and triggers that a load took away, and must put back';
`;

/** Creates the ledger where it is missing; does nothing where it is there. Needs CREATE on the database the first time. */
export async function ensureLedger(target: TargetConnection): Promise<void> {
  if (await ledgerExists(target)) return;
  await target.query('BEGIN');
  try {
    await target.query("SELECT pg_advisory_xact_lock(hashtext('transfuse ledger ddl'))");
    await target.query(LEDGER_DDL);
    await target.query(
      'INSERT INTO transfuse.ledger (version) SELECT $1 WHERE NOT EXISTS (SELECT FROM transfuse.ledger)',
      [LEDGER_VERSION],
    );
    await target.query('COMMIT');
  } catch (error) {
    if (!target.isLost) await target.query('ROLLBACK');
    throw error;
  }
}

export async function ledgerExists(target: TargetConnection): Promise<boolean> {
  const { rows } = await target.query<{ there: boolean }>(
    "SELECT to_regclass('transfuse.saved_objects') IS NOT NULL AS there",
  );
  return rows[0]!.there;
}
