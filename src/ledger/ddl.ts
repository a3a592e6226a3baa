/**
 * The ledger: everything that must be remembered lives in the schema `transfuse` of each service database, so that it commits
 * with the data it speaks of. It is created by the first command that writes, and never by one that only looks.
 */
import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { ACCEPTED_DDL } from './accepted-statements.ts';
import { CHECKPOINTS_DDL } from './checkpoints.ts';
import { DOCUMENTS_DDL } from './documents.ts';
import { FOREIGN_WRITES_DDL } from './foreign-writes.ts';
import { MIGRATIONS } from './migrations.ts';
import { REPAIRS_DDL } from './repairs.ts';
import { RUNS_WITHOUT_REPLAY_DDL } from './runs.ts';
import { SYNC_STATUS_DDL } from './sync-status.ts';
import { TOUCHED_DDL } from './touched-rows.ts';
import { UPLOADS_DDL } from './upload-sessions.ts';
import { ATTESTATION_DDL, VERIFICATIONS_DDL } from './verifications.ts';

/** What this program reads and writes. */
const LEDGER_VERSION = 8;

const LEDGER_DDL = `
CREATE SCHEMA IF NOT EXISTS transfuse;
CREATE TABLE IF NOT EXISTS transfuse.ledger (version integer NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS transfuse.runs (
  id uuid PRIMARY KEY,
  profile text NOT NULL,
  source jsonb NOT NULL,
  options json,
  start_position jsonb,
  tool_version text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
COMMENT ON COLUMN transfuse.runs.start_position IS 'P0: where sync begins; recorded before the first row was read';
COMMENT ON COLUMN transfuse.runs.options IS 'The settings that decide what becomes of a value, as they were when the run began';
CREATE TABLE IF NOT EXISTS transfuse.loads (
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  mapping text NOT NULL,
  source_table text NOT NULL,
  target_schema text NOT NULL,
  target_table text NOT NULL,
  state text NOT NULL CHECK (state IN ('loading', 'loaded', 'complete')),
  fingerprint text NOT NULL,
  key_columns text[] NOT NULL,
  definition json,
  start_position jsonb,
  end_position jsonb,
  copy_of text,
  started_at timestamptz NOT NULL DEFAULT now(),
  loaded_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (run_id, mapping)
);
COMMENT ON COLUMN transfuse.loads.definition IS 'The source table as it was when the mapping was compiled';
COMMENT ON COLUMN transfuse.loads.start_position IS 'Noted before the first row was read: what the source did before it is in the rows. NULL: P0 of the run';
COMMENT ON COLUMN transfuse.loads.copy_of IS 'The source table in whose place an online alteration will put this one';
COMMENT ON COLUMN transfuse.loads.end_position IS 'A position behind everything that was read: beyond it the rows hold together';
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
  sync_safe boolean NOT NULL DEFAULT false,
  key_expressions text[],
  key_condition text,
  state text NOT NULL DEFAULT 'dropped' CHECK (state IN ('dropped', 'added', 'restored', 'failed')),
  failure text,
  saved_at timestamptz NOT NULL DEFAULT now(),
  restored_at timestamptz,
  UNIQUE (run_id, kind, schema_name, table_name, object_name)
);
COMMENT ON TABLE transfuse.saved_objects IS 'Indexes, constraints and triggers that a load took away, and must put back';
COMMENT ON COLUMN transfuse.saved_objects.sync_safe IS 'No old change applied over newer rows can violate it, so it need not wait for sync';
COMMENT ON COLUMN transfuse.saved_objects.key_expressions IS 'Of a unique index: what must differ, among the rows of key_condition';
`;

/**
 * Creates the ledger where it is missing and brings an older one up to date, in one transaction; does nothing where it is as it
 * should be. Needs CREATE on the database the first time. Throws LEDGER_TOO_NEW.
 */
export async function ensureLedger(target: TargetConnection): Promise<void> {
  if ((await readVersion(target)) === LEDGER_VERSION) return;
  await inTransaction(target, async () => {
    await target.query("SELECT pg_advisory_xact_lock(hashtext('transfuse ledger ddl'))");
    // Another command may have been faster.
    const version = await readVersion(target);
    if (version === null)
      await target.query(
        LEDGER_DDL +
          CHECKPOINTS_DDL +
          RUNS_WITHOUT_REPLAY_DDL +
          FOREIGN_WRITES_DDL +
          SYNC_STATUS_DDL +
          ACCEPTED_DDL +
          TOUCHED_DDL +
          DOCUMENTS_DDL +
          UPLOADS_DDL +
          VERIFICATIONS_DDL +
          ATTESTATION_DDL +
          REPAIRS_DDL,
      );
    else for (const migration of MIGRATIONS.slice(version - 1)) await target.query(migration);
    await target.query('DELETE FROM transfuse.ledger');
    await target.query('INSERT INTO transfuse.ledger (version) VALUES ($1)', [LEDGER_VERSION]);
  });
}

/** Whether a ledger is there, of whatever version this program can read. Changes nothing. Throws LEDGER_TOO_NEW. */
export async function ledgerExists(target: TargetConnection): Promise<boolean> {
  return (await readVersion(target)) !== null;
}

async function readVersion(target: TargetConnection): Promise<number | null> {
  const { rows: there } = await target.query<{ there: boolean }>(
    "SELECT to_regclass('transfuse.saved_objects') IS NOT NULL AS there",
  );
  if (!there[0]!.there) return null;
  const { rows } = await target.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM transfuse.ledger',
  );
  const version = rows[0]!.version ?? LEDGER_VERSION;
  if (version <= LEDGER_VERSION) return version;
  throw new TransfuseError(
    'LEDGER_TOO_NEW',
    `The ledger in the target is of version ${version}, and this program knows those up to ${LEDGER_VERSION}. Nothing was touched.`,
    { where: { version, known: LEDGER_VERSION } },
  );
}
