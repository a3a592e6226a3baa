/**
 * Makes rows of queries and of sets anew once a change has touched them. An answer of the source is newer than the position that the target
 * holds, and may refer to rows that have not arrived there; so it is held until sync has passed the position at which it was
 * read, and only then applied.
 *
 * Promises: a touched row ends as the query gives it, however often it is touched meanwhile and wherever sync is interrupted: its
 * entry in the ledger goes in the transaction that writes the row. Rows that others refer to are written before these, and go after them. Rows that were
 * refused because of others are tried again from time to time, and rows of any mapping that somebody else has noted are made anew as well.
 * Does not promise the states in between. Holds the rows of
 * `MAX_KEYS` keys at most, and fewer once they weigh `maxBytes` (invariant 7).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSettings } from '../../config/settings.ts';
import { TransfuseError } from '../../core/errors.ts';
import { hasPassed, passes, reachedPlace, type BinlogPosition } from '../../core/position.ts';
import {
  hasTouchedRows,
  oldestTouches,
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
import type { BroughtFiles, FilesOfRows } from './files-of-rows.ts';
import { addRowsNow, touchedKeys } from './source-rows.ts';
import { RowsHeld } from './rows-held.ts';
import { RefusedRows } from './refused-rows.ts';
import type { SyncPlan } from '../plan-sync.ts';

const MAX_KEYS = 500;
/** Rows that are asked for in one statement. */
const KEYS_PER_SELECT = 50;
/** Entries whose keys are looked up in one transaction. */
const LOOKUPS_AT_ONCE = 100;
const KEYS_PER_INSERT = 1000;
/** What a read at the source does not show yet is waited for. */
const LOOK_AGAIN_MS = 50;
/** How often an answer that breaks a constraint is asked for again, as what it refers to may be touched too, before it is a reject. */
const MAX_CONFLICTS = 20;
/** How often it is asked whether somebody else has noted rows, such as a repair. */
const NOTED_MS = 2000;
const TRY_REFUSED_MS = 60_000;

export interface RefresherOptions {
  source: DatabaseSettings;
  signal: AbortSignal;
  runId: string;
  plan: SyncPlan;
  sink: TargetSink;
  /** null where no row stands for a file. */
  files: FilesOfRows | null;
  /** Empty; what is held of an answer goes into it. */
  batch: ChangeBatch;
  maxBytes: number;
  /** Whatever was touched before this position has been made anew. */
  onSettled(position: BinlogPosition): void;
}

interface Answer {
  kind: 'key' | 'left';
  entries: TouchedRow[];
  /** Keys of rows that may have to go when those that refer to them have been made anew. */
  left: Touch[];
  files: BroughtFiles[];
  isPassed: ReturnType<typeof passes>;
  held: RowsHeld;
  isOvertaken: boolean;
}

export class Refresher {
  readonly #options: RefresherOptions;
  readonly #mappings: Map<string, SyncMapping>;
  #source: SourceConnection | null = null;
  #answer: Answer | null = null;
  readonly #conflicts = { key: 0, left: 0 };
  /** What refers to a row that is to go may be among those that were touched again: they come first then. */
  #isLeftBlocked = false;
  #notBeforeMs = 0;
  #askNotedAtMs = 0;
  readonly #refused: RefusedRows;
  #tryRefusedAtMs = 0;
  /** They are to be tried whatever the time. */
  #isTryDue = false;
  /** Keys of those that are being tried: `mapping inputs`. */
  readonly #tried = new Set<string>();
  /** The target as it was when they were tried last: nothing can have become better since. */
  #triedAtCommits: bigint | null = null;
  /** What was touched by transactions before this one is being made anew; the position that the target held then. */
  #goal: { commits: bigint; position: BinlogPosition; isLookedUp: boolean } | null = null;
  /** There are touched rows that have not been made anew. */
  isPending = false;

  private constructor(options: RefresherOptions) {
    this.#options = options;
    const { mappings } = options.plan;
    this.#mappings = new Map(mappings.map((mapping) => [mapping.planned.mapping.id, mapping]));
    this.#refused = new RefusedRows(options.runId, mappings);
  }

  static async open(options: RefresherOptions): Promise<Refresher> {
    const refresher = new Refresher(options);
    const { sink, runId } = options;
    refresher.#isTryDue = await refresher.#refused.areThereAny(sink.target);
    refresher.isPending = refresher.#isTryDue || (await hasTouchedRows(sink.target, runId));
    sink.onChanges = (changes) => {
      const answer = refresher.#answer;
      if (answer?.held.areOvertakenBy(changes)) answer.isOvertaken = true;
    };
    return refresher;
  }

