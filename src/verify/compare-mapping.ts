/**
 * Compares every row of a mapping: what the source becomes against what the target has. Rows that the first pass could not match are read again and held
 * against the target column by column; what has an open reject is no difference, and neither is the older version of it that the target may still have. Where
 * both sides change, what is left is looked at again until it stands still.
 */
import { haveOpenRejects } from '../ledger/rejects.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { compareInTarget, type Verdict } from './compare-in-target.ts';
import type { DifferenceKind } from './differences.ts';
import { byDigest, extraRows, type ExtraRow } from './extra-rows.ts';
import { ResultTally, type MappingResult } from './mapping-result.ts';
import { MatchedKeys } from './match-keys.ts';
import { matchRows, type MatchedRows } from './match-rows.ts';
import { recheckRows } from './recheck-rows.ts';
import { RowOwner } from './row-owner.ts';
import { examineSamples, type ExaminedRow } from './sample/examine-samples.ts';
import { RowSampler, type SampledRow } from './sample/row-sampler.ts';
import { SuspectReader, type SourceKey, type Suspect } from './suspects.ts';
import { TupleLayout } from './tuple-layout.ts';
import type { VerifyContext } from './verify-context.ts';

/** Rows that are looked at one by one, of each mapping. */
const MAX_LOOKED_AT = 100_000;
const BATCH_ROWS = 500;
const BATCH_BYTES = 8 * 1024 * 1024;

type Guilty = Exclude<Verdict, null>;

/** `keys`: of the source, where only these rows are to be compared. Throws SOURCE_*, TARGET_*, VERIFY_NOT_FOLLOWED, INTERRUPTED. */
export async function compareMapping(
  context: VerifyContext,
  planned: PlannedMapping,
  keys: readonly SourceKey[] | null,
): Promise<MappingResult> {
  const startedAt = performance.now();
  const comparison = new MappingComparison(context, planned);
  const result = await (keys ? comparison.runOf(keys) : comparison.run());
  return { ...result, elapsedMs: Math.round(performance.now() - startedAt) };
}

class MappingComparison {
  readonly #context: VerifyContext;
  readonly #planned: PlannedMapping;
  readonly #layout: TupleLayout;
  readonly #owner: RowOwner;
  readonly #reader: SuspectReader;
  readonly #tally: ResultTally;
  /** Of rows that are rejects: what the target has of them is an older version. */
  readonly #rejectedOwners = new Set<string>();
  readonly #refused: Suspect[] = [];
  #refusedLeftOut = 0;
  /** Rows of the first pass that were found again at the source, by their digests. */
  readonly #judged = new Set<string>();
  /** Where both sides change: what is to be looked at again. */
  readonly #suspects: Suspect[] = [];
  #notSame = 0;
  #rejectedTuples = 0;
  #changing = 0;
  #olderVersions = 0;
  #rowsExamined = 0;

  constructor(context: VerifyContext, planned: PlannedMapping) {
    this.#context = context;
    this.#planned = planned;
    this.#tally = new ResultTally(context.maxDifferences);
    this.#layout = TupleLayout.of(planned);
    this.#owner = new RowOwner(planned, this.#layout);
    this.#reader = new SuspectReader(context, planned, this.#layout, this.#owner);
  }

  /** Of the rows with these keys alone. */
  async runOf(keys: readonly SourceKey[]): Promise<Omit<MappingResult, 'elapsedMs'>> {
    const matched = new MatchedKeys(
      { planned: this.#planned, layout: this.#layout, owner: this.#owner, reader: this.#reader },
      keys,
    );
    if (keys.length === 0) return this.#resultOf(matched, 0);
    const target = await this.#context.openTarget();
    try {
      for await (const suspects of matched.atSource()) {
        for (let from = 0; from < suspects.length; from += BATCH_ROWS)
          await this.#judgeBatch(target, suspects.slice(from, from + BATCH_ROWS));
      }
      const extra = await matched.extra(target);
      await this.#judgeLeft(target, extra, (digests) => matched.findAtSource(digests));
    } finally {
      await target.close();
    }
    return this.#resultOf(matched, keys.length);
  }

  #resultOf({ rowsRead, rowsExpected, rowsActual }: MatchedKeys, rowsTouched: number) {
    const counts = { rowsRead, rowsExpected, rowsFiltered: 0, rowsRefused: 0 };
    return this.#result({ counts, rowsActual, leftOut: 0, attested: null }, [], rowsTouched);
  }

