/**
 * The bulk load: moves every planned table once, at full speed, and can be stopped and started again at any moment.
 *
 * Promises: P0 is in the ledger before the first row is read (invariant 2); each chunk is loaded exactly once (3); rows read =
 * loaded + filtered + rejected for each table (5); one writer (8). At its end keys, plain indexes, identities and statistics are
 * as before the load, and so is the rest where the source has not moved; else it is left to sync, and named. Does not promise a snapshot of the source: rows changed
 * while it reads are brought up to date by sync.
 */
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import { readCheckpoint } from '../ledger/checkpoints.ts';
import { chunksOf, readLoads, readTotals, setLoadState, type Load } from '../ledger/loads.ts';
import type { Run } from '../ledger/runs.ts';
import { WriterSession } from '../ledger/writer-session.ts';
import { readBinlogRetention } from '../mysql/binlog-retention.ts';
import type { BulkSource } from './bulk-source.ts';
import { ExportSource } from './export-source.ts';
import { ServerSource } from './server-source.ts';
import { placeInArchive } from './archive-rows.ts';
import { analyzeTables } from './analyze-tables.ts';
import type { BulkContext, BulkOptions } from './bulk-context.ts';
import type { BulkReport } from './bulk-report.ts';
import type { ChunkTask, StageTimes } from './chunk-task.ts';
import { ControlSource } from '../mysql/control-source.ts';
import { stoppedAtReject } from './fail-fast.ts';
import { finishTable } from './finish-table.ts';
import { watchForOthers } from './watch-for-others.ts';
import { openLanes } from './lane-pool.ts';
import { runLanes } from './lanes.ts';
import { checkTarget, openRun } from './open-run.ts';
import { planLoads, type WorkingLoad } from './plan-loads.ts';
import { beginsAnew, prepareTables } from './prepare-tables.ts';
import { putBack } from './put-back.ts';
import { refuseSeparatedTables } from './refuse-separated-tables.ts';
import { readRetentionIfPossible, watchRetention } from './retention-watch.ts';
import { retryTables } from './retry-tables.ts';
import { waitUntilVisible } from '../mysql/start-position.ts';
import { targetTables } from './target-tables.ts';

/** Loads what the plan holds. Throws TransfuseError; whatever was committed by then is kept, and the same call goes on from there. */
export async function runBulk(options: BulkOptions): Promise<BulkReport> {
  const { settings, signal, observer } = options;
  const session = await WriterSession.open({
    settings: options.target,
    command: 'bulk',
    signal,
    retryTimeoutMs: settings.bulk.retryTimeoutMs,
    onRetry: (warning) => observer.onRetry(warning),
  });
  const stop = new AbortController();
  try {
    const load = new BulkLoad(
      options,
      session,
      AbortSignal.any([signal, session.lockLost, stop.signal]),
      stop,
    );
    return await load.run();
  } catch (error) {
    if (stop.signal.reason instanceof TransfuseError) throw stop.signal.reason;
    if (session.lockLost.aborted) throw session.lockLost.reason;
    throw error;
  } finally {
    await session.close();
  }
}

class BulkLoad {
  readonly #options: BulkOptions;
  readonly #session: WriterSession;
  readonly #signal: AbortSignal;
  readonly #stop: AbortController;
  readonly #startedAt = performance.now();
  readonly #times: StageTimes = { readMs: 0, encodeMs: 0, copyMs: 0 };
  readonly #rowsNow = new Map<string, number>();
  readonly #elapsedMs = new Map<string, number>();
  readonly #careful = new Set<string>();

  constructor(options: BulkOptions, session: WriterSession, signal: AbortSignal, stop: AbortController) {
    this.#options = options;
    this.#session = session;
    this.#signal = signal;
    this.#stop = stop;
  }

