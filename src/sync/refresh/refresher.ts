/**
 * Makes rows of queries and of sets anew once a change has touched them. An answer of the source is newer than the position that the target
 * holds, and may refer to rows that have not arrived there; so it is held until sync has passed the position at which it was
 * read, and only then applied.
 *
 * Promises: a touched row ends as the query gives it, however often it is touched meanwhile and wherever sync is interrupted: its
 * entry in the ledger goes in the transaction that writes the row. Rows that others refer to are written before these, and go after them.
 * Does not promise the states in between. Holds the rows of
 * `MAX_KEYS` keys at most, and fewer once they weigh `maxBytes` (invariant 7).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSettings } from '../../config/settings.ts';
import { TransfuseError } from '../../core/errors.ts';
import { hasPassed, passes, reachedPlace, type BinlogPosition } from '../../core/position.ts';
import {
  hasTouchedRows,
  KEY_ITSELF,
  KEY_LEFT,
  readTouchedRows,
  recordTouches,
  removeTouchedRows,
  type Touch,
  type TouchedRow,
  type TouchKind,
} from '../../ledger/touched-rows.ts';
import { openSource, type SourceConnection } from '../../mysql/connection.ts';
import { readBinlogPosition, settleMs } from '../../mysql/position.ts';
import type { RawTarget } from '../apply/raw-target.ts';
import type { ChangeBatch } from '../change-batch.ts';
import type { SyncMapping } from '../sync-mapping.ts';
import type { TargetSink } from '../target-sink.ts';
import { addRowsNow, touchedKeys } from './source-rows.ts';
import type { PlannedWatch } from './watch-plan.ts';

const MAX_KEYS = 500;
/** Rows that are asked for in one statement. */
const KEYS_PER_SELECT = 50;
/** Entries whose keys are looked up in one transaction. */
const LOOKUPS_AT_ONCE = 20;
const KEYS_PER_INSERT = 1000;
/** What a read at the source does not show yet is waited for. */
const LOOK_AGAIN_MS = 50;
/** How often an answer that breaks a constraint is asked for again, as what it refers to may be touched too, before it is a reject. */
const MAX_CONFLICTS = 20;

export interface RefresherOptions {
  source: DatabaseSettings;
  signal: AbortSignal;
  runId: string;
  watches: readonly PlannedWatch[];
  sink: TargetSink;
  /** Empty; what is held of an answer goes into it. */
  batch: ChangeBatch;
  maxBytes: number;
  /** Nothing is left to be made anew, with the position that the target holds then. */
  onSettled(position: BinlogPosition): void;
}

interface Answer {
  entries: TouchedRow[];
  /** Keys of rows that may have to go when those that refer to them have been made anew. */
  left: Touch[];
  isPassed: ReturnType<typeof passes>;
}

export class Refresher {
  readonly #options: RefresherOptions;
  readonly #mappings: Map<string, SyncMapping>;
  #source: SourceConnection | null = null;
  #answer: Answer | null = null;
  #conflicts = 0;
  #notBeforeMs = 0;
  /** There are touched rows that have not been made anew. */
  isPending = false;

  private constructor(options: RefresherOptions) {
    this.#options = options;
    this.#mappings = new Map(options.watches.map(({ mapping }) => [mapping.planned.mapping.id, mapping]));
  }

  static async open(options: RefresherOptions): Promise<Refresher> {
    const refresher = new Refresher(options);
    refresher.isPending = await hasTouchedRows(options.sink.target, options.runId);
    return refresher;
  }

  /** A batch that touched rows is on the target. */
  touched(): void {
    this.isPending = true;
  }

