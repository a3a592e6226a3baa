/** Applies a range of changes in the open transaction: the net effect of each segment by few statements, parents first. */
import { failpoint } from '../../core/failpoints.ts';
import { TransfuseError } from '../../core/errors.ts';
import { StatementPipeline, type TupleBytes } from '../../postgres/statement-pipeline.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import { sameBytes } from '../tuple-fields.ts';
import type { ApplyTable } from './apply-table.ts';
import type { CascadeRunner } from './cascade-runner.ts';
import { netEffect } from './net-effect.ts';
import type { RawTarget } from './raw-target.ts';
import { planSegments, type Segment, type SegmentRules } from './segments.ts';
import { copyData, joinTuples, keyOf, rowOf } from './tuple-copy.ts';

/** Up to so many rows go as parameters of one statement each; more go through a temporary table, which then costs less. */
export const MAX_DIRECT_ROWS = 8;

export class SegmentRunner {
  readonly #target: RawTarget;
  readonly #tables: readonly ApplyTable[];
  readonly #rules: SegmentRules;
  readonly #cascades: CascadeRunner;
  /** Temporary tables that hold rows of this transaction. */
  #used = new Set<string>();

  constructor(
    target: RawTarget,
    tables: readonly ApplyTable[],
    rules: SegmentRules,
    cascades: CascadeRunner,
  ) {
    this.#target = target;
    this.#tables = tables;
    this.#rules = rules;
    this.#cascades = cascades;
  }

  /** To be called when the transaction has ended: what was in temporary tables is gone. */
  reset(): void {
    this.#used = new Set();
  }

