/**
 * From the items of the binlog stream to commits on the target. Promises: batches end at source-transaction boundaries only
 * and go to the target one at a time, in order, each with its checkpoint (invariant 4). While one is applied the next is
 * filled, so that a slow target makes batches larger instead of the lag; what is held is bounded by `maxBatchBytes` for each
 * of the two and by `streamFromBytes` for the transaction under way (invariant 7).
 */
import { PositionTracker } from '../../cdc/position-tracker.ts';
import type { RowsEvent } from '../../cdc/model.ts';
import type {
  SourceStatement,
  StreamItem,
  TransactionBegin,
  TransactionCommit,
} from '../../cdc/transaction-model.ts';
import { collectGarbage } from '../core/collect-garbage.ts';
import { TransfuseError } from '../core/errors.ts';
import type { BinlogPosition } from '../core/position.ts';
import type { ChangeTarget, Passage } from './schema/passage.ts';
import type { SyncBatch } from './sync-batch.ts';
import type { SyncLoopOptions } from './sync-loop-options.ts';

interface OpenTransaction {
  committedAtMs: number | null;
  rows: RowsEvent[];
  bytes: number;
  /** Parts of it have gone to the target. */
  isStreaming: boolean;
}

const TAKEN: StreamItem = { kind: 'rollback' };

export class SyncLoop {
  readonly #options: SyncLoopOptions;
  readonly #tracker: PositionTracker;
  #filling: SyncBatch;
  #spare: SyncBatch | null;
  #applying: Promise<void> | null = null;
  #transaction: OpenTransaction | null = null;
  #isTaking = false;
  #items: StreamItem[] = [];
  #failure: { error: unknown } | null = null;
  #isOver = false;
  #isAtGoal = false;
  #hasTriedRefused = false;
  /** Everything before it is on the target. */
  #held: BinlogPosition;
  #isStopping = false;
  /** The loop has ended behind a change of the target: it goes on with a new plan. */
  hasChanged = false;
  /** There is a position that the target does not know. */
  #hasMoved = false;
  #lastCheckpointAtMs = performance.now();
  #wake: (() => void) | null = null;

