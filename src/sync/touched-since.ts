/**
 * Which rows the source has changed since a position, by its binlog: the keys of mappings whose rows come by the log, and of those that are selected again.
 * Rather too many than too few: what a transaction that was rolled back had changed is among them, and where a definition has changed, or too much has, it is all
 * rows. Reads only, beside any sync. Holds the keys of `maxKeys` rows at most (invariant 7).
 */
import { randomUUID } from 'node:crypto';
import { BinlogStream } from '../../cdc/binlog-stream.ts';
import { PositionTracker } from '../../cdc/position-tracker.ts';
import { readCharsets } from '../../cdc/read-charsets.ts';
import { replicaIdentity } from '../../cdc/replica-identity.ts';
import type { SourceStatement, StreamItem } from '../../cdc/transaction-model.ts';
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { reachedPlace, type BinlogPosition } from '../core/position.ts';
import { KEY_ITSELF } from '../ledger/touched-rows.ts';
import { splitRow } from '../mapping/careful-encoder.ts';
import type { Plan } from '../mapping/plan.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { foldsNames } from '../mysql/folds-names.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { ChangeBatch } from './change-batch.ts';
import { CHANGE } from './change-log.ts';
import { goalAt } from './goal.ts';
import { planSync, type SyncPlan } from './plan-sync.ts';
import { touchedKeys } from './refresh/source-rows.ts';
import { RowsDecoder } from './rows-decoder.ts';
import { SILENCE_MS, syncLimits, syncMemory } from './sync-limits.ts';
import { payloadOf } from './apply/tuple-copy.ts';

export interface TouchedSince {
  /** By mapping: JSON arrays of the texts of the source's key. Without an entry: none. */
  keys: Map<string, Set<string>>;
  /** Mappings of which any row may have changed, and why. */
  whole: Map<string, string>;
}

export interface TouchedSinceOptions {
  settings: Settings;
  plan: Plan;
  from: BinlogPosition;
  signal: AbortSignal;
  onRetry(warning: string): void;
  maxKeys?: number;
}

const MAX_KEYS = 1_000_000;
const ANSWER_TIMEOUT_MS = 120_000;
const MAX_EXPANDED_BYTES = 1 << 30;
/** A batch is emptied into the keys beyond this. */
const DRAIN_BYTES = 4 << 20;
/** Change neither columns nor rows. */
const HARMLESS = new Set<SourceStatement['statement']['kind']>([
  'create-index',
  'create-database',
  'alter-database',
  'other',
]);
const BINARY = /^(?:binary|varbinary|bit|\w*blob)$/;

/** Up to where the source is when it is asked. Throws CDC_*, SOURCE_*, SYNC_IMPOSSIBLE, INTERRUPTED. */
export async function readTouchedSince(options: TouchedSinceOptions): Promise<TouchedSince> {
  const { settings, signal, plan } = options;
  const source = await openSource(settings.source, {
    purpose: 'verify touched',
    signal,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  });
  try {
    const end = await readBinlogPosition(source);
    if (!end) throw new TransfuseError('CDC_BINLOG_OFF', 'The binlog of the source is off.');
    const touched: TouchedSince = { keys: new Map(), whole: new Map() };
    // What has no key that can be written as a text is not told apart here.
    const named = plan.mappings.filter(({ mapping, table }) => {
      const key = rowKeyColumns(table).map((name) => table.columns.find((one) => one.name === name)!);
      const isText = key.length > 0 && !key.some(({ dataType }) => BINARY.test(dataType));
      if (!isText) touched.whole.set(mapping.id, 'its key cannot be written as a text');
      return isText;
    });
    if (goalAt(end)(reachedPlace(options.from))) return touched;
    const syncPlan = planSync({ ...plan, mappings: named }, source.server);
    const reading = await Reading.open(options, source, syncPlan, touched);
    await reading.readTo(end);
    await reading.lookUp();
    return touched;
  } finally {
    await source.close();
  }
}

interface Lookup {
  mapping: string;
  watch: number;
  inputs: string;
}

const TOO_MANY = 'too many of its rows have changed';

class Reading {
  readonly #options: TouchedSinceOptions;
  readonly #source: SourceConnection;
  readonly #plan: SyncPlan;
  readonly #decoder: RowsDecoder;
  readonly #touched: TouchedSince;
  readonly #batch: ChangeBatch;
  #count = 0;
  /** Of watches: what tells which rows they mean, by mapping and watch. */
  readonly #lookups = new Map<string, Lookup>();
  readonly #maxKeys: number;

  private constructor(
    options: TouchedSinceOptions,
    source: SourceConnection,
    plan: SyncPlan,
    decoder: RowsDecoder,
    touched: TouchedSince,
  ) {
    this.#options = options;
    this.#source = source;
    this.#plan = plan;
    this.#decoder = decoder;
    this.#touched = touched;
    this.#batch = new ChangeBatch(plan.mappings, syncMemory(1));
    this.#maxKeys = options.maxKeys ?? MAX_KEYS;
  }

  static async open(
    options: TouchedSinceOptions,
    source: SourceConnection,
    plan: SyncPlan,
    touched: TouchedSince,
  ): Promise<Reading> {
    const names = plan.mappings.flatMap(({ planned: { table } }) =>
      table.columns.flatMap(({ charset }) => charset ?? []),
    );
    const decoder = new RowsDecoder({
      database: options.settings.source.database,
      mappings: plan.mappings,
      watches: plan.watches,
      charsetOf: await readCharsets(source, names),
      foldsNames: await foldsNames(source),
    });
    return new Reading(options, source, plan, decoder, touched);
  }

