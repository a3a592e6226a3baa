/**
 * Applies batches of source changes to one service database, each with the checkpoint in one transaction (invariant 4).
 *
 * Promises: after commit() the target equals what the source's changes, applied one after the other, would have made of it; a
 * row that the target cannot hold is a reject, and its older version stays. Before commit() nothing is seen by others. After any error
 * the transaction is gone: the applier is of no more use, and another is opened, on a new session where this one is lost.
 * What others have written to the tables, and a batch overwrites, is told of, or stops it (foreign-check.ts). Holds no rows itself: memory is the batch's.
 */
import type { ForeignWritePolicy } from '../../config/settings.ts';
import { failpoint } from '../../core/failpoints.ts';
import type { BinlogPosition } from '../../core/position.ts';
import { TransfuseError } from '../../core/errors.ts';
import {
  ADVANCE_CHECKPOINT,
  advanceParameters,
  beginCheckpoint,
  checkpointMoved,
  CLAIM_CHECKPOINT,
  claimParameters,
} from '../../ledger/checkpoints.ts';
import { recordTouches } from '../../ledger/touched-rows.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { classifyTargetError } from '../../postgres/errors.ts';
import { StatementPipeline } from '../../postgres/statement-pipeline.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import type { SyncPlan } from '../plan-sync.ts';
import { AppliedRejects } from './applied-rejects.ts';
import { isAboutChanges, isConflict } from './apply-errors.ts';
import { applyTable, type ApplyTable } from './apply-table.ts';
import { reachOf } from './cascade-plan.ts';
import { CascadeRunner } from './cascade-runner.ts';
import { deferForeignKeys } from './deferred-checks.ts';
import { ForeignCheck, type Overwritten } from './foreign-check.ts';
import { rawTarget, type RawTarget } from './raw-target.ts';
import { MAX_DIRECT_ROWS, SegmentRunner } from './segment-runner.ts';
import type { SegmentRules } from './segments.ts';
import { applyInSourceOrder, conflictAtEnd, type ServerRefusal } from './source-order.ts';
import { parentsFirst, readReferenced, readTargetFacts, type TargetTableFacts } from './target-facts.ts';

export interface ApplierOptions {
  target: TargetConnection;
  runId: string;
  plan: SyncPlan;
  /** P0 of the run, where sync begins when there is no checkpoint. */
  startPosition: BinlogPosition;
  foreignWrites: ForeignWritePolicy;
  /** Rows of others that were overwritten, and the commit has made it so. */
  onOverwritten?: (overwritten: readonly Overwritten[]) => void;
}

export interface CommitPoint {
  position: BinlogPosition;
  /** When the source committed the last transaction of it; null where none was applied. */
  sourceCommittedAt: Date | null;
}

interface PartOptions {
  /** A row that breaks a constraint among rows is a reject: nothing that is still to come could mend it. */
  refusesConflicts?: boolean;
}

const PART = 'transfuse_part';
const ROOM = 'transfuse_room';

/**
 * Plans are to go by the key's index whatever the statistics say, and not to be made anew for each batch. The last one tells
 * the triggers of a mirrored schema that the rows are the source's, times of change included.
 */
const SESSION_SQL = `SELECT set_config(name, value, false) FROM (VALUES
  ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('jit', 'off'), ('plan_cache_mode', 'force_generic_plan'),
  ('client_min_messages', 'warning'), ('transfuse.applying', 'on')) AS s(name, value)`;

export class TargetApplier {
  readonly #target: RawTarget;
  readonly #runId: string;
  readonly #tables: readonly ApplyTable[];
  readonly #cascades: CascadeRunner;
  readonly #runner: SegmentRunner;
  readonly #rejects: AppliedRejects;
  readonly #foreign: ForeignCheck;
  readonly #onOverwritten: ApplierOptions['onOverwritten'];
  readonly #hasDeferrable: boolean;
  readonly #rules: SegmentRules;
  readonly #temporary = new Set<string>();
  #commits: bigint;
  #isOpen = false;
  #overwritten: Overwritten[] = [];
  #counts = { transactions: 0, upserts: 0, deletes: 0, rejects: 0 };
  /** The position that the target holds. */
  position: BinlogPosition;

