/** What a sync tells while it runs and at its end. */
import type { BinlogPosition } from '../core/position.ts';
import type { RestoreFailure } from '../ledger/restore/restore-options.ts';

export interface SyncProgress {
  position: BinlogPosition;
  /** Since this command began. */
  transactions: number;
  rowChanges: number;
  /** How far the target is behind the source; null while nobody can say, as when the source is silent. */
  lagMs: number | null;
  /** Read from the binlog and not yet applied. */
  queuedBytes: number;
  /** Of the binlog, from the last commit to where the source was when it was last asked; null where that is not known. */
  behindBytes: number | null;
  /** Since the source last said anything; null before it has. */
  silentMs: number | null;
}

export interface SyncObserver {
  onPhase(phase: string): void;
  /** Called a few times in a second at most. */
  onProgress(progress: SyncProgress): void;
  onNote(text: string): void;
  /** A fault that is waited for, and what is tried next. */
  onRetry(warning: string): void;
}

export interface SyncReport {
  runId: string;
  ended: 'at the goal' | 'stopped';
  position: BinlogPosition;
  transactions: number;
  rowChanges: number;
  elapsedMs: number;
  openRejects: number;
  /** Objects that bulk had taken away and that are back now. */
  restored: number;
  restoreFailures: RestoreFailure[];
  /** What has not been put back, because the position at which bulk ended has not been passed. */
  away: number;
}
