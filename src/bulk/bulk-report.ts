import type { BinlogPosition } from '../core/position.ts';
import type { LoadTotals } from '../ledger/loads.ts';
import type { ChunkProgress, StageTimes } from './chunk-task.ts';
import type { RestoreFailure } from './restore.ts';

/** Told what happens while it happens. Called from the load's own thread; must not throw. */
export interface BulkObserver {
  onPhase(phase: string): void;
  onTable(table: {
    mapping: string;
    rowEstimate: number;
    loadedBefore: { rows: number; rejected: number };
  }): void;
  onTableState(mapping: string, state: 'done'): void;
  onProgress(progress: ChunkProgress): void;
  onChunk(chunk: { mapping: string; rejected: number }): void;
  /** Something the operator should know; no fault. */
  onNote(text: string): void;
  /** A fault that is being mended by trying again. */
  onRetry(text: string): void;
}

export interface BulkReport {
  runId: string;
  startPosition: BinlogPosition | null;
  elapsedMs: number;
  tables: (LoadTotals & { elapsedMs: number })[];
  restored: number;
  restoreFailures: RestoreFailure[];
  times: StageTimes & { indexMs: number; constraintMs: number };
}
