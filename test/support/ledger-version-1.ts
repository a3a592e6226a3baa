/** The ledger as the first version of the program made it, and its rows as they then were. */
import type { BulkCase } from './bulk-case.ts';

const VERSION_1 = `
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
INSERT INTO transfuse.ledger (version) VALUES (1);
`;

/** Turns the ledger of a target into one of version 1: what that version did not know is forgotten. */
export async function downgradeLedger({ targetQuery }: Pick<BulkCase, 'targetQuery'>): Promise<void> {
  await targetQuery(`
    ALTER SCHEMA transfuse RENAME TO newer;
    ${VERSION_1}
    INSERT INTO transfuse.runs (id, profile, source, start_position, tool_version, started_at)
      SELECT id, profile, source, start_position, tool_version, started_at FROM newer.runs;
    INSERT INTO transfuse.loads (run_id, mapping, source_table, target_schema, target_table, state, fingerprint, key_columns, started_at,
        loaded_at, completed_at)
      SELECT run_id, mapping, source_table, target_schema, target_table, state, fingerprint, key_columns, started_at, loaded_at,
        completed_at FROM newer.loads;
    INSERT INTO transfuse.chunks SELECT * FROM newer.chunks;
    INSERT INTO transfuse.rejects OVERRIDING SYSTEM VALUE SELECT * FROM newer.rejects;
    INSERT INTO transfuse.saved_objects (run_id, kind, schema_name, table_name, object_name, referenced_table, definition, state, failure,
        saved_at, restored_at)
      SELECT run_id, kind, schema_name, table_name, object_name, referenced_table, definition, state, failure, saved_at, restored_at
      FROM newer.saved_objects ORDER BY id;
    DROP SCHEMA newer CASCADE`);
}
