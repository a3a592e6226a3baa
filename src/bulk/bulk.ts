/**
 * The bulk load: moves every planned table once, at full speed, and can be stopped and started again at any moment.
 *
 * Promises: P0 is in the ledger before the first row is read (invariant 2); each chunk is loaded exactly once (3); rows read =
 * loaded + filtered + rejected for each table (5); one writer (8). At its end indexes, constraints, identities and
 * statistics are as before the load, or each one that is not is named. Does not promise a snapshot of the source: rows changed
 * while it reads are brought up to date by sync.
 */
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import type { BinlogPosition } from '../core/position.ts';
import { VERSION } from '../core/version.ts';
import { ensureLedger } from '../ledger/ddl.ts';
import {
  forgetLoad,
  pendingChunks,
  readLoads,
  readTotals,
  recordLoad,
  setLoadState,
  type Load,
} from '../ledger/loads.ts';
import {
  latestRun,
  recordLoadEnd,
  recordStartPosition,
  startRun,
  type Run,
  type SourceIdentity,
} from '../ledger/runs.ts';
import { WriterSession } from '../ledger/writer-session.ts';
import type { Plan, PlannedMapping } from '../mapping/plan.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { readTargetCatalog } from '../postgres/catalog.ts';
import { qualified } from '../postgres/identifiers.ts';
import type { BulkObserver, BulkReport } from './bulk-report.ts';
import { planChunks } from './chunk-planner.ts';
import type { ChunkTask, StageTimes } from './chunk-task.ts';
import { ControlSource } from './control-source.ts';
import { readFieldSignature } from './field-signature.ts';
import { finishTable } from './finish-table.ts';
import { openLanes } from './lane-pool.ts';
import { runLanes } from './lanes.ts';
import { restoreObjects } from './restore.ts';
import { retryRejects } from './retry-rejects.ts';
import { saveAndDropObjects } from './saved-objects.ts';
import { checkTablesUnchanged, refuseVanishedTables } from './source-check.ts';
import { selectStatement } from './statements.ts';
import { checkTargetEmpty, checkTargetTables } from './target-check.ts';

export interface BulkOptions {
  settings: Settings;
  plan: Plan;
  /** As given to --profile: worker threads load it again. */
  profileName: string;
  signal: AbortSignal;
  observer: BulkObserver;
  /** Empty the planned tables first, whoever filled them. */
  replace: boolean;
  /** Load again the rows that are rejected, after the rest. */
  retryRejects: boolean;
  /** Stop at the first chunk with a reject. */
  failFast: boolean;
}

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

interface WorkingLoad {
  planned: PlannedMapping;
  tasks: ChunkTask[];
  remaining: number;
  startedAt: number | null;
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
      await this.#checkTarget();
      const { run, loads } = await this.#openRun(source);
      await this.#prepareTables(run, loads);
      const working = await this.#planLoads(source, run, loads);
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