  constructor(options: SyncLoopOptions) {
    this.#options = options;
    this.#tracker = new PositionTracker(options.from);
    this.#held = options.from;
    if (options.isGoal?.(this.#tracker)) this.#isAtGoal = true;
    [this.#filling, this.#spare] = options.batches;
  }

  /** Everything up to here has been taken in, and is on the target once the loop has ended. */
  get position(): BinlogPosition {
    return this.#tracker.position();
  }

  /** Nothing waits but what is being applied. */
  get hasNothingWaiting(): boolean {
    return !this.#transaction && this.#filling.transactions === 0 && this.#items.length === 0;
  }

  /** Ends the loop at the last whole transaction that has been taken in. */
  stop(): void {
    this.#isStopping = true;
    this.#news();
  }

  /** Resolves when the goal is on the target, or after `stop`. Rejects with what the stream, the sink, or a statement threw. */
  async run(): Promise<void> {
    try {
      while (!this.#isOver && !this.#isStopping) {
        const items = this.#items;
        this.#items = [];
        for (let index = 0; index < items.length; index++) {
          const item = items[index]!;
          // What is large is not to be held until the last of them has been taken in.
          items[index] = TAKEN;
          // Most items need not be waited for, and there may be a hundred thousand in a second.
          const isWaitedFor = this.#takeIn(item);
          if (isWaitedFor) await isWaitedFor;
          if (this.#isOver || this.#isStopping) break;
        }
        this.#throwFailure();
        if (this.#isAtGoal && !this.#isOver) await this.#endIfRefreshed();
        this.#applyIfDue();
        if (this.#items.length === 0 && !this.#isOver && !this.#isStopping) await this.#waitForNews();
      }
      await this.#drain();
    } finally {
      await this.#applying;
    }
    this.#throwFailure();
  }

  #takeIn(item: StreamItem): Promise<void> | void {
    switch (item.kind) {
      case 'begin':
        this.#transaction = {
          committedAtMs: item.commitTimestampMs,
          rows: [],
          bytes: 0,
          isStreaming: false,
        };
        return this.#begin(item);
      case 'rows':
        return this.#rows(item.rows);
      case 'commit':
        return this.#commit(item);
      case 'rollback':
        return this.#rollBack();
      case 'statement':
        return this.#statement(item);
      case 'position':
        return this.#advance(item);
      case 'server':
        return this.#tracker.advance(item);
    }
  }

  #begin(item: TransactionBegin): Promise<void> | void {
    const work = this.#options.onBegin(item);
    if (work) return this.#drain().then(work);
  }

  #rollBack(): Promise<void> | void {
    const isStreaming = this.#transaction?.isStreaming === true;
    this.#transaction = null;
    if (!isStreaming) return;
    this.#filling.clear();
    return this.#options.sink.rollBackParts();
  }

  #advance(item: StreamItem): void {
    this.#tracker.advance(item);
    this.#hasMoved = true;
    if (this.#options.isGoal?.(this.#tracker)) this.#isAtGoal = true;
  }

  async #endIfRefreshed(): Promise<void> {
    if (this.#transaction) return;
    await this.#drain();
    const { refresher } = this.#options;
    if (!refresher.isPending && !this.#hasTriedRefused) {
      this.#hasTriedRefused = true;
      refresher.tryRefused();
    }
    if (!refresher.isPending) this.#isOver = true;
  }

  #rows(rows: RowsEvent): Promise<void> | void {
    const transaction = this.#transaction!;
    transaction.rows.push(rows);
    transaction.bytes += rows.body.length;
    if (transaction.bytes >= this.#options.streamFromBytes) return this.#streamPart(transaction);
  }

  async #streamPart(transaction: OpenTransaction): Promise<void> {
    if (!transaction.isStreaming) {
      await this.#drain();
      transaction.isStreaming = true;
    }
    this.#pour(transaction);
    await this.#options.sink.applyPart(this.#filling.changes);
    this.#filling.changes.clear();
    collectGarbage();
  }

  /** Decodes what is held of the transaction. */
  #pour(transaction: OpenTransaction): void {
    const { decoder } = this.#options;
    const batch = this.#filling;
    for (const rows of transaction.rows) batch.rowChanges += decoder.decode(rows, batch.changes);
    transaction.rows = [];
    transaction.bytes = 0;
  }

  #commit(item: TransactionCommit): Promise<void> | void {
    const transaction = this.#transaction!;
    const batch = this.#filling;
    this.#pour(transaction);
    this.#transaction = null;
    this.#advance(item);
    batch.transactions++;
    batch.openedAtMs ??= performance.now();
    batch.committedAtMs = transaction.committedAtMs ?? batch.committedAtMs;
    batch.changes.endTransaction(item.end);
    if (transaction.isStreaming) return this.#drain();
    if (batch.changes.bytes < this.#options.maxBatchBytes) return this.#applyIfDue();
    return this.#applyFull();
  }