  async run(): Promise<Omit<MappingResult, 'elapsedMs'>> {
    const { seed, size } = this.#context.samples;
    const sampler = new RowSampler(seed, this.#layout.key.length === 0 ? 0 : size);
    const matched = await matchRows({
      context: this.#context,
      planned: this.#planned,
      layout: this.#layout,
      maxLeft: MAX_LOOKED_AT,
      onRefused: (payload) => this.#keepRefused(payload),
      onRestart: () => this.#forgetRefused(),
      sampler,
    });
    const target = await this.#context.openTarget();
    let samples: ExaminedRow[];
    try {
      if (this.#layout.key.length === 0) await this.#judgeKeyless(target, matched);
      else await this.#judge(target, matched);
      samples = await this.#examine(target, sampler.rows);
    } finally {
      await target.close();
    }
    return this.#result(matched, samples, null);
  }

  #result(
    {
      counts,
      rowsActual,
      leftOut,
      attested,
    }: Pick<MatchedRows, 'counts' | 'rowsActual' | 'leftOut' | 'attested'>,
    samples: ExaminedRow[],
    rowsTouched: number | null,
  ): Omit<MappingResult, 'elapsedMs'> {
    const { mapping, table } = this.#planned;
    const { missing, differs, extra, notRejected, rejected } = this.#tally.counts;
    return {
      mapping: mapping.id,
      sourceTable: table.name,
      targetTable: `${mapping.target.schema}.${mapping.target.table}`,
      rowsTouched,
      rowsRead: counts.rowsRead,
      rowsFiltered: counts.rowsFiltered,
      rowsRejected: rejected,
      rowsExpected: counts.rowsExpected - this.#rejectedTuples,
      rowsActual,
      rowsSame: Math.max(0, counts.rowsExpected - this.#notSame - this.#changing - leftOut),
      rowsExamined: this.#rowsExamined,
      olderVersions: this.#olderVersions,
      missing,
      differs,
      extra,
      notRejected,
      changing: this.#changing,
      unexamined: leftOut + this.#refusedLeftOut,
      columns: this.#tally.columns,
      differences: this.#tally.differences,
      attested,
      samples,
    };
  }

  #examine(target: TargetConnection, rows: readonly SampledRow[]): Promise<ExaminedRow[]> {
    const { runId, followed, samples } = this.#context;
    const options = {
      target,
      planned: this.#planned,
      layout: this.#layout,
      reader: this.#reader,
      runId,
      isLive: followed !== null,
      reveal: samples.reveal,
    };
    return examineSamples(options, rows);
  }

  #keepRefused(payload: Buffer): void {
    if (this.#refused.length >= MAX_LOOKED_AT) this.#refusedLeftOut++;
    else this.#refused.push(this.#reader.refused(payload));
  }

  #forgetRefused(): void {
    this.#refused.length = 0;
    this.#refusedLeftOut = 0;
  }

  async #judge(target: TargetConnection, { left, chunks }: MatchedRows): Promise<void> {
    for (let from = 0; from < this.#refused.length; from += BATCH_ROWS)
      await this.#judgeBatch(target, this.#refused.slice(from, from + BATCH_ROWS));
    const byChunk = new Map<number, Set<string>>();
    const extra = new Map<string, number>();
    for (const { side, chunk, keyHigh, keyLow } of left) {
      const digest = `${keyHigh}:${keyLow}`;
      if (side === 'actual') extra.set(digest, (extra.get(digest) ?? 0) + 1);
      else byChunk.set(chunk, (byChunk.get(chunk) ?? new Set()).add(digest));
    }
    for (const chunk of chunks) {
      const wanted = byChunk.get(chunk.chunk);
      if (!wanted) continue;
      let batch: Suspect[] = [];
      let bytes = 0;
      for await (const suspects of this.#reader.ofChunk(chunk, wanted)) {
        for (const { digest } of suspects) this.#judged.add(digest!);
        batch.push(...suspects);
        bytes += suspects.reduce((sum, { tuple }) => sum + (tuple?.length ?? 0), 0);
        if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
        await this.#judgeBatch(target, batch);
        batch = [];
        bytes = 0;
      }
      await this.#judgeBatch(target, batch);
    }
    // What both sides have under one key was held against each other already.
    for (const digest of this.#judged) {
      const more = (extra.get(digest) ?? 0) - 1;
      if (more > 0) extra.set(digest, more);
      else extra.delete(digest);
    }
    await this.#judgeLeft(target, extra, (digests) => this.#findInChunks(chunks, digests));
  }

