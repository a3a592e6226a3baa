/**
 * One attempt to follow the source, from the ledger's checkpoint until the goal, a stop, or a fault. Puts the parts together:
 * the plan out of the ledger, the binlog stream, the loop, the target, the handoff. What is held at most is in sync-limits.ts.
 */
import type { BufferPool } from '../../streams/buffer-pool.ts';
import { BinlogStream } from '../../cdc/binlog-stream.ts';
import { readCharsets } from '../../cdc/read-charsets.ts';
import { replicaIdentity } from '../../cdc/replica-identity.ts';
import type { TransactionBegin } from '../../cdc/transaction-model.ts';
import { TransfuseError } from '../core/errors.ts';
import { reachedPlace, type BinlogPosition } from '../core/position.ts';
import { quantity } from '../core/quantity.ts';
import { ensureLedger } from '../ledger/ddl.ts';
import { readDefinitions } from '../ledger/definitions.ts';
import { readLoads, type Load } from '../ledger/loads.ts';
import { latestRun, type Run } from '../ledger/runs.ts';
import { readObjectsAway } from '../ledger/saved-objects.ts';
import { planFromLedger } from '../mapping/plan-from-ledger.ts';
import type { Plan } from '../mapping/plan.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { foldsNames } from '../mysql/folds-names.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { RateWindow } from '../telemetry/rate-window.ts';
import type { ForeignTally } from './foreign-tally.ts';
import { goalAt, parseGoal, type Goal } from './goal.ts';
import { Handoff } from './handoff.ts';
import { LagMeter } from './lag.ts';
import { planSync, type SyncPlan } from './plan-sync.ts';
import { RowsDecoder } from './rows-decoder.ts';
import { RetentionAlarm } from './retention-alarm.ts';
import { SchemaGate } from './schema-gate.ts';
import { parseAcceptedPlace, refusePassedPlace } from './schema/accepted-place.ts';
import { LoadStarts } from './schema/load-starts.ts';
import { SourceWatch } from './source-watch.ts';
import { StatusWriter } from './status-writer.ts';
import { SyncBatch } from './sync-batch.ts';
import { ChangeBatch } from './change-batch.ts';
import { Refresher } from './refresh/refresher.ts';
import { SILENCE_MS, syncLimits, syncMemory } from './sync-limits.ts';
import { SyncLoop } from './sync-loop.ts';
import type { SyncOptions } from './sync-options.ts';
import type { SyncProgress } from './sync-report.ts';
import { TargetSink } from './target-sink.ts';

/** Of one event that the source has compressed; a whole transaction may be larger. */
const MAX_EXPANDED_BYTES = 1 << 30;
const IDLE_CHECKPOINT_MS = 5_000;
const PROGRESS_INTERVAL_MS = 500;
/** Of a question about the source's definitions; on a dead connection it would be waited for without end. */
const ANSWER_TIMEOUT_MS = 120_000;

export interface FollowerOptions extends SyncOptions {
  /** Added to, across attempts. */
  counts: { transactions: number; rowChanges: number };
  foreign: ForeignTally;
  /** Where the source was when the command began, from an earlier attempt. */
  knownEnd: BinlogPosition | null;
}

interface Parts {
  run: Run;
  /** As it was recorded. */
  recorded: Plan;
  plan: SyncPlan;
  end: BinlogPosition;
  decoder: RowsDecoder;
  sink: TargetSink;
  handoff: Handoff;
  starts: LoadStarts;
  gate: SchemaGate;
}

/** Of `plan changed`: the ledger holds the new one, and another follower goes on. */
export type FollowerEnd = 'at the goal' | 'stopped' | 'plan changed';

export class Follower {
  readonly #options: FollowerOptions;
  readonly #parts: Parts;
  readonly #lag = new LagMeter();
  readonly #rates = new RateWindow(performance.now());
  /** When the source committed the last transaction that is on the target, by its clock. */
  #committedAtMs: number | null = null;
  #cascadesLeftOut = '';
  #refresher: Refresher | null = null;

