/**
 * Loads one chunk after another on connections of its own: one lane of the load.
 *
 * Promises: a chunk's rows, its rejects and its ledger entry commit in one transaction or not at all (invariant 3), and every
 * row read is loaded, filtered or rejected (invariant 5). A lost connection of either side is made again and the chunk
 * starts from its beginning. Holds a few buffers of `BUFFER_BYTES`, whatever the size of rows and tables (invariant 7).
 */
import { BufferPool } from '../../streams/buffer-pool.ts';
import { RowSource } from '../../streams/row-source.ts';
import type { Rows } from '../../streams/rows.ts';
import type { DatabaseSettings, ExportSettings, Settings } from '../config/settings.ts';
import { failpoint } from '../core/failpoints.ts';
import { retry } from '../core/retry.ts';
import { claimChunk, finishChunk } from '../ledger/loads.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { READ_BYTES } from '../mysql/transport.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { AttemptProgress } from './attempt-progress.ts';
import { copyCarefully } from './careful-copy.ts';
import { ChunkArchive } from './chunk-archive.ts';
import { checkCounts } from './chunk-counts.ts';
import { explainFailure } from './chunk-failure.ts';
import type { ChunkOutcome, ChunkProgress, ChunkTask, CopyResult } from './chunk-task.ts';
import { copyFast, NeedsCare } from './fast-copy.ts';
import { exportRowsOf, rejectRagged } from './export-chunk.ts';
import { checkSignature } from './field-signature.ts';
import { LaneConnections } from './lane-connections.ts';
import { watchLane } from './lane-watch.ts';
import { readStatements } from '../../streams/chunk-statements.ts';

const BUFFER_BYTES = 256 * 1024;
const MAX_FREE_BUFFERS = 8;

export interface LaneOptions {
  settings: Settings;
  /** The service database that the chunks go to. */
  target: DatabaseSettings;
  signal: AbortSignal;
  /** Finds the compiled mapping of a task. */
  planned(mapping: string): PlannedMapping;
  onProgress(progress: ChunkProgress): void;
  onRetry(warning: string): void;
}

type Way = 'fast' | 'careful';

