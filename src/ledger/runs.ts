import { randomUUID } from 'node:crypto';
import type { BinlogPosition } from '../core/position.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { forgetCheckpoint } from './checkpoints.ts';

/** Since version 3. */
export const RUNS_WITHOUT_REPLAY_DDL = `
ALTER TABLE transfuse.runs ADD COLUMN IF NOT EXISTS replay_waived_at timestamptz;
COMMENT ON COLUMN transfuse.runs.replay_waived_at IS
  'When bulk --no-sync put back what old changes of the source may violate: no sync from start_position from then on';
`;

export interface SourceIdentity {
  host: string;
  port: number;
  database: string;
}

export interface Run {
  id: string;
  profile: string;
  source: SourceIdentity;
  startPosition: BinlogPosition | null;
  /** The mapping options that the run was made with; null where an older version of the program made it. */
  options: RunOptions | null;
  /** When bulk --no-sync gave up what had changed during the load; null where it did not. */
  replayWaivedAt: Date | null;
  startedAt: Date;
  finishedAt: Date | null;
}

/** Plain data: what the mapping room calls MappingOptions. */
export type RunOptions = Readonly<Record<string, unknown>>;

interface RunRow {
  id: string;
  profile: string;
  source: SourceIdentity;
  start_position: BinlogPosition | null;
  options: RunOptions | null;
  replay_waived_at: string | null;
  started_at: Date;
  finished_at: Date | null;
}

/** The newest run in this service database, whatever its source; null where there was none. */
export async function latestRun(target: TargetConnection): Promise<Run | null> {
  const { rows } = await target.query<RunRow>(
    // A command that only looks must be able to read a ledger that has no such columns yet.
    `SELECT id, profile, source, start_position, to_json(r)->'options' AS options,
       to_json(r)->>'replay_waived_at' AS replay_waived_at, started_at, finished_at
     FROM transfuse.runs r ORDER BY started_at DESC LIMIT 1`,
  );
  const row = rows[0];
  if (!row) return null;
  return {
    id: row.id,
    profile: row.profile,
    source: row.source,
    startPosition: row.start_position,
    options: row.options,
    replayWaivedAt: row.replay_waived_at === null ? null : new Date(row.replay_waived_at),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** Opens a run. The position P0 is written here, and so before any row is read (invariant 2). */
export async function startRun(
  target: TargetConnection,
  run: {
    profile: string;
    source: SourceIdentity;
    startPosition: BinlogPosition | null;
    options: RunOptions;
    toolVersion: string;
  },
): Promise<Run> {
  const id = randomUUID();
  const { rows } = await target.query<{ started_at: Date }>(
    `INSERT INTO transfuse.runs (id, profile, source, start_position, options, tool_version)
     VALUES ($1, $2, $3, nullif($4::jsonb, 'null'), $5, $6) RETURNING started_at`,
    [
      id,
      run.profile,
      JSON.stringify(run.source),
      JSON.stringify(run.startPosition),
      JSON.stringify(run.options),
      run.toolVersion,
    ],
  );
  return {
    id,
    profile: run.profile,
    source: run.source,
    startPosition: run.startPosition,
    options: run.options,
    replayWaivedAt: null,
    startedAt: rows[0]!.started_at,
    finishedAt: null,
  };
}

/**
 * Notes P0 and the options of a run that has no loads: where P0 could not be had when the run was opened, or in the transaction
 * that empties every table and forgets every load. To be called only while nothing that was read before counts. A checkpoint
 * goes too: what it spoke of is gone.
 */
export async function restartRun(
  target: TargetConnection,
  runId: string,
  position: BinlogPosition | null,
  options: RunOptions,
): Promise<void> {
  await target.query(
    `UPDATE transfuse.runs SET start_position = nullif($2::jsonb, 'null'), options = $3, replay_waived_at = NULL WHERE id = $1`,
    [runId, JSON.stringify(position), JSON.stringify(options)],
  );
  await forgetCheckpoint(target, runId);
}

/** To be called before anything is put back that old changes of the source may violate: sync must not apply them afterwards. */
export async function waiveReplay(target: TargetConnection, runId: string): Promise<void> {
  await target.query(
    'UPDATE transfuse.runs SET replay_waived_at = coalesce(replay_waived_at, now()) WHERE id = $1',
    [runId],
  );
}
