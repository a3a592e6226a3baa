import { randomUUID } from 'node:crypto';
import type { BinlogPosition } from '../core/position.ts';
import type { TargetConnection } from '../postgres/connection.ts';

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
  startedAt: Date;
  finishedAt: Date | null;
}

interface RunRow {
  id: string;
  profile: string;
  source: SourceIdentity;
  start_position: BinlogPosition | null;
  started_at: Date;
  finished_at: Date | null;
}

/** The newest run in this service database, whatever its source; null where there was none. */
export async function latestRun(target: TargetConnection): Promise<Run | null> {
  const { rows } = await target.query<RunRow>(
    'SELECT id, profile, source, start_position, started_at, finished_at FROM transfuse.runs ORDER BY started_at DESC LIMIT 1',
  );
  const row = rows[0];
  if (!row) return null;
  return {
    id: row.id,
    profile: row.profile,
    source: row.source,
    startPosition: row.start_position,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** Opens a run. The position P0 is written here, and so before any row is read (invariant 2). */
export async function startRun(
  target: TargetConnection,
  run: { profile: string; source: SourceIdentity; startPosition: BinlogPosition | null; toolVersion: string },
): Promise<Run> {
  const id = randomUUID();
  const { rows } = await target.query<{ started_at: Date }>(
    `INSERT INTO transfuse.runs (id, profile, source, start_position, tool_version)
     VALUES ($1, $2, $3, $4, $5) RETURNING started_at`,
    [id, run.profile, JSON.stringify(run.source), JSON.stringify(run.startPosition), run.toolVersion],
  );
  return {
    id,
    profile: run.profile,
    source: run.source,
    startPosition: run.startPosition,
    startedAt: rows[0]!.started_at,
    finishedAt: null,
  };
}

/** Notes P0 where it could not be had when the run was opened. To be called only while no row has been read. */
export async function recordStartPosition(
  target: TargetConnection,
  runId: string,
  position: BinlogPosition,
): Promise<void> {
  await target.query('UPDATE transfuse.runs SET start_position = $2 WHERE id = $1', [
    runId,
    JSON.stringify(position),
  ]);
}

/** Notes the position at which the last chunk had been read: sync must pass it before constraints hold. */
export async function recordLoadEnd(
  target: TargetConnection,
  runId: string,
  position: BinlogPosition | null,
): Promise<void> {
  await target.query('UPDATE transfuse.runs SET end_position = $2 WHERE id = $1', [
    runId,
    JSON.stringify(position),
  ]);
}