export class ChunkLoader {
  readonly #options: LaneOptions;
  readonly #inputPool = new BufferPool(READ_BYTES, MAX_FREE_BUFFERS);
  readonly #pool = new BufferPool(BUFFER_BYTES, MAX_FREE_BUFFERS);
  readonly #connections: LaneConnections;
  readonly #archive: ChunkArchive;
  #rows: Rows | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { settings, target, signal, onRetry } = options;
    this.#archive = new ChunkArchive({ settings, signal, onRetry });
    this.#connections = new LaneConnections({
      source: settings.source,
      target,
      timeoutMs: settings.bulk.retryTimeoutMs,
      signal,
    });
  }

  /** Loads the chunk, with retries. Throws TransfuseError; the chunk is then as if it had never been begun. */
  async load(task: ChunkTask): Promise<ChunkOutcome> {
    const { settings, signal, onRetry } = this.#options;
    return retry(() => this.#attempt(task), {
      timeoutMs: settings.bulk.retryTimeoutMs,
      signal,
      subject: `chunk ${task.chunk} of ${task.mapping} from its beginning`,
      onRetry,
    });
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #attempt(task: ChunkTask): Promise<ChunkOutcome> {
    if (task.careful) return this.#commitChunk(task, 'careful');
    try {
      return await this.#commitChunk(task, 'fast');
    } catch (error) {
      if (!(error instanceof NeedsCare)) throw error;
      return this.#commitChunk(task, 'careful');
    }
  }

  async #commitChunk(task: ChunkTask, way: Way): Promise<ChunkOutcome> {
    const { settings, signal, onProgress } = this.#options;
    const progress = new AttemptProgress(task.mapping, onProgress);
    const target = await this.#connections.target();
    const stopWatching = watchLane({
      target,
      rows: () => this.#rows,
      isHeldUp: () => this.#archive.isStoring,
      timeoutMs: settings.bulk.retryTimeoutMs,
      signal,
    });
    try {
      const outcome = await inTransaction(target, () => this.#loadClaimed(target, task, way, progress));
      failpoint('bulk.after-chunk-commit');
      return outcome;
    } catch (error) {
      progress.takeBack();
      this.#connections.dropSource();
      throw error;
    } finally {
      stopWatching();
      this.#rows = null;
    }
  }

  async #loadClaimed(
    target: TargetConnection,
    task: ChunkTask,
    way: Way,
    progress: AttemptProgress,
  ): Promise<ChunkOutcome> {
    const { runId, mapping, chunk } = task;
    const isCareful = way === 'careful';
    const done = await claimChunk(target, runId, mapping, chunk);
    if (done) {
      progress.add(done.rowsRead, done.bytesRead);
      return { counts: done, careful: isCareful, times: { readMs: 0, encodeMs: 0, copyMs: 0 } };
    }
    failpoint('bulk.after-chunk-claimed');
    const copied = await this.#copy(target, task, way, progress);
    checkCounts(task, copied.counts);
    failpoint('bulk.before-chunk-finished');
    await finishChunk(target, runId, mapping, chunk, copied.counts);
    failpoint('bulk.before-chunk-commit');
    return { ...copied, careful: isCareful };
  }

  async #copy(
    target: TargetConnection,
    task: ChunkTask,
    way: Way,
    progress: AttemptProgress,
  ): Promise<CopyResult> {
    const { settings, signal } = this.#options;
    const planned = this.#options.planned(task.mapping);
    if (settings.exports) return this.#copyExport(target, task, way, progress, settings.exports);
    const source = await this.#connections.source();
    const statements = readStatements(planned, task.lower, task.upper);
    const rows = new RowSource({
      source,
      sql: statements.rows,
      table: planned.table.name,
      onFields: (fields) => checkSignature(planned.table.name, task.signature, fields),
      // Only the fast way gives buffers back: the other keeps rows until it knows that they are good.
      ...(way === 'fast' && { pool: this.#inputPool }),
    });
    this.#rows = rows;
    const copy = (): Promise<CopyResult> => this.#copyRows(rows, target, task, way, progress);
    try {
      if (statements.countUnread === null) return await copy();
      const unread = await countInSnapshot(source, statements.countUnread);
      progress.add(unread, 0);
      const { counts, times } = await copy();
      await source.query('COMMIT');
      const { rowsRead, rowsFiltered } = counts;
      return {
        counts: { ...counts, rowsRead: rowsRead + unread, rowsFiltered: rowsFiltered + unread },
        times,
      };
    } catch (error) {
      rows.destroy();
      throw error instanceof NeedsCare ? error : explainFailure(error, { task, source, signal });
    }
  }

  /** From the files of the chunk. A record with other fields than its table is a reject with its line. */
  async #copyExport(
    target: TargetConnection,
    task: ChunkTask,
    way: Way,
    progress: AttemptProgress,
    settings: ExportSettings,
  ): Promise<CopyResult> {
    const planned = this.#options.planned(task.mapping);
    const rows = await exportRowsOf(planned, task, settings);
    this.#rows = rows;
    try {
      const copied = await this.#copyRows(rows, target, task, way, progress);
      return await rejectRagged(target, task, rows.ragged, copied);
    } catch (error) {
      rows.destroy();
      const { signal } = this.#options;
      throw error instanceof NeedsCare ? error : explainFailure(error, { task, source: null, signal });
    }
  }

  async #copyRows(
    source: Rows,
    target: TargetConnection,
    task: ChunkTask,
    way: Way,
    progress: AttemptProgress,
  ): Promise<CopyResult> {
    const { settings, signal, planned } = this.#options;
    const { batchRows } = settings.bulk;
    const mapping = planned(task.mapping);
    const options = {
      source,
      target,
      planned: mapping,
      task,
      batchRows,
      onProgress: progress.add,
    };
    if (way === 'fast') {
      const tee = await this.#archive.tee(task, mapping.table);
      return copyFast({ ...options, tee, inputPool: this.#inputPool, pool: this.#pool, signal });
    }
    const since = performance.now();
    const counts = await copyCarefully(options);
    return { counts, times: { readMs: 0, encodeMs: 0, copyMs: performance.now() - since } };
  }
}

/** In the snapshot of the statements that follow, so that each row of the chunk is counted here or read then. */
async function countInSnapshot(source: SourceConnection, sql: string): Promise<number> {
  await source.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const [row] = await source.query<{ count: string }>(sql);
  return Number(row!.count);
}
