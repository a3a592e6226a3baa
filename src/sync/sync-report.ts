/** What a sync tells while it runs and at its end. */
import type { BinlogPosition } from '../core/position.ts';
import type { Overwritten } from './apply/foreign-check.ts';
import type { SyncStatus } from '../ledger/sync-status.ts';
import type { RestoreFailure } from '../ledger/restore/restore-options.ts';

export interface SyncProgress extends SyncStatus {
  /** Since this command began. */
  transactions: number;
  rowChanges: number;
  /** Rows that others had written to the target, and that were overwritten. */
  overwritten: number;
  /** Read from the binlog and not yet applied. */
  queuedBytes: number;
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
  /** Rows that others had written to the target and that were overwritten, by table. They are kept in the ledger. */
  overwritten: Overwritten[];
  /** Tables that others may write to without being noticed. */
  unwatched: string[];
  openRejects: number;
  /** Documents that something is wrong with. */
  documentsNotFine: number;
  /** Objects that bulk had taken away and that are back now. */
  restored: number;
  restoreFailures: RestoreFailure[];
  /** What has not been put back, because the position at which bulk ended has not been passed. */
  away: number;
}
