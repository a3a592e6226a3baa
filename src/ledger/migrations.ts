import { ACCEPTED_DDL } from './accepted-statements.ts';
import { CHECKPOINTS_DDL } from './checkpoints.ts';
import { DOCUMENTS_DDL } from './documents.ts';
import { FOREIGN_WRITES_DDL } from './foreign-writes.ts';
import { REPAIRS_DDL } from './repairs.ts';
import { RUNS_WITHOUT_REPLAY_DDL } from './runs.ts';
import { SYNC_STATUS_DDL } from './sync-status.ts';
import { TOUCHED_DDL } from './touched-rows.ts';
import { UPLOADS_DDL } from './upload-sessions.ts';
import { ATTESTATION_DDL, VERIFICATIONS_DDL } from './verifications.ts';

/**
 * From each version of the ledger to the next: the statements at index n lead from version n + 1 to n + 2. They run in the
 * transaction that notes the new version, so each runs once.
 */
export const MIGRATIONS: readonly string[] = [
  `
ALTER TABLE transfuse.runs ADD COLUMN IF NOT EXISTS options json;
ALTER TABLE transfuse.loads ADD COLUMN IF NOT EXISTS definition json, ADD COLUMN IF NOT EXISTS end_position jsonb;
UPDATE transfuse.loads l SET end_position = r.end_position FROM transfuse.runs r WHERE r.id = l.run_id AND l.state <> 'loading';
ALTER TABLE transfuse.runs DROP COLUMN end_position;
ALTER TABLE transfuse.saved_objects ADD COLUMN IF NOT EXISTS sync_safe boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS key_expressions text[], ADD COLUMN IF NOT EXISTS key_condition text;
-- Which unique key tells the rows apart was not written down: the primary key, and without one any may be it.
UPDATE transfuse.saved_objects s SET sync_safe = true WHERE
  (s.kind = 'index' AND s.definition NOT LIKE 'CREATE UNIQUE%')
  OR (s.kind IN ('index', 'key') AND EXISTS (SELECT FROM transfuse.saved_objects p WHERE p.kind = 'key'
    AND (p.run_id, p.schema_name, p.table_name, p.object_name) = (s.run_id, s.schema_name, s.table_name, s.object_name)
    AND p.definition LIKE '% PRIMARY KEY USING INDEX %'))
  OR (s.kind IN ('index', 'key') AND NOT EXISTS (SELECT FROM transfuse.saved_objects p WHERE p.kind = 'key'
    AND (p.run_id, p.schema_name, p.table_name) = (s.run_id, s.schema_name, s.table_name)
    AND p.definition LIKE '% PRIMARY KEY USING INDEX %'));
${CHECKPOINTS_DDL}`,
  // To 3: where each load began, foreign writes, loads that sync must not follow, accepted statements, what a sync says of itself.
  `
ALTER TABLE transfuse.loads ADD COLUMN IF NOT EXISTS start_position jsonb, ADD COLUMN IF NOT EXISTS copy_of text;
${RUNS_WITHOUT_REPLAY_DDL}${FOREIGN_WRITES_DDL}${SYNC_STATUS_DDL}${ACCEPTED_DDL}`,
  // To 4: rows of query mappings that are to be made anew.
  TOUCHED_DDL,
  // To 5: what became of documents.
  DOCUMENTS_DDL,
  // To 6: uploads under way.
  UPLOADS_DDL,
  // To 7: what verification found.
  VERIFICATIONS_DDL,
  // To 8: what proves a report, and repairs.
  `${ATTESTATION_DDL}${REPAIRS_DDL}`,
];