  /**
   * Applies the range; `before` and `after` go along in the same round trips. Throws the server's error as it came, and then the
   * caller rolls back to where `before` began.
   */
  async run(
    batch: ChangeBatch,
    from: number,
    to: number,
    before: (pipeline: StatementPipeline) => void,
    after: readonly string[],
  ): Promise<number[]> {
    const used = new Set(this.#used);
    let pipeline = new StatementPipeline(this.#target.client);
    before(pipeline);
    let firstCounts: number[] | null = null;
    const flush = async (): Promise<number[]> => {
      const counts = await pipeline.run();
      firstCounts ??= counts;
      pipeline = new StatementPipeline(this.#target.client);
      return counts;
    };
    try {
      for (const segment of planSegments(batch, this.#rules, from, to)) {
        failpoint('sync.before-segment');
        await this.#runSegment(batch, segment, () => pipeline, flush);
      }
      failpoint('sync.in-apply');
      for (const sql of after) pipeline.execute(sql);
      await flush();
      return firstCounts!;
    } catch (error) {
      this.#used = used;
      throw error;
    }
  }

  async #runSegment(
    batch: ChangeBatch,
    segment: Segment,
    pipeline: () => StatementPipeline,
    flush: () => Promise<number[]>,
  ): Promise<void> {
    if (segment.kind === 'truncate') {
      // A table with checks that wait cannot be emptied. The source was between two transactions here: they hold, if ever.
      pipeline().execute('SET CONSTRAINTS ALL IMMEDIATE');
      pipeline().execute(this.#tableOf(batch, segment.from).empty);
      pipeline().execute('SET CONSTRAINTS ALL DEFERRED');
    } else if (segment.kind === 'move') {
      await this.#move(batch, segment.from, pipeline, flush);
    } else {
      await this.#net(batch, segment, pipeline, flush);
    }
  }

  async #net(
    batch: ChangeBatch,
    { from, to, cascading }: Segment & { kind: 'net' },
    pipeline: () => StatementPipeline,
    flush: () => Promise<number[]>,
  ): Promise<void> {
    this.#refuseAbandoned(batch, from, to);
    const effects = [...netEffect(batch, from, to)]
      .map(([mapping, effect]) => ({ mapping, table: this.#tables[mapping]!, ...effect }))
      .sort((a, b) => a.table.rank - b.table.rank);
    const isFree = ({ table, mapping }: { table: ApplyTable; mapping: number }): boolean =>
      !table.facts.isReferenced && !table.postponesDeletes && this.#rules.cascadeReach(mapping) === null;
    const { clearsAway } = batch;
    for (const effect of effects) {
      if (effect.table.postponesDeletes && !clearsAway) effect.deletes = [];
      // Where nothing refers to the rows, those that go make room for the unique values of those that come.
      if (isFree(effect)) this.#addDeletes(pipeline(), batch, effect);
    }
    for (const { table, upserts } of effects) {
      if (table.mapping.isSet) this.#stage(pipeline(), batch, table.rows, upserts, rowOf);
      else this.#add(pipeline(), batch, table, table.rows, upserts, rowOf);
    }
    if (cascading.length > 0) {
      await flush();
      await this.#cascades.afterDeletes(batch, cascading);
    }
    for (const effect of effects.toReversed()) {
      if (isFree(effect)) continue;
      const { table, upserts } = effect;
      if (table.mapping.isSet && upserts.length > 0 && clearsAway) {
        this.#stage(pipeline(), batch, table.keys, upserts, keyOf, table.leftovers);
      }
      this.#addDeletes(pipeline(), batch, effect, false);
    }
  }

  #addDeletes(
    pipeline: StatementPipeline,
    batch: ChangeBatch,
    {
      table,
      deletes,
      upserts,
    }: { table: ApplyTable; deletes: readonly number[]; upserts: readonly number[] },
    replacesSets = true,
  ): void {
    // What a set was goes with it, and is written anew.
    const all = table.mapping.isSet && replacesSets ? [...deletes, ...upserts] : deletes;
    this.#add(pipeline, batch, table, table.keys, all, keyOf);
  }

  #add(
    pipeline: StatementPipeline,
    batch: ChangeBatch,
    { maxStagedBytes }: ApplyTable,
    statements: ApplyTable['rows'],
    changes: readonly number[],
    tupleOf: (batch: ChangeBatch, index: number) => TupleBytes,
  ): void {
    const staged: number[] = [];
    for (const change of changes) {
      const tuple = tupleOf(batch, change);
      const isDirect = changes.length <= MAX_DIRECT_ROWS || tuple.end - tuple.start > maxStagedBytes;
      if (isDirect) pipeline.execute(statements.one, tuple);
      else staged.push(change);
    }
    this.#stage(pipeline, batch, statements, staged, tupleOf);
  }

  /** By way of the temporary table. */
  #stage(
    pipeline: StatementPipeline,
    batch: ChangeBatch,
    statements: ApplyTable['rows'],
    staged: readonly number[],
    tupleOf: (batch: ChangeBatch, index: number) => TupleBytes,
    merge = statements.merge,
  ): void {
    if (staged.length === 0) return;
    if (this.#used.has(statements.staging)) pipeline.execute(`TRUNCATE ${statements.staging}`);
    this.#used.add(statements.staging);
    pipeline.copy(statements.copy, copyData(batch, staged, tupleOf));
    pipeline.execute(merge);
  }

  /**
   * One row that others refer to under another key: updated, so that the target's own foreign keys act as the source's did. While
   * old changes are replayed over newer rows, the row may be there under its new key already, and under its old one too.
   */
  async #move(
    batch: ChangeBatch,
    from: number,
    pipeline: () => StatementPipeline,
    flush: () => Promise<number[]>,
  ): Promise<void> {
    const table = this.#tableOf(batch, from);
    const row = rowOf(batch, from + 1);
    await flush();
    pipeline().execute(table.moveOne, joinTuples(row, keyOf(batch, from)));
    const [moved] = await flush();
    if (moved === 0) pipeline().execute(table.rows.one, row);
    await flush();
    await this.#cascades.afterMove(batch, from);
    if (moved === 0 && !hasSameKey(batch, from, from + 1)) {
      pipeline().execute(table.keys.one, keyOf(batch, from));
    }
  }

  /** The rows that the target has under the keys of these changes. */
  async takeAway(batch: ChangeBatch, changes: readonly number[]): Promise<void> {
    if (changes.length === 0) return;
    const pipeline = new StatementPipeline(this.#target.client);
    for (const change of changes)
      pipeline.execute(this.#tableOf(batch, change).keys.one, keyOf(batch, change));
    await pipeline.run();
  }

  /** The row is not in the target under its new key, and its old one must go: those that refer to it would go with it. */
  #refuseAbandoned(batch: ChangeBatch, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      if (batch.log.kind(index) !== CHANGE.abandon) continue;
      const table = this.#tableOf(batch, index);
      if (!this.#rules.movesAlone(batch.log.mapping(index))) continue;
      throw new TransfuseError(
        'SYNC_CONFLICT',
        `A row of ${table.name} that other rows refer to changed its key, and has a value that the target cannot hold. Nothing of this batch was kept.`,
        {
          where: { table: table.name },
          fix: 'Mend the value at the source and load the table again: bin/bulk --tables … --replace.',
        },
      );
    }
  }

  #tableOf(batch: ChangeBatch, index: number): ApplyTable {
    return this.#tables[batch.log.mapping(index)]!;
  }
}

function hasSameKey({ log, memory }: ChangeBatch, one: number, other: number): boolean {
  return sameBytes(
    memory.chunk(log.chunk(one)),
    log.keyStart(one),
    log.keyEnd(one),
    memory.chunk(log.chunk(other)),
    log.keyStart(other),
    log.keyEnd(other),
  );
}
