/**
 * Loads one chunk after another on connections of its own: one lane of the load.
 *
 * Promises: a chunk's rows, its rejects and its ledger entry commit in one transaction or not at all (invariant 3), and every
 * row read is loaded, filtered or rejected (invariant 5). A lost connection of either side is made again and the chunk
 * starts from its beginning. Holds a few buffers of `BUFFER_BYTES`, whatever the size of rows and tables (invariant 7).
 */
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CopySink } from '../../streams/copy-sink.ts';
import { BufferPool } from '../../streams/buffer-pool.ts';
import { EncodeStage } from '../../streams/encode.ts';
import { RowSource } from '../../streams/row-source.ts';
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import { ValueRefused } from '../core/reject-reasons.ts';
import { retry } from '../core/retry.ts';
import { claimChunk, finishChunk, type ChunkCounts } from '../ledger/loads.ts';
import { recordRejects, type RejectedRow } from '../ledger/rejects.ts';
import { encodeCarefully, splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError, targetErrorKind } from '../postgres/errors.ts';
import { copyCarefully } from './careful-copy.ts';
import type { ChunkOutcome, ChunkProgress, ChunkTask, StageTimes } from './chunk-task.ts';
import { checkSignature } from './field-signature.ts';
import { wireBytes, watchForStall } from './stall-watch.ts';
import { copyStatement, selectStatement } from './statements.ts';

const BUFFER_BYTES = 256 * 1024;
const MAX_FREE_BUFFERS = 8;
const SETTLE_TIMEOUT_MS = 5_000;
/** Beyond this, rejects of a chunk are not collected while COPY runs, but written in between by the careful way. */
const MAX_COLLECTED_REJECT_BYTES = 2 * 1024 * 1024;

/** The chunk has to be loaded again, row by row where need be. */
class NeedsCare extends Error {}

export interface LaneOptions {
  settings: Settings;
  /** The service database that the chunks go to. */
  target: DatabaseSettings;
  signal: AbortSignal;
  /** Finds the compiled mapping of a task. */
  planned(mapping: string): PlannedMapping;
  onProgress(progress: ChunkProgress): void;
  onRetry(error: TransfuseError, task: ChunkTask): void;
}

type Attempt = Omit<ChunkOutcome, 'alreadyDone' | 'careful'>;