  async #applyFull(): Promise<void> {
    await this.#applying;
    this.#throwFailure();
    this.#startApplying();
  }

  async #statement(item: SourceStatement): Promise<void> {
    const { concerns, onStatement } = this.#options;
    let passage: Exclude<Passage, { kind: 'stop' }> = { kind: 'pass' };
    if (concerns(item)) {
      await this.#drain();
      passage = await onStatement(item);
    }
    if (passage.kind === 'change' && item.inTransaction) throw changeInTransaction(item);
    if (item.inTransaction) return;
    this.#advance(item);
    if (passage.kind === 'change') return this.#change(passage.work, item);
    if (passage.kind === 'pass') return;
    const batch = this.#filling;
    for (const mapping of passage.mappings) batch.changes.truncate(mapping);
    batch.transactions++;
    batch.committedAtMs = item.commitTimestampMs;
    batch.changes.endTransaction(item.end);
    await this.#drain();
  }

  async #change(work: (target: ChangeTarget) => Promise<void>, item: SourceStatement): Promise<void> {
    const position = this.#tracker.position();
    await this.#options.sink.change(work, {
      position,
      committedAtMs: item.commitTimestampMs,
      transactions: 1,
    });
    this.#hasMoved = false;
    this.#options.onCommitted(position, this.#filling);
    this.hasChanged = this.#isOver = true;
  }

  #applyIfDue(): void {
    const { batchRows, maxAgeMs, idleCheckpointMs } = this.#options;
    if (this.#applying || this.#transaction?.isStreaming) return;
    if (this.#refreshIfDue()) return;
    const { transactions, rowChanges, openedAtMs } = this.#filling;
    const now = performance.now();
    const isDue =
      transactions > 0
        ? rowChanges >= batchRows || now - openedAtMs! >= maxAgeMs
        : this.#hasMoved && now - this.#lastCheckpointAtMs >= idleCheckpointMs;
    if (isDue) this.#startApplying();
  }

  #refreshIfDue(): boolean {
    const { refresher } = this.#options;
    const isAllHeld = this.#filling.transactions === 0 && !this.#transaction;
    const held = isAllHeld ? this.#tracker.position() : this.#held;
    if (!refresher.isDue(held)) return false;
    const ended = (): void => {
      this.#applying = null;
      this.#news();
    };
    this.#applying = refresher.step(held).then(ended, (error: unknown) => {
      // What a stop cuts off is in the ledger still.
      if (!this.#isStopping) this.#failure ??= { error };
      ended();
    });
    return true;
  }

  #startApplying(): void {
    const batch = this.#filling;
    const position = this.#tracker.position();
    this.#filling = this.#spare!;
    this.#spare = null;
    this.#hasMoved = false;
    this.#lastCheckpointAtMs = performance.now();
    this.#applying = this.#apply(batch, position).then(
      () => this.#applied(batch),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#applied(batch);
      },
    );
  }

  async #apply(batch: SyncBatch, position: BinlogPosition): Promise<void> {
    const { committedAtMs, transactions } = batch;
    await this.#options.sink.apply(batch.changes, { position, committedAtMs, transactions });
    this.#held = position;
    this.#options.onCommitted(position, batch);
  }

  #applied(batch: SyncBatch): void {
    batch.clear();
    this.#spare = batch;
    this.#applying = null;
    this.#news();
  }

  /** Everything that was taken in, and its position, is on the target when this resolves. */
  async #drain(): Promise<void> {
    await this.#applying;
    this.#throwFailure();
    if (this.#filling.transactions === 0 && !this.#hasMoved) return;
    this.#startApplying();
    await this.#applying;
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Waits for items, for the end of what is applied, for the age of the batch, or for `stop`. */
  async #waitForNews(): Promise<void> {
    if (!this.#isTaking) this.#receive();
    const { maxAgeMs, idleCheckpointMs } = this.#options;
    const { openedAtMs } = this.#filling;
    const dueAtMs = openedAtMs === null ? this.#lastCheckpointAtMs + idleCheckpointMs : openedAtMs + maxAgeMs;
    await new Promise<void>((resolve) => {
      const isTimed = !this.#applying && (openedAtMs !== null || this.#hasMoved);
      const wakeAtMs = Math.min(isTimed ? dueAtMs : Infinity, this.#refreshAtMs());
      const timer =
        wakeAtMs < Infinity ? setTimeout(resolve, Math.max(0, wakeAtMs - performance.now())) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#items.length > 0 || this.#failure || this.#isStopping || this.#isOver) this.#news();
    });
    this.#wake = null;
  }

  /** What waits for a position is woken by what arrives. */
  #refreshAtMs(): number {
    const { refresher } = this.#options;
    const waits = !this.#applying && refresher.notBeforeMs > performance.now();
    return waits ? refresher.notBeforeMs : Infinity;
  }

  #receive(): void {
    this.#isTaking = true;
    const received = (items: StreamItem[]): void => {
      this.#isTaking = false;
      this.#items = items;
      this.#news();
    };
    void this.#options.stream.take().then(received, (error: unknown) => {
      this.#failure ??= { error };
      received([]);
    });
  }

  #news(): void {
    this.#wake?.();
  }
}

/** It is committed with the transaction that it stands in, of which the position is not known yet. */
function changeInTransaction({ start }: SourceStatement): TransfuseError {
  return new TransfuseError(
    'CDC_EVENT_UNSUPPORTED',
    `A definition stands within a transaction at ${start.file}:${start.offset} of the binlog.`,
  );
}