  async *#findInChunks(
    chunks: MatchedRows['chunks'],
    digests: ReadonlySet<string>,
  ): AsyncGenerator<Suspect[]> {
    for (const chunk of chunks) yield* this.#reader.ofChunk(chunk, digests);
  }

  /** What no row of the source that was read makes; and, where both sides change, all that differed. */
  async #judgeLeft(
    target: TargetConnection,
    extra: Map<string, number>,
    findAtSource: (digests: ReadonlySet<string>) => AsyncIterable<Suspect[]>,
  ): Promise<void> {
    const { followed } = this.#context;
    if (followed) await this.#recheck(target, followed, findAtSource, extra);
    else if (extra.size > 0) await this.#judgeExtra(target, extra);
  }

  async #judgeBatch(target: TargetConnection, suspects: readonly Suspect[]): Promise<void> {
    this.#rowsExamined += suspects.length;
    const tuples = suspects.flatMap(({ tuple }) => tuple ?? []);
    const verdicts = (
      tuples.length > 0 ? await compareInTarget(target, this.#planned, this.#layout, tuples) : []
    ).values();
    const guilty: { suspect: Suspect; verdict: Guilty }[] = [];
    for (const suspect of suspects) {
      const verdict = suspect.tuple ? verdicts.next().value! : 'refused';
      if (verdict !== null) guilty.push({ suspect, verdict });
    }
    if (guilty.length === 0) return;
    const { runId, followed } = this.#context;
    const keys = guilty.map(({ suspect }) => suspect.key);
    const rejected = await haveOpenRejects(target, runId, this.#planned.mapping.id, keys);
    for (const [index, { suspect, verdict }] of guilty.entries()) {
      if (rejected[index]) {
        if (typeof verdict === 'object') this.#olderVersions++;
        this.#reject(suspect);
      } else if (followed) this.#suspects.push(suspect);
      else this.#confirm(suspect, verdict);
    }
  }

  #reject({ owner, tuple }: Suspect): void {
    if (tuple) {
      this.#notSame++;
      this.#rejectedTuples++;
    }
    this.#tally.counts.rejected++;
    if (owner !== null) this.#rejectedOwners.add(owner);
  }

  #confirm({ key, tuple }: Suspect, verdict: Guilty): void {
    if (tuple) this.#notSame++;
    this.#tally.add({ ...differenceOf(verdict), key });
  }

  async #judgeExtra(target: TargetConnection, wanted: Map<string, number>): Promise<void> {
    const isWanted = byDigest(wanted);
    for await (const row of extraRows(target, this.#planned, this.#layout, this.#owner, isWanted))
      this.#addExtra(row);
  }

  #addExtra({ key, version, owner }: ExtraRow): void {
    if (owner !== null && this.#rejectedOwners.has(owner)) this.#olderVersions++;
    else this.#tally.add({ kind: 'extra', columns: [], key, version });
  }

  async #recheck(
    target: TargetConnection,
    followed: NonNullable<VerifyContext['followed']>,
    findAtSource: (digests: ReadonlySet<string>) => AsyncIterable<Suspect[]>,
    extra: ReadonlyMap<string, number>,
  ): Promise<void> {
    const confirmed = await recheckRows(
      {
        context: this.#context,
        planned: this.#planned,
        layout: this.#layout,
        owner: this.#owner,
        reader: this.#reader,
        findAtSource,
        target,
        followed,
      },
      this.#suspects,
      extra,
    );
    for (const suspect of confirmed.rejected) this.#reject(suspect);
    for (const { suspect, verdict } of confirmed.differing) this.#confirm(suspect, verdict);
    for (const row of confirmed.extra) this.#addExtra(row);
    this.#changing = confirmed.changing;
  }

  /** Rows that cannot be told apart are counted: what is a reject has no key either. */
  async #judgeKeyless(target: TargetConnection, { left }: MatchedRows): Promise<void> {
    const { rows } = await target.query<{ count: string }>(
      'SELECT count(*) AS count FROM transfuse.rejects WHERE run_id = $1 AND mapping = $2 AND resolved_at IS NULL',
      [this.#context.runId, this.#planned.mapping.id],
    );
    let rejects = Number(rows[0]!.count);
    const isReject = (): boolean => {
      if (rejects === 0) return false;
      rejects--;
      this.#tally.counts.rejected++;
      return true;
    };
    for (let refused = this.#refused.length; refused > 0; refused--)
      if (!isReject()) this.#tally.add({ kind: 'not_rejected', columns: [], key: {} });
    for (const { side } of left) {
      if (side === 'actual') this.#tally.add({ kind: 'extra', columns: [], key: {} });
      else {
        this.#notSame++;
        if (isReject()) this.#rejectedTuples++;
        else this.#tally.add({ kind: 'missing', columns: [], key: {} });
      }
    }
  }
}

function differenceOf(verdict: Guilty): { kind: DifferenceKind; columns: string[] } {
  if (verdict === 'refused') return { kind: 'not_rejected', columns: [] };
  return verdict === 'missing'
    ? { kind: 'missing', columns: [] }
    : { kind: 'differs', columns: verdict.columns };
}