export class ChunkLoader {
  readonly #options: LaneOptions;
  readonly #pool = new BufferPool(BUFFER_BYTES, MAX_FREE_BUFFERS);
  #source: SourceConnection | null = null;
  #target: TargetConnection | null = null;
  #rows: RowSource | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Loads the chunk, with retries. Throws TransfuseError; the chunk is then as if it had never been begun. */
  async load(task: ChunkTask): Promise<ChunkOutcome> {
    const { settings, signal, onRetry } = this.#options;
    return retry(() => this.#attempt(task), {
      timeoutMs: settings.bulk.retryTimeoutMs,
      signal,
      onRetry: (error) => onRetry(error, task),
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#source?.close(), this.#target?.close()]);
  }

  async #attempt(task: ChunkTask): Promise<ChunkOutcome> {
    if (!task.careful) {
      try {
        return await this.#transaction(task, false, (planned, progress) =>
          this.#copyFast(task, planned, progress),
        );
      } catch (error) {
        if (!(error instanceof NeedsCare)) throw error;
      }
    }
    return this.#transaction(task, true, (planned, progress) => this.#copyWithCare(task, planned, progress));
  }

  async #transaction(
    task: ChunkTask,
    careful: boolean,
    copy: (planned: PlannedMapping, progress: (rows: number, bytes: number) => void) => Promise<Attempt>,
  ): Promise<ChunkOutcome> {
    const planned = this.#options.planned(task.mapping);
    let reported = { rows: 0, bytes: 0 };
    const progress = (rows: number, bytes: number) => {
      reported = { rows: reported.rows + rows, bytes: reported.bytes + bytes };
      this.#options.onProgress({ mapping: task.mapping, rows, bytes });
    };
    let stopWatching = (): void => undefined;
    try {
      const target = await this.#openTarget();
      stopWatching = this.#watch(target);
      await target.query('BEGIN');
      const done = await claimChunk(target, task.runId, task.mapping, task.chunk);
      if (done) {
        await target.query('ROLLBACK');
        progress(done.rowsRead, done.bytesRead);
        return { counts: done, alreadyDone: true, careful, times: { readMs: 0, encodeMs: 0, copyMs: 0 } };
      }
      failpoint('bulk.after-chunk-claimed');
      const attempt = await copy(planned, progress);
      checkCounts(task, attempt.counts);
      failpoint('bulk.before-chunk-finished');
      await finishChunk(target, task.runId, task.mapping, task.chunk, attempt.counts);
      failpoint('bulk.before-chunk-commit');
      await target.query('COMMIT');
      failpoint('bulk.after-chunk-commit');
      return { ...attempt, alreadyDone: false, careful };
    } catch (error) {
      progress(-reported.rows, -reported.bytes);
      this.#dropSource();
      await this.#rollBack();
      throw error;
    } finally {
      stopWatching();
      this.#rows = null;
    }
  }

  /**
   * Gives up the side that has let the chunk wait without a sign of life, as if its connection had been lost; and after an
   * interruption a target that does not come to an end.
   */
  #watch(target: TargetConnection): () => void {
    const { signal } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => target.abandon(), SETTLE_TIMEOUT_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const stopWatching = watchForStall({
      timeoutMs: this.#options.settings.bulk.retryTimeoutMs,
      progress: () => wireBytes(target.client) + (this.#rows?.bytesRead ?? 0),
      onStall: () => {
        if (this.#rows?.isWaiting) {
          this.#rows.destroy(
            new TransfuseError('SOURCE_LOST', 'The source has sent nothing for too long.', {
              transient: true,
            }),
          );
        } else target.abandon();
      },
    });
    return () => {
      stopWatching();
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  }

  async #copyFast(
    task: ChunkTask,
    planned: PlannedMapping,
    progress: (rows: number, bytes: number) => void,
  ): Promise<Attempt> {
    const { compiled } = planned;
    const rejects: RejectedRow[] = [];
    let rejectBytes = 0;
    const source = await this.#rowSource(task, planned);
    const encode = new EncodeStage({
      compiled,
      pool: this.#pool,
      batchRows: this.#options.settings.bulk.batchRows,
      onRefused: (payload) => {
        rejectBytes += payload.length;
        if (rejectBytes > MAX_COLLECTED_REJECT_BYTES) throw new NeedsCare();
        rejects.push(explainRefusal(task, planned, payload));
      },
    });
    let reportedBytes = 0;
    const sink = new CopySink({
      client: this.#target!.client,
      sql: copyStatement(planned),
      pool: this.#pool,
      onBatch: (batch) => {
        failpoint('bulk.in-copy');
        progress(batch.rows, source.bytesRead - reportedBytes);
        reportedBytes = source.bytesRead;
      },
    });
    try {
      await pipeline(source, encode, sink, { signal: this.#options.signal });
    } catch (error) {
      await this.#settle(sink);
      throw this.#explainFailure(error, task);
    }
    if (sink.rowsCopied !== encode.rowsEncoded) {
      throw countsDiffer(
        task,
        `the target took ${sink.rowsCopied} rows of ${encode.rowsEncoded} that were sent`,
      );
    }
    progress(encode.rowsFiltered + encode.rowsRefused, source.bytesRead - reportedBytes);
    await recordRejects(this.#target!, task.runId, task.mapping, task.chunk, rejects);
    return {
      counts: {
        rowsRead: source.rowsRead,
        rowsLoaded: encode.rowsEncoded,
        rowsFiltered: encode.rowsFiltered,
        rowsRejected: rejects.length,
        bytesRead: source.bytesRead,
        bytesWritten: encode.bytesEncoded,
      },
      times: { readMs: source.waitMs, encodeMs: encode.busyMs, copyMs: sink.waitMs },
    };
  }

  async #copyWithCare(
    task: ChunkTask,
    planned: PlannedMapping,
    progress: (rows: number, bytes: number) => void,
  ): Promise<Attempt> {
    const source = await this.#rowSource(task, planned);
    const since = performance.now();
    try {
      const counts = await copyCarefully({
        source,
        target: this.#target!,
        planned,
        task,
        batchRows: this.#options.settings.bulk.batchRows,
        onProgress: progress,
      });
      const times: StageTimes = { readMs: 0, encodeMs: 0, copyMs: performance.now() - since };
      return { counts, times };
    } catch (error) {
      source.destroy();
      throw this.#explainFailure(error, task);
    }
  }

  async #rowSource(task: ChunkTask, planned: PlannedMapping): Promise<RowSource> {
    return (this.#rows = new RowSource({
      source: await this.#openSource(),
      sql: selectStatement(planned, task.lower, task.upper),
      table: planned.table.name,
      onFields: (fields) => checkSignature(planned.table.name, task.signature, fields),
    }));
  }

  /** A target that does not answer the end of its COPY is left behind: the server rolls back what was open. */
  async #settle(sink: CopySink): Promise<void> {
    const timeout = new AbortController();
    const late = sleep(SETTLE_TIMEOUT_MS, true, { signal: timeout.signal }).catch(() => false);
    const gaveUp = await Promise.race([sink.settled.then(() => false), late]);
    timeout.abort();
    if (!gaveUp) return;
    this.#target?.destroy();
    this.#target = null;
  }

  /** Tells a bad row, which asks for care, from everything else. */
  #explainFailure(error: unknown, task: ChunkTask): unknown {
    if (error instanceof TransfuseError || error instanceof NeedsCare) return error;
    if (this.#options.signal.aborted) return new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
    if (error instanceof ValueRefused) return new NeedsCare();
    // One side ends the other: where the source broke, the target's complaint is only its echo.
    if (this.#source?.isLost) {
      return new TransfuseError('SOURCE_LOST', 'The connection to the source was lost.', { transient: true });
    }
    if (!task.careful && targetErrorKind(error) === 'data') return new NeedsCare();
    return classifyTargetError(error, { action: `load chunk ${task.chunk} of ${task.mapping}` });
  }

  async #openSource(): Promise<SourceConnection> {
    const { settings, signal } = this.#options;
    if (this.#source?.isLost) this.#dropSource();
    return (this.#source ??= await openSource(settings.source, { purpose: 'bulk reader', signal }));
  }

  async #openTarget(): Promise<TargetConnection> {
    if (!this.#target || this.#target.isLost) {
      this.#target?.destroy();
      this.#target = await openTarget(this.#options.target, {
        applicationName: 'transfuse bulk lane',
        signal: this.#options.signal,
      });
    }
    return this.#target;
  }

  /** A result set that was not read to its end cannot be left: its connection is given up. */
  #dropSource(): void {
    this.#source?.destroy();
    this.#source = null;
  }

  async #rollBack(): Promise<void> {
    try {
      if (this.#target && !this.#target.isLost) await this.#target.query('ROLLBACK');
    } catch {
      this.#target?.destroy();
      this.#target = null;
    }
  }
}