  async #checkTarget(): Promise<void> {
    const { plan } = this.#options;
    await this.#session.run(async (target) => {
      const catalog = await readTargetCatalog(target, plan.options.targetSchema, { withRows: false });
      if (catalog.encoding !== 'UTF8') {
        throw new TransfuseError(
          'TARGET_ENCODING',
          `The target database ${catalog.database} is encoded in ${catalog.encoding}, not UTF8.`,
        );
      }
      checkTargetTables(plan.mappings, catalog);
      await ensureLedger(target);
    });
  }

  /** The run of this profile and source that is in the ledger, or a new one with P0. */
  async #openRun(source: ControlSource): Promise<{ run: Run; loads: Map<string, Load> }> {
    const { settings, plan, observer } = this.#options;
    const { host, port, database } = settings.source;
    const identity: SourceIdentity = { host, port, database };
    return this.#session.run(async (target) => {
      const latest = await latestRun(target);
      let run = latest;
      if (!latest || latest.profile !== plan.profile.name || !sameSource(latest.source, identity)) {
        await this.#refuseForeignRows(target, new Map());
        const startPosition = await source.run((connection) => readPositionIfPossible(connection, observer));
        run = await startRun(target, {
          profile: plan.profile.name,
          source: identity,
          startPosition,
          toolVersion: VERSION,
        });
        failpoint('bulk.after-run-recorded');
      }
      const loads = await readLoads(target, run!.id);
      if (run!.startPosition === null && loads.size === 0 && run === latest) {
        run = { ...run!, startPosition: await source.run((link) => readPositionIfPossible(link, observer)) };
        if (run.startPosition) await recordStartPosition(target, run.id, run.startPosition);
      }
      refuseVanishedTables(plan, loads);
      await this.#refuseForeignRows(target, loads);
      return { run: run!, loads };
    });
  }

  async #refuseForeignRows(target: Parameters<typeof readLoads>[0], loads: Map<string, Load>): Promise<void> {
    const { plan, replace } = this.#options;
    if (replace) return;
    const catalog = await readTargetCatalog(target, plan.options.targetSchema);
    checkTargetEmpty(plan.mappings, catalog, (mapping) => loads.has(mapping));
    for (const { mapping, fingerprint, table } of plan.mappings) {
      const load = loads.get(mapping.id);
      if (!load || load.state === 'complete' || load.fingerprint === fingerprint) continue;
      throw new TransfuseError(
        'SOURCE_TABLE_CHANGED',
        `The load of ${table.name} was begun under another plan: its columns, or the policies for its values, have changed since.`,
        {
          where: { table: table.name },
          fix: `Run bin/schema, then bin/bulk --tables ${table.name} --replace.`,
        },
      );
    }
  }

  /** Takes away what would slow the load or stand in its way, and with --replace the rows. */
  async #prepareTables(run: Run, loads: Map<string, Load>): Promise<void> {
    const { plan, replace } = this.#options;
    const begun = plan.mappings.filter(
      ({ mapping }) => replace || loads.get(mapping.id)?.state !== 'complete',
    );
    const tables = begun
      .filter(({ mapping }) => replace || loads.get(mapping.id)?.state !== 'loaded')
      .map(({ mapping }) => mapping.target);
    if (tables.length === 0) return;
    await this.#session.run((target) => saveAndDropObjects(target, run.id, tables));
    if (!replace) return;
    await this.#session.run(async (target) => {
      await target.query('BEGIN');
      await target.query(
        `TRUNCATE ${tables.map(({ schema, table }) => qualified(schema, table)).join(', ')}`,
      );
      for (const { mapping } of begun) await forgetLoad(target, run.id, mapping.id);
      await target.query('COMMIT');
    });
    loads.clear();
    for (const [mapping, load] of await this.#session.run((target) => readLoads(target, run.id))) {
      loads.set(mapping, load);
    }
  }

  /** The chunks that are still to be loaded, of every table that is not finished. Large tables first, so that no lane waits at the end. */
  async #planLoads(source: ControlSource, run: Run, loads: Map<string, Load>): Promise<WorkingLoad[]> {
    const { settings, plan, observer } = this.#options;
    const working: WorkingLoad[] = [];
    const ordered = plan.mappings.toSorted((a, b) => b.table.dataBytes - a.table.dataBytes);
    const totals = new Map(
      (await this.#session.run((target) => readTotals(target, run.id))).map((total) => [
        total.mapping,
        total,
      ]),
    );
    for (const planned of ordered) {
      const { mapping, table } = planned;
      const load = loads.get(mapping.id);
      const before = totals.get(mapping.id);
      observer.onTable({
        mapping: mapping.id,
        rowEstimate: table.rowEstimate,
        loadedBefore: { rows: before?.rowsLoaded ?? 0, rejected: before?.rowsRejected ?? 0 },
      });
      if (load && load.state !== 'loading') {
        observer.onTableState(mapping.id, 'done');
        continue;
      }
      const keyColumns = rowKeyColumns(table);
      const signature = await source.run((connection) =>
        readFieldSignature(connection, selectStatement(planned, null, null), table.name),
      );
      if (!load) {
        const chunks = await source.run((connection) =>
          planChunks(connection, table, settings.bulk.chunkRows),
        );
        if (chunks.length === 1 && keyColumns.length === 0) observer.onNote(noKeyNote(table.name));
        await this.#session.run(async (target) => {
          if ((await readLoads(target, run.id)).has(mapping.id)) return;
          await recordLoad(
            target,
            run.id,
            {
              mapping: mapping.id,
              sourceTable: table.name,
              targetSchema: mapping.target.schema,
              targetTable: mapping.target.table,
              fingerprint: planned.fingerprint,
              keyColumns,
            },
            chunks,
          );
        });
        failpoint('bulk.after-load-recorded');
      }
      const pending = await this.#session.run((target) => pendingChunks(target, run.id, mapping.id));
      const tasks = pending.map((bounds): ChunkTask => ({
        runId: run.id,
        mapping: mapping.id,
        ...bounds,
        signature,
        keyColumns: keyColumns.filter((name) =>
          planned.compiled.sourceColumns.some((column) => column.name === name),
        ),
        careful: false,
      }));
      const next: WorkingLoad = { planned, tasks, remaining: tasks.length, startedAt: null };
      working.push(next);
      if (tasks.length === 0) await this.#finishLoad(run.id, next);
    }
    return working;
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
      const { retried, loaded, rejectedAgain, gone } = await this.#session.run((target) =>
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

function sameSource(a: SourceIdentity, b: SourceIdentity): boolean {
  return a.host === b.host && a.port === b.port && a.database === b.database;
}

function noKeyNote(table: string): string {
  return `${table} has no primary or unique key that can be cut into ranges: it is read in one piece, and starts over when it is interrupted.`;
}

/** A source without a binlog can be loaded, but not followed. A binlog that may not be seen is the same, and said. */
async function readPositionIfPossible(
  source: SourceConnection,
  observer: BulkObserver,
): Promise<BinlogPosition | null> {
  try {
    const position = await readBinlogPosition(source);
    if (!position)
      observer.onNote('The source keeps no binlog: what changes there during the load will be missed.');
    return position;
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code !== 'SOURCE_ACCESS_DENIED') throw error;
    observer.onNote(
      `The position of the binlog could not be read, so sync cannot follow this load. ${error.fix}`,
    );
    return null;
  }
}