  private constructor(options: FollowerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  /**
   * Reads the ledger and asks the source. Throws SYNC_NOT_LOADED, SYNC_IMPOSSIBLE, SYNC_KEY_MISSING, RUN_OPTIONS_DIFFER,
   * CDC_BINLOG_OFF, and what connecting throws.
   */
  static async prepare(target: TargetConnection, options: FollowerOptions): Promise<Follower> {
    const { settings, signal, observer } = options;
    await ensureLedger(target);
    const { run, loads } = await readRun(target, options);
    const source = await openSource(settings.source, {
      purpose: 'sync planning',
      signal,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    try {
      const { database } = settings.source;
      const definitions = await readDefinitions(target, run.id);
      const recorded = { database, flavor: source.server.flavor, options: run.options, loads: definitions };
      const plan = planFromLedger(options.profile, recorded, options.mappingOptions);
      const syncPlan = planSync(plan, source.server);
      const names = plan.mappings.flatMap(({ table }) =>
        table.columns.flatMap(({ charset }) => charset ?? []),
      );
      const charsetOf = await readCharsets(source, names);
      const startPosition = run.startPosition!;
      await options.foreign.watch(target, syncPlan.mappings);
      const sink = await TargetSink.open({
        target,
        runId: run.id,
        plan: syncPlan,
        startPosition,
        foreignWrites: settings.sync.foreignWrites,
        onOverwritten: (found) => options.foreign.overwritten(found),
      });
      const starts = new LoadStarts(loads, sink.position);
      starts.checkCascades(syncPlan);
      starts.checkWatches(syncPlan);
      const accepted = options.acceptSchema === null ? null : parseAcceptedPlace(options.acceptSchema);
      // Of several databases, the one whose table it was is meant, and others may be further.
      if (accepted && options.knownEnd === null && options.sharers === 1)
        refusePassedPlace(accepted, sink.position);
      const decoder = new RowsDecoder({
        database,
        mappings: syncPlan.mappings,
        watches: syncPlan.watches,
        charsetOf,
        foldsNames: await foldsNames(source),
      });
      const handoff = await Handoff.read(target, {
        settings: options.target,
        runId: run.id,
        signal,
        retryTimeoutMs: options.continuous ? Infinity : settings.bulk.retryTimeoutMs,
        onPhase: (phase) => observer.onPhase(phase),
        onNote: (text) => observer.onNote(text),
        selectsAgain: syncPlan.watches.length > 0,
        onRestored: () => sink.tablesChanged(),
      });
      return new Follower(options, {
        run,
        recorded: plan,
        plan: syncPlan,
        end: options.knownEnd ?? (await readEnd(source)),
        decoder,
        starts,
        gate: new SchemaGate({
          runId: run.id,
          plan,
          schemaOf: options.schemaOf,
          database,
          server: source.server,
          decoder,
          starts,
          accepted,
          copies: new Map(
            loads.flatMap(({ sourceTable, copyOf }) => (copyOf ? [[sourceTable, copyOf]] : [])),
          ),
          onNote: (text) => observer.onNote(text),
        }),
        sink,
        handoff,
      });
    } finally {
      await source.close();
    }
  }

  get runId(): string {
    return this.#parts.run.id;
  }

  /** Where the source was when the command began. */
  get end(): BinlogPosition {
    return this.#parts.end;
  }

  /** Where the target is. */
  get position(): BinlogPosition {
    return this.#parts.sink.position;
  }

  get handoff(): Handoff {
    return this.#parts.handoff;
  }

  /** Rejects with the fault that ended it. What had been committed by then is in the ledger. */
  async run(): Promise<FollowerEnd> {
    const { settings, signal, observer, sharers } = this.#options;
    const limits = syncLimits(sharers);
    const { run, decoder, sink, handoff, plan, starts, gate } = this.#parts;
    const from = sink.position;
    const goal = this.#goal(from);
    const pool = syncMemory(sharers);
    const refresher = await this.#openRefresher(pool, limits.loop.maxBatchBytes);
    this.#refresher = refresher;
    if (!refresher.isPending) handoff.reached(from);
    if (goal?.(reachedPlace(from)) && !refresher.isPending) {
      await Promise.all([handoff.settleAtRest(), refresher.close()]);
      return 'at the goal';
    }
    const { until } = this.#options;
    const { end } = this.#parts;
    if (until !== null && !goal?.(reachedPlace(end)))
      observer.onNote(`Waiting for ${until}: the source is at ${end.file}:${end.offset}.`);
    const stream = new BinlogStream({
      settings: settings.source,
      identity: replicaIdentity(run.id),
      from,
      wants: (database, table, transaction) => {
        const name = decoder.nameOf(database, table);
        return name !== null && !starts.hold(name, transaction);
      },
      maxQueuedBytes: limits.maxQueuedBytes,
      maxExpandedBytes: MAX_EXPANDED_BYTES,
      silenceMs: SILENCE_MS,
      retryTimeoutMs: this.#options.continuous ? Infinity : settings.bulk.retryTimeoutMs,
      onReconnect: (error) => observer.onRetry(`${error.message} Connecting again.`),
    });
    const loop = new SyncLoop({
      ...limits.loop,
      stream: { take: () => this.#take(stream) },
      from,
      sink,
      decoder,
      batches: [new SyncBatch(plan.mappings, pool), new SyncBatch(plan.mappings, pool)],
      batchRows: settings.bulk.batchRows,
      idleCheckpointMs: goal ? 0 : IDLE_CHECKPOINT_MS,
      concerns: (item) => gate.concerns(item),
      onStatement: async (item) => {
        const passage = await gate.decide(item);
        // An index that is being built, and an ALTER TABLE, would wait for one another.
        if (passage.kind === 'change') await handoff.settled();
        return passage;
      },
      onBegin: (transaction) => this.#cascadesFor(transaction),
      onCommitted: (position, batch) => this.#committed(position, batch, loop),
      refresher,
      ...(goal && { isGoal: goal }),
    });
    const alarm = new RetentionAlarm((text) => observer.onNote(text));
    const watch = new SourceWatch({
      settings: settings.source,
      lag: this.#lag,
      position: () => this.position,
      onRetention: (retention) =>
        alarm.judge(this.position, retention, {
          committedAtMs: this.#committedAtMs,
          sourceNowMs: Date.now() + (this.#lag.clockAheadMs ?? 0),
        }),
    });
    const status = (): SyncProgress => this.#progress(stream, watch);
    const timer = setInterval(() => observer.onProgress(status()), PROGRESS_INTERVAL_MS);
    const writer = new StatusWriter(this.#options.target, run.id, status);
    const onAbort = (): void => loop.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) loop.stop();
    try {
      await loop.run();
      if (signal.aborted || loop.hasChanged) await handoff.settled();
      else await handoff.settleAtRest();
      observer.onProgress(status());
      if (loop.hasChanged) return 'plan changed';
      return signal.aborted ? 'stopped' : 'at the goal';
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearInterval(timer);
      await Promise.all([stream.stop(), watch.stop(), writer.stop(), handoff.stop(), refresher.close()]);
    }
  }

  async #openRefresher(pool: BufferPool, maxBytes: number): Promise<Refresher> {
    const { run, plan, recorded, sink, handoff } = this.#parts;
    const { settings, signal, openFiles, continuous } = this.#options;
    const retryTimeoutMs = continuous ? Infinity : settings.bulk.retryTimeoutMs;
    const { target } = sink;
    const files =
      plan.watches.length === 0
        ? null
        : await openFiles({ plan: recorded, runId: run.id, target, signal, retryTimeoutMs });
    return Refresher.open({
      source: settings.source,
      signal,
      runId: run.id,
      plan,
      sink,
      files,
      batch: new ChangeBatch(plan.mappings, pool),
      maxBytes,
      onSettled: (position) => handoff.reached(position),
    });
  }

  /** Cascades into tables that hold their effects already are left out, and come back behind that. */
  #cascadesFor(transaction: TransactionBegin): (() => Promise<void>) | null {
    const { starts, plan, sink } = this.#parts;
    const left = starts.withoutCascades(plan, transaction);
    const key = left === null ? '' : [...left].join(',');
    if (key === this.#cascadesLeftOut) return null;
    this.#cascadesLeftOut = key;
    return () => sink.leaveOutCascadesInto(left);
  }

  #goal(from: BinlogPosition): Goal | null {
    const { continuous, until } = this.#options;
    if (continuous) return null;
    return until === null ? goalAt(this.#parts.end) : parseGoal(until, from);
  }

  async #take(stream: BinlogStream): ReturnType<BinlogStream['take']> {
    const items = await stream.take();
    this.#lag.heard();
    const first = items.find(({ kind }) => kind === 'begin' || kind === 'rows' || kind === 'statement');
    if (first) this.#lag.waiting('commitTimestampMs' in first ? first.commitTimestampMs : null);
    return items;
  }

  #committed(position: BinlogPosition, batch: SyncBatch, loop: SyncLoop): void {
    const { counts } = this.#options;
    counts.transactions += batch.transactions;
    counts.rowChanges += batch.rowChanges;
    this.#rates.add(batch.rowChanges, 0, performance.now());
    this.#committedAtMs = batch.committedAtMs ?? this.#committedAtMs;
    this.#lag.committed(batch.committedAtMs, loop.hasNothingWaiting);
    if (this.#parts.sink.takeTouched()) this.#refresher?.touched();
    // Rows that are still to be made anew may not hold together with the others.
    if (!this.#refresher?.isPending) this.#parts.handoff.reached(position);
  }

  #progress(stream: BinlogStream, watch: SourceWatch): SyncProgress {
    const { counts, foreign } = this.#options;
    const { lagMs, unchangedMs, silentMs, clockAheadMs } = this.#lag;
    return {
      position: this.position,
      ...counts,
      overwritten: foreign.total,
      changesPerSecond: this.#rates.at(performance.now()).rowsPerSecond,
      lagMs: lagMs === null ? null : Math.max(lagMs, watch.aheadMs),
      queuedBytes: stream.queuedBytes,
      behindBytes: watch.behindBytes,
      unchangedMs,
      silentMs,
      clockAheadMs,
    };
  }
}

/** The run that the target holds, where it is one of this source and profile, and its loads are finished. */
async function readRun(
  target: TargetConnection,
  { settings, profile }: Pick<SyncOptions, 'settings' | 'profile'>,
): Promise<{ run: Run; loads: Load[] }> {
  const run = await latestRun(target);
  if (!run) throw notLoaded('Nothing has been loaded into this target');
  const { database } = settings.source;
  if (run.profile !== profile.name || run.source.database !== database) {
    throw notLoaded(
      `The target was loaded from ${run.source.database} with the profile ${run.profile}, and not from ${database} with ${profile.name}`,
    );
  }
  if (run.startPosition === null) {
    throw notLoaded(
      'The load has no position in a binlog: it was off, or could not be seen, when the load began',
    );
  }
  if (run.replayWaivedAt !== null) {
    throw new TransfuseError(
      'SYNC_NOT_LOADED',
      `The load was made with bulk --no-sync (${run.replayWaivedAt.toISOString()}) while the source was changing: every constraint is back, and the changes made during the load, which are missing, could break them on the way.`,
      { fix: 'Load everything again without --no-sync: bin/bulk --replace. It begins at a new position.' },
    );
  }
  const loads = [...(await readLoads(target, run.id)).values()];
  const open = loads.filter(({ state }) => state !== 'complete');
  if (loads.length === 0 || open.length > 0) {
    throw notLoaded(
      loads.length === 0
        ? 'No table has been loaded'
        : `${quantity(open.length, 'table is', 'tables are')} not loaded to the end`,
    );
  }
  const away = await readObjectsAway(target, run.id);
  const loaded = new Set(loads.map(({ targetTable }) => targetTable));
  const emptied = away.find(({ kind, table }) => kind === 'key' && !loaded.has(table));
  if (emptied)
    throw notLoaded(`The table ${emptied.table} was emptied to be loaded again, and is not loaded`);
  return { run, loads };
}

function notLoaded(what: string): TransfuseError {
  return new TransfuseError('SYNC_NOT_LOADED', `${what}.`);
}

async function readEnd(source: SourceConnection): Promise<BinlogPosition> {
  const end = await readBinlogPosition(source);
  if (end) return end;
  throw new TransfuseError('CDC_BINLOG_OFF', 'The binlog of the source is off.');
}
