/** What the loop of a sync works with: where changes come from, where they go, and when. */
import type { SourceStatement, StreamItem, TransactionBegin } from '../../cdc/transaction-model.ts';
import type { BinlogPosition, ReachedPlace } from '../core/position.ts';
import type { ChangeBatch } from './change-batch.ts';
import type { RowsDecoder } from './rows-decoder.ts';
import type { ChangeTarget, Passage } from './schema/passage.ts';
import type { SyncBatch } from './sync-batch.ts';

/** What is written with the rows, in the same transaction. */
export interface CheckpointUpdate {
  position: BinlogPosition;
  /** When the source committed the last of the transactions; null where it did not say. */
  committedAtMs: number | null;
  transactions: number;
}

/** Brings changes to the target. Each call ends before the next begins. */
export interface ChangeSink {
  /** A batch and its checkpoint, in one transaction. */
  apply(changes: ChangeBatch, checkpoint: CheckpointUpdate): Promise<void>;
  /** A part of a source transaction that is too large to hold: opens the transaction, or goes on with it. */
  applyPart(changes: ChangeBatch): Promise<void>;
  /** A change of the target that is none of rows, and the checkpoint behind it, in one transaction. */
  change(work: (target: ChangeTarget) => Promise<void>, checkpoint: CheckpointUpdate): Promise<void>;
  /** The source has rolled that transaction back. */
  rollBackParts(): Promise<void>;
}

export interface SyncLoopOptions {
  stream: { take(): Promise<StreamItem[]> };
  from: BinlogPosition;
  sink: ChangeSink;
  decoder: RowsDecoder;
  /** Two: one is filled while the other is applied. */
  batches: readonly [SyncBatch, SyncBatch];
  /** Applied at once when it holds so many row changes and the target is free … */
  batchRows: number;
  /** … or when its first transaction has waited so long … */
  maxAgeMs: number;
  /** … and waited for when it has become so large. */
  maxBatchBytes: number;
  /** A transaction beyond this goes to the target before its end is known. */
  streamFromBytes: number;
  /** How often a position is noted while nothing changes. */
  idleCheckpointMs: number;
  /** Whether a statement is to be decided on. */
  concerns(statement: SourceStatement): boolean;
  /**
   * Called when everything before the statement is on the target. What it throws ends the loop before the statement; a change of
   * the target ends it behind, since the plan is another one then.
   */
  onStatement(statement: SourceStatement): Promise<Exclude<Passage, { kind: 'stop' }>>;
  /** What has to be done between what was taken in so far, which is on the target then, and this transaction; null for nothing. */
  onBegin(transaction: TransactionBegin): (() => Promise<void>) | null;
  /** Called at each boundary that is on the target. The batch is void afterwards. */
  onCommitted(position: BinlogPosition, batch: SyncBatch): void;
  /** Makes rows anew that changes have touched, between batches. */
  refresher: LoopRefresher;
  /** Where the loop ends, at the first boundary that it holds for and when nothing is left to be made anew; never without it. */
  isGoal?: (reached: ReachedPlace) => boolean;
}

export interface LoopRefresher {
  readonly isPending: boolean;
  /** By performance.now(). */
  readonly notBeforeMs: number;
  /** Whether there is something to do once everything before the position is on the target. */
  isDue(position: BinlogPosition): boolean;
  /** To be called while nothing is applied, with the position that the target holds. */
  step(position: BinlogPosition): Promise<void>;
  /** Called once, at the goal with nothing left: there may be more to do then. */
  tryRefused(): void;
}