  /** The goal is reached: what was refused because of others is tried for the last time. */
  tryRefused(): void {
    this.#isTryDue = true;
    this.isPending = true;
  }

  /** A batch that touched rows is on the target. */
  touched(): void {
    this.isPending = true;
  }

  /** When a step may be worth trying, by performance.now(). */
  get notBeforeMs(): number {
    return this.isPending ? this.#notBeforeMs : this.#askNotedAtMs;
  }

  /** Whether something can be done now that everything before `position` is on the target. */
  isDue(position: BinlogPosition): boolean {
    if (this.#answer) return this.#answer.isOvertaken || this.#answer.isPassed(reachedPlace(position));
    return performance.now() >= this.notBeforeMs;
  }

  /** The next thing to be done. To be called while no transaction is open on the target, which holds `position`. */
  async step(position: BinlogPosition): Promise<void> {
    if (this.#answer) return this.#apply(this.#answer, position);
    if (this.#isTryDue || !this.isPending) return this.#lookForMore(position);
    const { sink, runId } = this.#options;
    const oldest = await oldestTouches(sink.target, runId);
    this.#judgeGoal(oldest, position);
    const { lookup, key, left } = oldest;
    // Rows that refer to what is to go were touched no later than it was: the older ones among these are done.
    const before = min(lookup, key);
    if (key !== null && this.#conflicts.key % 2 === 1) return this.#askTogether(position);
    if (left !== null && (before === null || (left < before && !this.#isLeftBlocked)))
      return this.#ask(await this.#read('left', MAX_KEYS, before), true, position);
    // The older first: on a busy source there are always some of both.
    if (lookup !== null && (key === null || lookup <= key))
      return this.#lookUp(await this.#read('lookup', LOOKUPS_AT_ONCE), position);
    if (key !== null) return this.#ask(await this.#read('key', MAX_KEYS), false, position);
    this.isPending = false;
    if (this.#tried.size === 0) return;
    this.#tried.clear();
    this.#triedAtCommits = sink.commits;
  }

  /** Nothing was left of what the changes have touched. */
  async #lookForMore(position: BinlogPosition): Promise<void> {
    const { sink, runId } = this.#options;
    const nowMs = performance.now();
    if (this.#isTryDue || (nowMs >= this.#tryRefusedAtMs && sink.commits !== this.#triedAtCommits)) {
      this.#isTryDue = false;
      this.#tryRefusedAtMs = nowMs + TRY_REFUSED_MS;
      const touches = await this.#refused.next(sink.target);
      this.#triedAtCommits = sink.commits;
      for (const { mapping, inputs } of touches) this.#tried.add(`${mapping} ${inputs}`);
      if (touches.length > 0)
        await sink.refresh(null, position, (target, touched) =>
          recordTouches(target, runId, touches, touched),
        );
    }
    this.#askNotedAtMs = nowMs + NOTED_MS;
    this.isPending = await hasTouchedRows(sink.target, runId);
  }

  /** While changes go on there is always something left: it counts whether that is of a time before. */
  #judgeGoal({ lookup, key, left }: Record<TouchKind, bigint | null>, position: BinlogPosition): void {
    const { sink, onSettled } = this.#options;
    const goal = (this.#goal ??= { commits: sink.commits, position, isLookedUp: false });
    if (!goal.isLookedUp) {
      if (lookup !== null && lookup < goal.commits) return;
      // What was looked up is noted as keys by transactions up to now.
      goal.isLookedUp = true;
      goal.commits = sink.commits;
    }
    const oldest = min(key, left);
    if (oldest !== null && oldest < goal.commits) return;
    this.#goal = null;
    onSettled(lookup === null && oldest === null ? position : goal.position);
  }

  async close(): Promise<void> {
    await Promise.all([this.#source?.close(), this.#options.files?.close()]);
  }

  #read(kind: TouchKind, limit: number, before: bigint | null = null): Promise<TouchedRow[]> {
    const { sink, runId } = this.#options;
    const parentsFirst = sink.order.map(({ id }) => id);
    const mappings = kind === 'left' ? parentsFirst.toReversed() : parentsFirst;
    return readTouchedRows(sink.target, runId, { kind, mappings, before, limit });
  }

  /** From the values of a watch to keys, in the ledger. */
  async #lookUp(lookups: readonly TouchedRow[], position: BinlogPosition): Promise<void> {
    const source = await this.#sourceThatShows(position);
    if (!source) return;
    const { sink, runId, plan } = this.#options;
    await sink.refresh(null, position, async (target, touched) => {
      let touches: Touch[] = [];
      const record = async (): Promise<void> => {
        await recordTouches(target, runId, touches, touched);
        touches = [];
      };
      for (const { mapping, watch, inputs } of lookups) {
        const planned = plan.watches.find(
          (one) => one.watch === watch && one.mapping === this.#mappings.get(mapping),
        );
        if (!planned) throw unknownEntry(mapping);
        const values = JSON.parse(inputs) as (string | null)[];
        for await (const key of touchedKeys(source, planned.mapping, watch, planned.inputs, values))
          if (touches.push({ mapping, watch: KEY_ITSELF, inputs: key }) >= KEYS_PER_INSERT) await record();
      }
      if (touches.length > 0) await record();
      await removeTouchedRows(target, runId, lookups);
    });
  }

  /**
   * A row may stand in the way of another one that has its unique value, and be needed until that is there by those that refer to both:
   * they go and come in one transaction, in which foreign keys are checked at its end.
   */
  async #askTogether(position: BinlogPosition): Promise<void> {
    const entries = [...(await this.#read('left', MAX_KEYS)), ...(await this.#read('key', MAX_KEYS))];
    await this.#ask(entries, true, position);
    this.#options.batch.log.takingAwayFirst();
    if (this.#answer) this.#answer.kind = 'key';
  }

  async #ask(entries: TouchedRow[], clearsAway: boolean, position: BinlogPosition): Promise<void> {
    const source = await this.#sourceThatShows(position);
    if (!source) return;
    const { batch, maxBytes, sink, plan, files: allFiles } = this.#options;
    const files: BroughtFiles[] = [];
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
        if (allFiles?.isOf(id)) files.push(await allFiles.bring(sink.target, id, keys.map(onlyKey)));
        if (!postponing.has(id)) continue;
        for (const inputs of mapping.isSet ? keys : gone) left.push({ mapping: id, watch: KEY_LEFT, inputs });
      }
    }
    const end = await readBinlogPosition(source);
    if (!end) throw new TransfuseError('CDC_BINLOG_OFF', 'The binlog of the source is off.');
    this.#answer = {
      kind: clearsAway ? 'left' : 'key',
      entries: answered,
      left,
      files,
      isPassed: passes(end),
      held: new RowsHeld(batch, plan.cascades),
      isOvertaken: false,
    };
  }

  async #apply(answer: Answer, position: BinlogPosition): Promise<void> {
    const { kind, entries, left, files } = answer;
    const { sink, runId, batch } = this.#options;
    this.#answer = null;
    if (answer.isOvertaken) return batch.clear();
    const settle = async (target: RawTarget, touched: string): Promise<void> => {
      await removeTouchedRows(target, runId, entries);
      if (left.length > 0) await recordTouches(target, runId, left, touched);
      for (const brought of files) await brought.settle(target);
    };
    const wasRefused = entries.every(({ mapping, inputs }) => this.#tried.has(`${mapping} ${inputs}`));
    const refusesConflicts = wasRefused || this.#conflicts[kind] === MAX_CONFLICTS;
    try {
      await sink.refresh(batch, position, settle, { refusesConflicts });
      this.#conflicts[kind] = 0;
      this.#isLeftBlocked = false;
      if (files.length > 0) await this.#options.files?.tidyUp(sink.target);
    } catch (error) {
      const isConflict = error instanceof TransfuseError && error.code === 'SYNC_CONFLICT';
      if (!isConflict || refusesConflicts) throw error;
      this.#conflicts[kind]++;
      this.#isLeftBlocked = kind === 'left';
      this.#notBeforeMs = performance.now() + LOOK_AGAIN_MS * this.#conflicts[kind];
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

/** Of a row that stands for a file. */
function onlyKey(inputs: string): string {
  const [key] = JSON.parse(inputs) as string[];
  return key!;
}

function min(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function unknownEntry(mapping: string): TransfuseError {
  return new TransfuseError(
    'RUN_OPTIONS_DIFFER',
    `The ledger has touched rows of the mapping ${mapping}, which the profile does not have in this form.`,
    { where: { mapping } },
  );
}