  async readTo(end: BinlogPosition): Promise<void> {
    const { settings, from, signal, onRetry } = this.#options;
    const stream = new BinlogStream({
      settings: settings.source,
      // A sync of this run may read as well, and a server ends one of two that have the same name.
      identity: replicaIdentity(randomUUID()),
      from,
      wants: (database, table) => this.#decoder.wants(database, table),
      maxQueuedBytes: syncLimits(1).maxQueuedBytes,
      maxExpandedBytes: MAX_EXPANDED_BYTES,
      silenceMs: SILENCE_MS,
      retryTimeoutMs: settings.bulk.retryTimeoutMs,
      onReconnect: (error) => onRetry(`${error.message} Connecting again.`),
    });
    const stop = (): void => void stream.stop();
    signal.addEventListener('abort', stop, { once: true });
    const tracker = new PositionTracker(from);
    const isThere = goalAt(end);
    try {
      for (;;) {
        for (const item of await stream.take()) {
          this.#take(item);
          tracker.advance(item);
          if (isThere(tracker)) return;
        }
        signal.throwIfAborted();
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await stream.stop();
      this.#drain();
    }
  }

  /** From what watches saw to the keys that it means now; what it meant before the watched row changed was seen as well. */
  async lookUp(): Promise<void> {
    for (const { mapping, watch, inputs } of this.#lookups.values()) {
      const planned = this.#plan.watches.find(
        (one) => one.watch === watch && one.mapping.planned.mapping.id === mapping,
      )!;
      const values = JSON.parse(inputs) as (string | null)[];
      for await (const key of touchedKeys(this.#source, planned.mapping, watch, planned.inputs, values))
        this.#add(mapping, key);
    }
  }

  #take(item: StreamItem): void {
    if (item.kind === 'statement') this.#judge(item);
    if (item.kind !== 'rows') return;
    this.#decoder.decode(item.rows, this.#batch);
    if (this.#batch.bytes > DRAIN_BYTES) this.#drain();
  }

  #judge({ statement }: SourceStatement): void {
    if (HARMLESS.has(statement.kind)) return;
    if (statement.kind === 'drop-database' && !this.#decoder.isDatabase(statement.database!)) return;
    const names = [...statement.tables, ...statement.renames.map(({ to }) => to)];
    const known = new Set(
      names.flatMap(({ database, table }) => this.#decoder.nameOf(database, table) ?? []),
    );
    const isAny = statement.kind === 'unknown' || statement.kind === 'drop-database';
    for (const { planned } of this.#plan.mappings)
      if (isAny || known.has(planned.table.name))
        this.#makeWhole(planned.mapping.id, 'its table was altered');
    for (const { mapping, table } of this.#plan.watches)
      if (isAny || known.has(table)) this.#makeWhole(mapping.planned.mapping.id, `${table} was altered`);
  }

  #drain(): void {
    const { log, mappings, touches } = this.#batch;
    for (let change = 0; change < log.length; change++) {
      const { planned, sourceKey, beforeColumns } = mappings[log.mapping(change)]!;
      const kind = log.kind(change);
      if (kind !== CHANGE.upsert) this.#makeChildrenWhole(log.mapping(change));
      const columns =
        kind === CHANGE.upsert || kind === CHANGE.refused ? planned.compiled.sourceColumns : beforeColumns;
      const { buffer, start } = payloadOf(this.#batch, change);
      const values = splitRow(buffer, start, columns.length);
      const key = sourceKey.map(({ name }) => {
        const value = values[columns.findIndex((column) => column.name === name)];
        return value ? value.toString() : null;
      });
      this.#add(planned.mapping.id, JSON.stringify(key));
    }
    for (const { mapping, watch, inputs } of touches.touches()) {
      if (watch === KEY_ITSELF) this.#add(mapping, inputs);
      else if (!this.#touched.whole.has(mapping)) this.#addLookup({ mapping, watch, inputs });
    }
    this.#batch.clear();
  }

  #addLookup(lookup: Lookup): void {
    this.#lookups.set(`${lookup.mapping} ${lookup.watch} ${lookup.inputs}`, lookup);
    if (this.#lookups.size <= this.#maxKeys) return;
    for (const { mapping } of this.#lookups.values()) this.#makeWhole(mapping, TOO_MANY);
    this.#lookups.clear();
  }

  #add(mapping: string, key: string): void {
    if (this.#touched.whole.has(mapping)) return;
    const keys = this.#touched.keys.get(mapping) ?? new Set();
    this.#touched.keys.set(mapping, keys);
    if (keys.has(key)) return;
    keys.add(key);
    if (++this.#count > this.#maxKeys) this.#makeWhole(mapping, TOO_MANY);
  }

  /** The foreign keys of the source change rows that its binlog does not tell of. */
  #makeChildrenWhole(parent: number): void {
    const { cascades, mappings } = this.#plan;
    const reached = new Set([parent]);
    for (const one of reached)
      for (const cascade of cascades) if (cascade.parent === one) reached.add(cascade.child);
    reached.delete(parent);
    for (const child of reached)
      this.#makeWhole(mappings[child]!.planned.mapping.id, 'foreign keys of the source may have changed it');
  }

  #makeWhole(mapping: string, reason: string): void {
    if (this.#touched.whole.has(mapping)) return;
    this.#touched.whole.set(mapping, reason);
    this.#count -= this.#touched.keys.get(mapping)?.size ?? 0;
    this.#touched.keys.delete(mapping);
  }
}