  async run(): Promise<BulkReport> {
    const { plan } = this.#options;
    const source = await this.#openSource();
    let stopWatching = (): void => undefined;
    try {
      const context: BulkContext = {
        options: this.#options,
        session: this.#session,
        source,
        signal: this.#signal,
      };
      const { run: opened, loads } = await openRun(context, await checkTarget(context));
      const anew = beginsAnew(this.#options, loads);
      if (!anew) await refuseSeparatedTables(context, opened, loads);
      // Where the position is gone already, nothing may be emptied, unless a new one takes its place.
      if (!anew) stopWatching = await this.#watchRetention(context, opened, loads);
      const run = await prepareTables(context, opened, loads);
      if (anew) stopWatching = await this.#watchRetention(context, run, loads);
      const { working, start } = await planLoads(context, run, loads);
      for (const load of working) if (load.tasks.length === 0) await this.#finishLoad(run.id, load);
      if (start) await waitUntilVisible(start, this.#signal);
      await this.#placeInArchive(run.id, working);
      await source.release();
      await this.#loadRows(working);
      await this.#checkUnchanged(source, working);
      if (this.#options.retryRejects) await retryTables(context, run);
      const { report: restored, waitingForSync } = await putBack(context, run);
      await this.#completeLoads(run);
      const totals = await this.#session.run((target) => readTotals(target, run.id));
      const chosen = new Set(plan.mappings.map(({ mapping }) => mapping.id));
      return {
        runId: run.id,
        startPosition: run.startPosition,
        elapsedMs: performance.now() - this.#startedAt,
        tables: totals
          .filter((total) => chosen.has(total.mapping))
          .map((total) => ({
            ...total,
            rowsNow: this.#rowsNow.get(total.mapping) ?? 0,
            elapsedMs: this.#elapsedMs.get(total.mapping) ?? 0,
          })),
        restored: restored.restored,
        restoreFailures: restored.failures,
        waitingForSync,
        times: { ...this.#times, indexMs: restored.indexMs, constraintMs: restored.constraintMs },
      };
    } finally {
      stopWatching();
      await source.release();
    }
  }

  async #openSource(): Promise<BulkSource> {
    const { settings, observer } = this.#options;
    if (settings.exports) return ExportSource.open(settings.exports);
    const server = await ControlSource.open({
      settings: settings.source,
      signal: this.#signal,
      retryTimeoutMs: settings.bulk.retryTimeoutMs,
      onRetry: (warning) => observer.onRetry(warning),
    });
    return new ServerSource(server, settings.bulk.chunkRows);
  }

  /** From where sync will go on. Returns how to stop it. */
  async #watchRetention(
    { options, session, source }: BulkContext,
    { id, startPosition }: Run,
    loads: ReadonlyMap<string, Load>,
  ): Promise<() => void> {
    if (options.noSync || startPosition === null) return () => undefined;
    const position = (await session.run((target) => readCheckpoint(target, id)))?.position ?? startPosition;
    const bytes = options.plan.mappings
      .filter(({ mapping }) => options.replace || loads.get(mapping.id)?.state !== 'complete')
      .reduce((sum, { table }) => sum + table.dataBytes, 0);
    return source.server!.run(async (connection) =>
      watchRetention(
        {
          position,
          read: () => readRetentionIfPossible(options.settings.source, this.#signal),
          onNote: (text) => options.observer.onNote(text),
          onPurged: (error) => this.#stop.abort(error),
        },
        await readBinlogRetention(connection),
        bytes,
      ),
    );
  }

  async #placeInArchive(runId: string, working: WorkingLoad[]): Promise<void> {
    const { archive } = this.#options;
    if (archive)
      await placeInArchive(archive, working, ({ mapping }) =>
        this.#session.run((target) => chunksOf(target, runId, mapping.id)),
      );
  }

  async #loadRows(working: WorkingLoad[]): Promise<void> {
    const { settings, plan, observer, failFast } = this.#options;
    const byMapping = new Map(working.map((load) => [load.planned.mapping.id, load]));
    const chunkCount = working.reduce((sum, load) => sum + load.tasks.length, 0);
    if (chunkCount === 0) return;
    observer.onPhase('loading rows');
    const lanes = openLanes({
      settings,
      target: this.#options.target,
      plan,
      profileName: this.#options.profileName,
      count: Math.min(settings.bulk.jobs, chunkCount),
      signal: this.#signal,
      onProgress: (progress) => observer.onProgress(progress),
      onRetry: (warning) => observer.onRetry(warning),
    });
    try {
      await runLanes(
        lanes,
        this.#tasks(working),
        async (task, outcome) => {
          this.#times.readMs += outcome.times.readMs;
          this.#times.encodeMs += outcome.times.encodeMs;
          this.#times.copyMs += outcome.times.copyMs;
          if (outcome.careful) this.#careful.add(task.mapping);
          const { rowsLoaded, rowsRejected, rowsFiltered } = outcome.counts;
          this.#rowsNow.set(task.mapping, (this.#rowsNow.get(task.mapping) ?? 0) + rowsLoaded);
          observer.onOutcome({
            mapping: task.mapping,
            rows: -rowsRejected - rowsFiltered,
            rejected: rowsRejected,
            filtered: rowsFiltered,
          });
          if (failFast && rowsRejected > 0) {
            throw await this.#session.run((target) => stoppedAtReject(target, task));
          }
          const load = byMapping.get(task.mapping)!;
          if (--load.remaining === 0) await this.#finishLoad(task.runId, load);
        },
        () => this.#stop.abort(),
      );
    } finally {
      await Promise.all(lanes.map((lane) => lane.close()));
    }
  }

  /** Before anything is put back: a table that has changed meanwhile was loaded in vain. */
  async #checkUnchanged(source: BulkSource, working: WorkingLoad[]): Promise<void> {
    const loaded = new Set(
      working.filter((load) => load.tasks.length > 0).map(({ planned }) => planned.mapping.id),
    );
    if (loaded.size === 0) return;
    await source.requireUnchanged(this.#options.plan, (mapping) => loaded.has(mapping));
  }

  *#tasks(working: WorkingLoad[]): Iterator<ChunkTask> {
    for (const load of working) {
      for (const task of load.tasks) {
        load.startedAt ??= performance.now();
        yield { ...task, careful: this.#careful.has(task.mapping) };
      }
    }
  }

  async #finishLoad(runId: string, load: WorkingLoad): Promise<void> {
    const { id } = load.planned.mapping;
    await this.#session.run((target) => setLoadState(target, runId, id, 'loaded'));
    failpoint('bulk.after-load-finished');
    this.#elapsedMs.set(id, load.startedAt === null ? 0 : performance.now() - load.startedAt);
    this.#options.observer.onTableDone(id);
  }

  async #completeLoads(run: Run): Promise<void> {
    const loads = await this.#session.run((target) => readLoads(target, run.id));
    const { plan, settings, noSync } = this.#options;
    const isFollowed = run.startPosition !== null && !noSync;
    const loaded = plan.mappings.filter(({ mapping }) => loads.get(mapping.id)?.state === 'loaded');
    await this.#session.run(() =>
      analyzeTables({
        settings: this.#options.target,
        tables: targetTables(loaded),
        jobs: settings.bulk.jobs,
        signal: this.#signal,
      }),
    );
    for (const planned of loaded) {
      failpoint('bulk.before-load-completed');
      await this.#session.run(async (target) => {
        await finishTable(target, planned);
        if (isFollowed) await watchForOthers(target, planned);
        await setLoadState(target, run.id, planned.mapping.id, 'complete');
      });
      failpoint('bulk.after-load-completed');
    }
  }
}
