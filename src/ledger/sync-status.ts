/** What a sync last said of itself, for those who look from elsewhere: how old it is, the target's clock tells. */
import type { BinlogPosition } from '../core/position.ts';
import type { TargetConnection } from '../postgres/connection.ts';

/** Since version 3. */
export const SYNC_STATUS_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.sync_status (
  run_id uuid PRIMARY KEY REFERENCES transfuse.runs ON DELETE CASCADE,
  progress jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE transfuse.sync_status IS 'What the sync last said of its progress; the checkpoint alone is binding';
`;

/** Times in milliseconds, as of the moment at which it was said. */
export interface SyncStatus {
  position: BinlogPosition;
  /** How far the target was behind the source; null where nobody could say. */
  lagMs: number | null;
  behindBytes: number | null;
  changesPerSecond: number;
  /** Since the source had sent a change, and since it had sent anything; null where it had not. */
  unchangedMs: number | null;
  silentMs: number | null;
  /** How much the source's clock was ahead of the sync's. */
  clockAheadMs: number | null;
}

export interface ReportedSyncStatus extends SyncStatus {
  /** How long ago it was said. */
  ageMs: number;
}

export async function writeSyncStatus(
  target: TargetConnection,
  runId: string,
  status: SyncStatus,
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.sync_status (run_id, progress) VALUES ($1, $2)
     ON CONFLICT (run_id) DO UPDATE SET progress = excluded.progress, updated_at = clock_timestamp()`,
    [runId, JSON.stringify(status)],
  );
}

/** Null where no sync has said anything, or the ledger is older than the table. */
export async function readSyncStatus(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
): Promise<ReportedSyncStatus | null> {
  const { rows: there } = await target.query<{ there: boolean }>(
    "SELECT to_regclass('transfuse.sync_status') IS NOT NULL AS there",
  );
  if (!there[0]!.there) return null;
  const { rows } = await target.query<{ progress: SyncStatus; age: string }>(
    `SELECT progress, extract(epoch FROM clock_timestamp() - updated_at) * 1000 AS age
     FROM transfuse.sync_status WHERE run_id = $1`,
    [runId],
  );
  const row = rows[0];
  return row ? { ...row.progress, ageMs: Math.max(0, Math.round(Number(row.age))) } : null;
}