  /** When a step may be worth trying, by performance.now(). */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /** Whether something can be done now that everything before `position` is on the target. */
  isDue(position: BinlogPosition): boolean {
    if (!this.isPending) return false;
    if (this.#answer) return this.#answer.isPassed(reachedPlace(position));
    return performance.now() >= this.#notBeforeMs;
  }

  /** The next thing to be done. To be called while no transaction is open on the target, which holds `position`. */
  async step(position: BinlogPosition): Promise<void> {
    if (this.#answer) return this.#apply(this.#answer, position);
    const lookups = await this.#read('lookup', LOOKUPS_AT_ONCE);
    if (lookups.length > 0) return this.#lookUp(lookups, position);
    const entries = await this.#read('key', MAX_KEYS);
    if (entries.length > 0) return this.#ask(entries, false, position);
    const left = await this.#read('left', MAX_KEYS);
    if (left.length > 0) return this.#ask(left, true, position);
    this.isPending = false;
    this.#options.onSettled(position);
  }

  async close(): Promise<void> {
    await this.#source?.close();
  }

  #read(kind: TouchKind, limit: number): Promise<TouchedRow[]> {
    const { sink, runId } = this.#options;
    const parentsFirst = sink.order.map(({ id }) => id);
    const mappings = kind === 'left' ? parentsFirst.toReversed() : parentsFirst;
    return readTouchedRows(sink.target, runId, { kind, mappings, limit });
  }

  /** From the values of a watch to keys, in the ledger. */
  async #lookUp(lookups: readonly TouchedRow[], position: BinlogPosition): Promise<void> {
    const source = await this.#sourceThatShows(position);
    if (!source) return;
    const { sink, runId, watches } = this.#options;
    await sink.refresh(null, position, async (target, touched) => {
      for (const { mapping, watch, inputs } of lookups) {
        const planned = watches.find(
          (one) => one.watch === watch && one.mapping === this.#mappings.get(mapping),
        );
        if (!planned) throw unknownEntry(mapping);
        let keys: string[] = [];
        const record = async (): Promise<void> => {
          const touches = keys.map((key) => ({ mapping, watch: KEY_ITSELF, inputs: key }));
          await recordTouches(target, runId, touches, touched);
          keys = [];
        };
        const values = JSON.parse(inputs) as (string | null)[];
        for await (const key of touchedKeys(source, planned.mapping, watch, planned.inputs, values))
          if (keys.push(key) >= KEYS_PER_INSERT) await record();
        if (keys.length > 0) await record();
      }
      await removeTouchedRows(target, runId, lookups);
    });
  }

  async #ask(entries: TouchedRow[], clearsAway: boolean, position: BinlogPosition): Promise<void> {
    const source = await this.#sourceThatShows(position);
    if (!source) return;
    const { batch, maxBytes, sink } = this.#options;
    batch.clearsAway = clearsAway;
    const postponing = new Set(
      sink.order.filter(({ postponesDeletes }) => postponesDeletes && !clearsAway).map(({ id }) => id),
    );
    const left: Touch[] = [];
    const answered: TouchedRow[] = [];
    for (const id of new Set(entries.map(({ mapping }) => mapping))) {
      const ofMapping = entries.filter((entry) => entry.mapping === id);
      const mapping = this.#mappings.get(id);
      if (!mapping) throw unknownEntry(id);
      for (let from = 0; from < ofMapping.length && batch.bytes < maxBytes; from += KEYS_PER_SELECT) {
        const part = ofMapping.slice(from, from + KEYS_PER_SELECT);
        const keys = part.map(({ inputs }) => inputs);
        const gone = await addRowsNow(source, mapping, keys, batch);
        answered.push(...part);
        if (!postponing.has(id)) continue;
        for (const inputs of mapping.isSet ? keys : gone) left.push({ mapping: id, watch: KEY_LEFT, inputs });
      }
    }
    const end = await readBinlogPosition(source);
    if (!end) throw new TransfuseError('CDC_BINLOG_OFF', 'The binlog of the source is off.');
    this.#answer = { entries: answered, left, isPassed: passes(end) };
  }

  async #apply({ entries, left }: Answer, position: BinlogPosition): Promise<void> {
    const { sink, runId, batch } = this.#options;
    this.#answer = null;
    const settle = async (target: RawTarget, touched: string): Promise<void> => {
      await removeTouchedRows(target, runId, entries);
      if (left.length > 0) await recordTouches(target, runId, left, touched);
    };
    const refusesConflicts = this.#conflicts === MAX_CONFLICTS;
    try {
      await sink.refresh(batch, position, settle, { refusesConflicts });
      this.#conflicts = 0;
    } catch (error) {
      const isConflict = error instanceof TransfuseError && error.code === 'SYNC_CONFLICT';
      if (!isConflict || refusesConflicts) throw error;
      this.#conflicts++;
      this.#notBeforeMs = performance.now() + LOOK_AGAIN_MS * this.#conflicts;
      await sink.reopen();
    } finally {
      batch.clear();
    }
  }

  /**
   * A connection that sees what was committed before `position`; null, to be tried again, where it does not yet: a transaction is in the
   * binlog before it is visible.
   */
  async #sourceThatShows(position: BinlogPosition): Promise<SourceConnection | null> {
    const { source: settings, signal } = this.#options;
    if (!this.#source || this.#source.isLost)
      this.#source = await openSource(settings, { purpose: 'sync refresh', signal });
    const visible = await readBinlogPosition(this.#source);
    if (!visible) throw new TransfuseError('CDC_BINLOG_OFF', 'The binlog of the source is off.');
    const waitMs = settleMs(visible, Date.now());
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (hasPassed(visible, position)) return this.#source;
    this.#notBeforeMs = performance.now() + LOOK_AGAIN_MS;
    return null;
  }
}

function unknownEntry(mapping: string): TransfuseError {
  return new TransfuseError(
    'RUN_OPTIONS_DIFFER',
    `The ledger has touched rows of the mapping ${mapping}, which the profile does not have in this form.`,
    { where: { mapping } },
  );
}
