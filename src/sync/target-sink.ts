/**
 * The target as the loop sees it: batches in, commits out. What the target's tables are like is read when it is opened, so it
 * opens anew after a constraint has come back or a part of a transaction was rolled back.
 */
import type { TargetConnection } from '../postgres/connection.ts';
import { TargetApplier, type ApplierOptions } from './apply/target-applier.ts';
import type { ChangeBatch } from './change-batch.ts';
import type { ChangeTarget } from './schema/passage.ts';
import type { ChangeSink, CheckpointUpdate } from './sync-loop-options.ts';

export class TargetSink implements ChangeSink {
  #options: ApplierOptions;
  readonly #cascades: ApplierOptions['plan']['cascades'];
  #applier: TargetApplier;
  #isStale = false;
  /** Since it was last asked for. */
  #hasTouched = false;
  /** Told of changes of the source that have gone to the target, and are not committed yet. */
  onChanges: (changes: ChangeBatch) => void = () => undefined;

  private constructor(options: ApplierOptions, applier: TargetApplier) {
    this.#options = options;
    this.#cascades = options.plan.cascades;
    this.#applier = applier;
  }

  static async open(options: ApplierOptions): Promise<TargetSink> {
    return new TargetSink(options, await TargetApplier.open(options));
  }

  /** Where the target was when the sink was opened, or is since its last commit. */
  get position(): ApplierOptions['startPosition'] {
    return this.#applier.position;
  }

  get target(): TargetConnection {
    return this.#options.target;
  }

  /** The target's tables are not what they were: they are looked at again before the next batch. */
  tablesChanged(): void {
    this.#isStale = true;
  }

  async apply(changes: ChangeBatch, { position, committedAtMs }: CheckpointUpdate): Promise<void> {
    // Of a transaction that came in parts, the last may hold nothing but its end, which counts.
    if (!changes.isEmpty || changes.transactions.length > 0) await this.applyPart(changes);
    const sourceCommittedAt = committedAtMs === null ? null : new Date(committedAtMs);
    await this.#applier.commit({ position, sourceCommittedAt });
    if (this.#isStale) await this.#reopen();
  }

  async change(
    work: (target: ChangeTarget) => Promise<void>,
    { position, committedAtMs }: CheckpointUpdate,
  ): Promise<void> {
    const sourceCommittedAt = committedAtMs === null ? null : new Date(committedAtMs);
    await this.#applier.change(work, { position, sourceCommittedAt });
  }

  /** Rows selected from the source, and what `work` does in the ledger, in one transaction that passes nothing. */
  async refresh(
    changes: ChangeBatch | null,
    position: ApplierOptions['startPosition'],
    work: Parameters<TargetApplier['refresh']>[2],
    options: Parameters<TargetApplier['refresh']>[3] = {},
  ): Promise<void> {
    if (this.#isStale) await this.#reopen();
    await this.#applier.refresh(changes, { position, sourceCommittedAt: null }, work, options);
  }

  /** Of this run's syncs. */
  get commits(): bigint {
    return this.#applier.commits;
  }

  get order(): TargetApplier['order'] {
    return this.#applier.order;
  }

  /** After an error, where the session is still there. */
  reopen(): Promise<void> {
    return this.#reopen();
  }

  /** From the next batch on, rows of these mappings are not changed by cascades. */
  async leaveOutCascadesInto(children: ReadonlySet<number> | null): Promise<void> {
    const cascades = this.#cascades.filter(({ child }) => !children?.has(child));
    this.#options = { ...this.#options, plan: { ...this.#options.plan, cascades } };
    await this.#reopen();
  }

  async applyPart(changes: ChangeBatch): Promise<void> {
    await this.#applier.applyPart(changes);
    this.onChanges(changes);
    if (!changes.touches.isEmpty) this.#hasTouched = true;
  }

  /** Whether rows of query mappings were touched by what was applied since this was last asked. */
  takeTouched(): boolean {
    const hasTouched = this.#hasTouched;
    this.#hasTouched = false;
    return hasTouched;
  }

  async rollBackParts(): Promise<void> {
    await this.target.query('ROLLBACK');
    await this.#reopen();
  }

  async #reopen(): Promise<void> {
    this.#isStale = false;
    this.#applier = await TargetApplier.open(this.#options);
  }
}
