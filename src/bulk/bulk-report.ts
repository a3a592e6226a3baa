import type { BinlogPosition } from '../core/position.ts';
import type { LoadTotals } from '../ledger/loads.ts';
import type { RestoreFailure } from '../ledger/restore/restore-options.ts';
import type { ObjectAway } from '../ledger/saved-objects.ts';
import type { ChunkProgress, StageTimes } from './chunk-task.ts';

export type BulkPhase =
  'planning' | 'loading rows' | 'restoring indexes and constraints' | 'retrying rejects';

/** Told what happens while it happens. Called from the load's own thread; must not throw. */
export interface BulkObserver {
  onPhase(phase: BulkPhase): void;
  onTable(table: {
    mapping: string;
    rowEstimate: number;
    before: { rows: number; rejected: number; filtered: number };
  }): void;
  onTableDone(mapping: string): void;
  /** While a chunk is read. All rows read count as loaded, until its outcome is known. */
  onProgress(progress: ChunkProgress): void;
  /** What changes by the outcome of a chunk, or of rejects that were retried. */
  onOutcome(change: { mapping: string; rows: number; rejected: number; filtered: number }): void;
  /** Something the operator should know; no fault. */
  onNote(text: string): void;
  /** A fault that is being mended by trying again. */
  onRetry(warning: string): void;
}

/** What this call did to a table, beside what earlier ones had done. */
export interface LoadedNow {
  rowsNow: number;
  elapsedMs: number;
}

export interface BulkReport {
  runId: string;
  startPosition: BinlogPosition | null;
  elapsedMs: number;
  tables: (LoadTotals & LoadedNow)[];
  restored: number;
  restoreFailures: RestoreFailure[];
  /** What sync puts back, once it has applied what changed at the source while the rows were read. */
  waitingForSync: ObjectAway[];
  times: StageTimes & { indexMs: number; constraintMs: number };
}