  private constructor(
    target: RawTarget,
    { runId, plan, foreignWrites, onOverwritten }: ApplierOptions,
    tables: readonly ApplyTable[],
    rejects: AppliedRejects,
    checkpoint: { position: BinlogPosition; commits: bigint },
  ) {
    this.#target = target;
    this.#runId = runId;
    this.#tables = tables;
    this.#rejects = rejects;
    this.#onOverwritten = onOverwritten;
    this.#commits = checkpoint.commits;
    this.position = checkpoint.position;
    this.#hasDeferrable = tables.some(({ facts }) => facts.hasDeferrable);
    const reach = plan.mappings.map((_, mapping) => reachOf(plan.cascades, mapping));
    const isParent = new Set(plan.cascades.map(({ parent }) => parent));
    this.#cascades = new CascadeRunner(target, plan);
    this.#rules = {
      movesAlone: (mapping) => tables[mapping]!.facts.isReferenced || isParent.has(mapping),
      cascadeReach: (mapping) => reach[mapping]!,
    };
    this.#foreign = new ForeignCheck(target, tables, this.#rules, foreignWrites);
    this.#runner = new SegmentRunner(target, tables, this.#rules, this.#cascades);
  }

  /**
   * Makes a session ready, which must be in no transaction; what the target is like is read now, so that a constraint that
   * comes back takes another applier. Throws SYNC_KEY_MISSING, TARGET_SCHEMA_MISSING, and what TargetConnection.query throws.
   */
  static async open(options: ApplierOptions): Promise<TargetApplier> {
    const { target, runId, plan, startPosition } = options;
    await target.query(SESSION_SQL);
    await target.query('DISCARD TEMP');
    const facts = await readTargetFacts(target, plan.mappings);
    refuseEarlyChildren(plan, facts);
    const ranks = parentsFirst(
      facts.map(({ parents, parentsAway }) => [...new Set([...parents, ...parentsAway])]),
    );
    const tables = plan.mappings.map((mapping, i) => applyTable(mapping, i, facts[i]!, ranks[i]!));
    const checkpoint = await beginCheckpoint(target, runId, startPosition);
    const raw = rawTarget(target.client);
    const ids = plan.mappings.map(({ planned }) => planned.mapping.id);
    const rejects = await AppliedRejects.read(raw, runId, ids);
    return new TargetApplier(raw, options, tables, rejects, checkpoint);
  }

  /**
   * Applies the batch in the open transaction, or in a new one. Of a source transaction too large for memory the parts come one
   * after another, and then commit(). Throws SYNC_CONFLICT, CHECKPOINT_MOVED, and TARGET_* as classified.
   */
  async applyPart(batch: ChangeBatch, options: PartOptions = {}): Promise<void> {
    await this.#guarded(async () => {
      await this.#makeTemporaryTables(batch);
      const refusals = await this.#applyBatch(batch, options);
      this.#overwritten.push(...(await this.#foreign.overwrittenBy(batch)));
      const rejected = await this.#rejects.settle(batch, refusals);
      if (!batch.touches.isEmpty)
        await recordTouches(this.#target, this.#runId, batch.touches.touches(), String(this.#commits));
      this.#count(batch, rejected);
    });
  }

  /** Commits everything since the last commit, and the checkpoint with it. On TARGET_LOST, readCheckpoint() tells whether it took place. */
  async commit({ position, sourceCommittedAt }: CommitPoint): Promise<void> {
    await this.#guarded(async () => {
      if (!this.#isOpen) await this.#begin();
      failpoint('sync.before-commit');
      const advance = advanceParameters(this.#runId, { position, sourceCommittedAt, ...this.#counts });
      const pipeline = new StatementPipeline(this.#target.client);
      pipeline.execute(ADVANCE_CHECKPOINT, { buffer: advance, start: 0, end: advance.length });
      pipeline.execute('COMMIT');
      await pipeline.run();
      this.#isOpen = false;
      failpoint('sync.after-commit');
    });
    this.#commits++;
    this.position = position;
    this.#counts = { transactions: 0, upserts: 0, deletes: 0, rejects: 0 };
    this.#runner.reset();
    if (this.#overwritten.length > 0) this.#onOverwritten?.(this.#overwritten);
    this.#overwritten = [];
  }

  /** What `work` does, committed with the position behind it. */
  async change(work: (target: RawTarget) => Promise<void>, point: CommitPoint): Promise<void> {
    await this.#guarded(async () => {
      if (!this.#isOpen) await this.#begin();
      await work(this.#target);
      failpoint('sync.before-change-commit');
    });
    this.#counts.transactions++;
    await this.commit(point);
    failpoint('sync.after-change-commit');
  }

  /**
   * Rows that were selected from the source, null for none, and what `work` does in the ledger, in one commit at the position that the
   * target holds. `work` is given a number that no other transaction has.
   */
  async refresh(
    batch: ChangeBatch | null,
    point: CommitPoint,
    work: (target: RawTarget, touched: string) => Promise<void>,
    options: PartOptions = {},
  ): Promise<void> {
    if (batch) await this.applyPart(batch, options);
    await this.#guarded(async () => {
      if (!this.#isOpen) await this.#begin();
      await work(this.#target, String(this.#commits));
    });
    await this.commit(point);
  }

  /** The number of the next transaction. */
  get commits(): bigint {
    return this.#commits;
  }

  /** The mappings, those first whose rows others refer to, and whether rows of theirs go only when these have been made anew. */
  get order(): { id: string; postponesDeletes: boolean }[] {
    return this.#tables
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ mapping, postponesDeletes }) => ({ id: mapping.planned.mapping.id, postponesDeletes }));
  }

  /** One batch, one commit. */
  async apply(batch: ChangeBatch, point: CommitPoint): Promise<void> {
    await this.applyPart(batch);
    await this.commit(point);
  }

  async #applyBatch(batch: ChangeBatch, options: PartOptions): Promise<ServerRefusal[]> {
    const isFirst = !this.#isOpen;
    this.#isOpen = true;
    try {
      const counts = await this.#applyRange(batch, 0, batch.log.length, PART, isFirst);
      if (isFirst) requireClaim(counts);
      return [];
    } catch (error) {
      if (!isAboutChanges(error)) throw error;
      await this.#target.query(`ROLLBACK TO SAVEPOINT ${PART}; RELEASE SAVEPOINT ${PART}`);
    }
    return this.#applyInOrder(batch, options);
  }

  /** What holds between the source's statements need not hold between single changes: foreign keys are checked at the end. */
  async #applyInOrder(
    batch: ChangeBatch,
    { refusesConflicts = false }: PartOptions,
  ): Promise<ServerRefusal[]> {
    if (refusesConflicts && (await this.#applyMakingRoom(batch))) return [];
    const nameOf = (mapping: number): string => this.#tables[mapping]!.name;
    // A row that is to be refused has to be known by its own check.
    const checkForeignKeys = refusesConflicts
      ? () => Promise.resolve()
      : await deferForeignKeys(this.#target, batch.mappings);
    if (refusesConflicts) await this.#target.query('SET CONSTRAINTS ALL IMMEDIATE');
    const refusals = await applyInSourceOrder(
      {
        target: this.#target,
        batch,
        applyRange: async (from, to, savepoint) => {
          const begin = (pipeline: StatementPipeline): void => pipeline.execute(`SAVEPOINT ${savepoint}`);
          await this.#runner.run(batch, from, to, begin, [`RELEASE SAVEPOINT ${savepoint}`]);
        },
        movesAlone: this.#rules.movesAlone,
        nameOf,
        refusesConflicts,
      },
      0,
      batch.log.length,
    );
    // As orphans: what they refer to is not in the target, and their older versions may name a row that is to go.
    const withoutParent = refusals.filter(
      ({ change, reason }) =>
        reason === 'foreign_key_violation' && !this.#tables[batch.log.mapping(change)]!.facts.isReferenced,
    );
    await this.#runner.takeAway(
      batch,
      withoutParent.map(({ change }) => change),
    );
    try {
      await checkForeignKeys();
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw conflictAtEnd(batch, error);
    }
    return refusals;
  }

  /** Rows that nothing refers to go before they come: two may have each other's unique value. False where that does not do either. */
  async #applyMakingRoom(batch: ChangeBatch): Promise<boolean> {
    const { log } = batch;
    const referenced = await readReferenced(
      this.#target,
      this.#tables.map(({ mapping }) => mapping.planned.mapping.target),
    );
    const upserts = Array.from({ length: log.length }, (_, change) => change).filter((change) => {
      const mapping = log.mapping(change);
      const { isReferencedAway } = this.#tables[mapping]!.facts;
      const isFree =
        !referenced.has(mapping) && !isReferencedAway && this.#rules.cascadeReach(mapping) === null;
      return log.kind(change) === CHANGE.upsert && isFree;
    });
    await this.#target.query(`SAVEPOINT ${ROOM}`);
    try {
      await this.#runner.takeAway(batch, upserts);
      await this.#applyRange(batch, 0, log.length, PART, false);
    } catch (error) {
      if (!isAboutChanges(error)) throw error;
      await this.#target.query(`ROLLBACK TO SAVEPOINT ${ROOM}; RELEASE SAVEPOINT ${ROOM}`);
      return false;
    }
    await this.#target.query(`RELEASE SAVEPOINT ${ROOM}`);
    return true;
  }

  #applyRange(
    batch: ChangeBatch,
    from: number,
    to: number,
    savepoint: string,
    begins: boolean,
  ): Promise<number[]> {
    const before = (pipeline: StatementPipeline): void => {
      if (begins) this.#addBegin(pipeline);
      pipeline.execute(`SAVEPOINT ${savepoint}`);
      if (this.#hasDeferrable) pipeline.execute('SET CONSTRAINTS ALL DEFERRED');
    };
    // What was deferred is checked here, where it can still be traced, and not at the commit.
    const after = this.#hasDeferrable ? ['SET CONSTRAINTS ALL IMMEDIATE'] : [];
    return this.#runner.run(batch, from, to, before, [...after, `RELEASE SAVEPOINT ${savepoint}`]);
  }

  async #begin(): Promise<void> {
    this.#isOpen = true;
    const pipeline = new StatementPipeline(this.#target.client);
    this.#addBegin(pipeline);
    requireClaim(await pipeline.run());
  }

  #addBegin(pipeline: StatementPipeline): void {
    pipeline.execute('BEGIN');
    const claim = claimParameters(this.#runId, this.#commits);
    pipeline.execute(CLAIM_CHECKPOINT, { buffer: claim, start: 0, end: claim.length });
  }

  /** Before any savepoint, so that none is lost by going back to one. */
  async #makeTemporaryTables(batch: ChangeBatch): Promise<void> {
    const { log } = batch;
    const rows = new Map<number, number>();
    const keys = new Map<number, number>();
    const cascading = new Set<number>();
    for (let change = 0; change < log.length; change++) {
      const mapping = log.mapping(change);
      const kind = log.kind(change);
      const counted = kind === CHANGE.upsert ? rows : keys;
      counted.set(mapping, (counted.get(mapping) ?? 0) + 1);
      if (kind !== CHANGE.upsert) cascading.add(mapping);
    }
    const ofSets = [...rows.keys()].map((i) => this.#tables[i]!).filter(({ mapping }) => mapping.isSet);
    const wanted = [
      ...[...rows].flatMap(([i, count]) => (count > MAX_DIRECT_ROWS ? this.#tables[i]!.rows : [])),
      ...[...keys].flatMap(([i, count]) => (count > MAX_DIRECT_ROWS ? this.#tables[i]!.keys : [])),
      ...ofSets.flatMap((table) => [table.rows, table.keys]),
    ].map(({ staging, createStaging }) => ({ name: staging, sql: createStaging }));
    for (const { name, sql } of [...wanted, ...this.#cascades.createStatements(cascading)]) {
      if (this.#temporary.has(name)) continue;
      await this.#target.query(sql);
      this.#temporary.add(name);
    }
  }

  #count(batch: ChangeBatch, rejected: number): void {
    const { log } = batch;
    for (let change = 0; change < log.length; change++) {
      const kind = log.kind(change);
      if (kind === CHANGE.upsert) this.#counts.upserts++;
      else if (kind === CHANGE.delete || kind === CHANGE.withdraw) this.#counts.deletes++;
    }
    this.#counts.rejects += rejected;
    this.#counts.transactions += batch.transactions.length;
  }

  /** Classifies what comes out, and leaves no transaction open behind it. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#isOpen) await this.#target.query('ROLLBACK').catch(() => undefined);
      this.#isOpen = false;
      throw error instanceof TransfuseError ? error : classifyTargetError(error, { action: 'apply changes' });
    }
  }
}

/**
 * What is selected again comes later than what is applied as it was logged, which must therefore not refer to it. And rows that others
 * refer to go later still: what they refer to themselves must not go as it is logged.
 */
function refuseEarlyChildren({ mappings }: SyncPlan, facts: readonly TargetTableFacts[]): void {
  const isQuery = (index: number): boolean => mappings[index]!.planned.mapping.shape !== 'row';
  for (const [index, { planned }] of mappings.entries()) {
    const { id, target } = planned.mapping;
    const { isReferenced, isReferencedAway } = facts[index]!;
    const parents = [...facts[index]!.parents, ...facts[index]!.parentsAway];
    const logged =
      (isReferenced || isReferencedAway) && isQuery(index) && parents.find((one) => !isQuery(one));
    if (typeof logged === 'number') {
      throw new TransfuseError(
        'SYNC_IMPOSSIBLE',
        `The mapping ${id} can be loaded but not synced: rows of others refer to its rows by a foreign key, and these refer to rows of ${mappings[logged]!.planned.mapping.id}, which are applied as they are logged.`,
        {
          where: { mapping: id, table: planned.table.name },
          fix: `Make ${mappings[logged]!.planned.mapping.id} a query too (with no joins and no fields), or take the foreign key away.`,
        },
      );
    }
    const parent = isQuery(index) ? undefined : parents.find(isQuery);
    if (parent === undefined) continue;
    throw new TransfuseError(
      'SYNC_IMPOSSIBLE',
      `The mapping ${id} can be loaded but not synced: ${target.schema}.${target.table} refers by a foreign key to rows of ${mappings[parent]!.planned.mapping.id}, a query, which arrive later.`,
      {
        where: { mapping: id, table: planned.table.name },
        fix: `Make ${id} a query too (with no joins and no fields), or take the foreign key away.`,
      },
    );
  }
}

/** The counts of BEGIN and of the claim, which finds no row where another has moved the checkpoint. */
function requireClaim(counts: readonly number[]): void {
  if (counts[1] === 0) throw checkpointMoved();
}
