/**
 * The bulk load: moves every planned table once, at full speed, and can be stopped and started again at any moment.
 *
 * Promises: P0 is in the ledger before the first row is read (invariant 2); each chunk is loaded exactly once (3); rows read =
 * loaded + filtered + rejected for each table (5); one writer (8). At its end indexes, constraints, identities and
 * statistics are as before the load, or each one that is not is named. Does not promise a snapshot of the source: rows changed
 * while it reads are brought up to date by sync.
 */
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import { readLoads, readTotals, setLoadState } from '../ledger/loads.ts';
import { recordLoadEnd, type Run } from '../ledger/runs.ts';
import { WriterSession } from '../ledger/writer-session.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import type { BulkOptions } from './bulk-context.ts';
import type { BulkReport } from './bulk-report.ts';
import type { ChunkTask, StageTimes } from './chunk-task.ts';
import { ControlSource } from './control-source.ts';
import { finishTable } from './finish-table.ts';
import { openLanes } from './lane-pool.ts';
import { runLanes } from './lanes.ts';
import { checkTarget, openRun } from './open-run.ts';
import { planLoads, type WorkingLoad } from './plan-loads.ts';
import { prepareTables } from './prepare-tables.ts';
import { restoreObjects } from './restore.ts';
import { retryRejects } from './retry-rejects.ts';
import { checkTablesUnchanged } from './source-check.ts';

/** Loads what the plan holds. Throws TransfuseError; whatever was committed by then is kept, and the same call goes on from there. */
export async function runBulk(options: BulkOptions): Promise<BulkReport> {
  const { settings, signal, observer } = options;
  const session = await WriterSession.open({
    settings: settings.targets.patient,
    command: 'bulk',
    signal,
    retryTimeoutMs: settings.bulk.retryTimeoutMs,
    onRetry: (error) => observer.onRetry(error.message),
  });
  try {
    const stop = new AbortController();
    const load = new BulkLoad(
      options,
      session,
      AbortSignal.any([signal, session.lockLost, stop.signal]),
      stop,
    );
    return await load.run();
  } catch (error) {
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
  readonly #elapsedMs = new Map<string, number>();
  readonly #careful = new Set<string>();

  constructor(options: BulkOptions, session: WriterSession, signal: AbortSignal, stop: AbortController) {
    this.#options = options;
    this.#session = session;
    this.#signal = signal;
    this.#stop = stop;
  }

  async run(): Promise<BulkReport> {
    const { settings, plan, observer } = this.#options;
    const source = await ControlSource.open({
      settings: settings.source,
      signal: this.#signal,
      retryTimeoutMs: settings.bulk.retryTimeoutMs,
      onRetry: (error) => observer.onRetry(error.message),
    });
    try {
      const context = { options: this.#options, session: this.#session, source, signal: this.#signal };
      await checkTarget(context);
      const { run, loads } = await openRun(context);
      await prepareTables(context, run, loads);
      const working = await planLoads(context, run, loads);
      for (const load of working) if (load.tasks.length === 0) await this.#finishLoad(run.id, load);
      await source.release();
      await this.#loadRows(working);
      await this.#checkUnchanged(source, working);
      // Where the position could not be had at the beginning, it cannot be had now.
      const endPosition = run.startPosition && (await source.run(readBinlogPosition));
      await this.#session.run((target) => recordLoadEnd(target, run.id, endPosition));
      observer.onPhase('restoring indexes and constraints');
      const restored = await this.#session.run((target) =>
        restoreObjects({
          settings: settings.targets.patient,
          jobs: settings.bulk.jobs,
          target,
          runId: run.id,
          signal: this.#signal,
        }),
      );
      await this.#completeLoads(run);
      if (this.#options.retryRejects) await this.#retryRejects(source, run);
      const totals = await this.#session.run((target) => readTotals(target, run.id));
      const chosen = new Set(plan.mappings.map(({ mapping }) => mapping.id));
      return {
        runId: run.id,
        startPosition: run.startPosition,
        elapsedMs: performance.now() - this.#startedAt,
        tables: totals
          .filter((total) => chosen.has(total.mapping))
          .map((total) => ({ ...total, elapsedMs: this.#elapsedMs.get(total.mapping) ?? 0 })),
        restored: restored.restored,
        restoreFailures: restored.failures,
        times: { ...this.#times, indexMs: restored.indexMs, constraintMs: restored.constraintMs },
      };
    } finally {
      await source.release();
    }
  }

  async #loadRows(working: WorkingLoad[]): Promise<void> {
    const { settings, plan, observer, failFast } = this.#options;
    const byMapping = new Map(working.map((load) => [load.planned.mapping.id, load]));
    const chunkCount = working.reduce((sum, load) => sum + load.tasks.length, 0);
    if (chunkCount === 0) return;
    observer.onPhase('loading rows');
    const lanes = openLanes({
      settings,
      plan,
      profileName: this.#options.profileName,
      count: Math.min(settings.bulk.jobs, chunkCount),
      signal: this.#signal,
      onProgress: (progress) => observer.onProgress(progress),
      onRetry: (message) => observer.onRetry(message),
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
          observer.onChunk({ mapping: task.mapping, rejected: outcome.counts.rowsRejected });
          if (failFast && outcome.counts.rowsRejected > 0) {
            throw new TransfuseError(
              'REJECTS_EXCEEDED',
              `Stopped at the first reject, as --fail-fast asks: chunk ${task.chunk} of ${task.mapping}.`,
              { where: { mapping: task.mapping, chunk: task.chunk } },
            );
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
  async #checkUnchanged(source: ControlSource, working: WorkingLoad[]): Promise<void> {
    const loaded = new Set(
      working.filter((load) => load.tasks.length > 0).map(({ planned }) => planned.mapping.id),
    );
    if (loaded.size === 0) return;
    await source.run((connection) =>
      checkTablesUnchanged(connection, this.#options.plan, (mapping) => loaded.has(mapping)),
    );
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
    this.#options.observer.onTableState(id, 'done');
  }

  async #retryRejects(source: ControlSource, run: Run): Promise<void> {
    const { settings, plan, observer } = this.#options;
    observer.onPhase('retrying rejects');
    for (const planned of plan.mappings) {
      const { retried, loaded, rejectedAgain, gone, keyless } = await this.#session.run((target) =>
        source.run((connection) =>
          retryRejects({
            settings,
            source: connection,
            target,
            runId: run.id,
            planned,
            signal: this.#signal,
          }),
        ),
      );
      if (keyless > 0) {
        observer.onNote(
          `${planned.table.name}: ${keyless} rejects have no key to find their rows by. Load the table again with --tables ${planned.table.name} --replace.`,
        );
      }
      if (retried === 0) continue;
      observer.onNote(
        `${planned.table.name}: ${retried} rejects retried, ${loaded} loaded, ${rejectedAgain} rejected again, ${gone} no longer at the source.`,
      );
    }
  }

  async #completeLoads(run: Run): Promise<void> {
    const loads = await this.#session.run((target) => readLoads(target, run.id));
    for (const planned of this.#options.plan.mappings) {
      if (loads.get(planned.mapping.id)?.state !== 'loaded') continue;
      failpoint('bulk.before-load-completed');
      await this.#session.run(async (target) => {
        await finishTable(target, planned);
        await setLoadState(target, run.id, planned.mapping.id, 'complete');
      });
      failpoint('bulk.after-load-completed');
    }
  }
}