function explainRefusal(task: ChunkTask, planned: PlannedMapping, payload: Buffer): RejectedRow {
  const { compiled } = planned;
  const values = splitRow(payload, 0, compiled.sourceColumns.length);
  const scratch = Buffer.allocUnsafe(compiled.maxRowBytes(payload.length));
  const refusal = encodeCarefully(compiled, values, scratch, 0);
  // The careful encoder refuses whatever the fast one does; without a reason the row must not be passed over.
  if (typeof refusal === 'string' || !('reason' in refusal)) throw new NeedsCare();
  return {
    columns: compiled.sourceColumns.map((column) => column.name),
    values,
    keyColumns: task.keyColumns,
    reason: refusal.reason,
    column: refusal.column,
    sqlState: null,
  };
}

function checkCounts(task: ChunkTask, counts: ChunkCounts): void {
  const accounted = counts.rowsLoaded + counts.rowsFiltered + counts.rowsRejected;
  if (accounted !== counts.rowsRead) {
    throw countsDiffer(task, `${counts.rowsRead} rows were read and ${accounted} are accounted for`);
  }
}

function countsDiffer(task: ChunkTask, what: string): TransfuseError {
  return new TransfuseError('COUNTS_DIFFER', `Chunk ${task.chunk} of ${task.mapping}: ${what}.`, {
    where: { mapping: task.mapping, chunk: task.chunk },
  });
}
