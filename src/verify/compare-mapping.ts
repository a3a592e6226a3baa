/**
 * Compares every row of a mapping: what the source becomes against what the target has. Rows that the first pass could not match are read again and held
 * against the target column by column; what has an open reject is no difference, and neither is the older version of it that the target may still have.
 */
import { haveOpenRejects, rejectKey, type JsonValue } from '../ledger/rejects.ts';
import { splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { compareInTarget, type Verdict } from './compare-in-target.ts';
import type { DifferenceKind } from './differences.ts';
import { readExpected } from './expected-rows.ts';
import { extraRows } from './extra-rows.ts';
import { ResultTally, type MappingResult } from './mapping-result.ts';
import { matchRows, type MatchedRows } from './match-rows.ts';
import { keyText, RowOwner } from './row-owner.ts';
import { TupleLayout } from './tuple-layout.ts';
import type { VerifyContext } from './verify-context.ts';

/** Rows that are looked at one by one, of each mapping. */
const MAX_LOOKED_AT = 100_000;
const BATCH_ROWS = 500;
const BATCH_BYTES = 8 * 1024 * 1024;

/** A row of the source that the target does not have as it is. */
interface Suspect {
  key: Record<string, JsonValue>;
  /** null where the encoder refuses the row. */
  tuple: Buffer | null;
  owner: string | null;
}

/** Throws SOURCE_*, TARGET_*, INTERRUPTED. */
export async function compareMapping(
  context: VerifyContext,
  planned: PlannedMapping,
): Promise<MappingResult> {
  const startedAt = performance.now();
  const comparison = new MappingComparison(context, planned);
  return { ...(await comparison.run()), elapsedMs: performance.now() - startedAt };
}

class MappingComparison {
  readonly #context: VerifyContext;
  readonly #planned: PlannedMapping;
  readonly #layout: TupleLayout;
  readonly #owner: RowOwner;
  readonly #keyColumns: string[];
  readonly #tally = new ResultTally();
  /** Of rows that are rejects: what the target has of them is an older version. */
  readonly #rejectedOwners = new Set<string>();
  readonly #refused: Suspect[] = [];
  #refusedLeftOut = 0;
  /** Rows of the first pass that were found again at the source. */
  readonly #judged = new Set<string>();
  #notSame = 0;

  constructor(context: VerifyContext, planned: PlannedMapping) {
    this.#context = context;
    this.#planned = planned;
    this.#layout = TupleLayout.of(planned);
    this.#owner = new RowOwner(planned, this.#layout);
    this.#keyColumns = rowKeyColumns(planned.table).filter((name) =>
      planned.compiled.sourceColumns.some((column) => column.name === name),
    );
  }

  async run(): Promise<Omit<MappingResult, 'elapsedMs'>> {
    const { mapping, table } = this.#planned;
    const matched = await matchRows({
      context: this.#context,
      planned: this.#planned,
      layout: this.#layout,
      maxLeft: MAX_LOOKED_AT,
      onRefused: (payload) => this.#keepRefused(payload),
    });
    const target = await this.#context.openTarget();
    try {
      if (this.#layout.key.length === 0) await this.#judgeKeyless(target, matched);
      else await this.#judge(target, matched);
    } finally {
      await target.close();
    }
    const { counts, rowsActual, leftOut } = matched;
    const { missing, differs, extra, notRejected, rejected } = this.#tally.counts;
    return {
      mapping: mapping.id,
      sourceTable: table.name,
      targetTable: `${mapping.target.schema}.${mapping.target.table}`,
      rowsRead: counts.rowsRead,
      rowsFiltered: counts.rowsFiltered,
      rowsRejected: rejected,
      rowsExpected: counts.rowsExpected,
      rowsActual,
      rowsSame: Math.max(0, counts.rowsExpected - this.#notSame - leftOut),
      missing,
      differs,
      extra,
      notRejected,
      unexamined: leftOut + this.#refusedLeftOut,
      columns: this.#tally.columns,
      differences: this.#tally.differences,
    };
  }

  #keepRefused(payload: Buffer): void {
    if (this.#refused.length >= MAX_LOOKED_AT) this.#refusedLeftOut++;
    else
      this.#refused.push({ key: this.#keyOf(payload), tuple: null, owner: this.#owner.ofPayload(payload) });
  }

  #keyOf(payload: Buffer): Record<string, JsonValue> {
    const { sourceColumns } = this.#planned.compiled;
    return rejectKey({
      columns: sourceColumns.map(({ name }) => name),
      values: splitRow(payload, 0, sourceColumns.length),
      keyColumns: this.#keyColumns,
    });
  }

  async #judge(target: TargetConnection, { left, chunks }: MatchedRows): Promise<void> {
    for (let from = 0; from < this.#refused.length; from += BATCH_ROWS)
      await this.#judgeBatch(target, this.#refused.slice(from, from + BATCH_ROWS));
    const byChunk = new Map<number, Set<string>>();
    const extra = new Map<string, number>();
    for (const { side, chunk, keyHigh, keyLow } of left) {
      const key = `${keyHigh}:${keyLow}`;
      if (side === 'actual') extra.set(key, (extra.get(key) ?? 0) + 1);
      else {
        byChunk.set(chunk, (byChunk.get(chunk) ?? new Set()).add(key));
      }
    }
    for (const chunk of chunks) {
      const wanted = byChunk.get(chunk.chunk);
      if (wanted) await this.#judgeChunk(target, chunk, wanted);
    }
    // What both sides have under one key was held against each other already.
    for (const key of this.#judged) {
      const more = (extra.get(key) ?? 0) - 1;
      if (more > 0) extra.set(key, more);
      else extra.delete(key);
    }
    if (extra.size > 0) await this.#judgeExtra(target, extra);
  }

  async #judgeChunk(
    target: TargetConnection,
    chunk: MatchedRows['chunks'][number],
    wanted: ReadonlySet<string>,
  ): Promise<void> {
    let batch: Suspect[] = [];
    let bytes = 0;
    const reading = readExpected({
      source: await this.#context.source(),
      planned: this.#planned,
      chunk,
      layout: this.#layout,
      counts: { rowsRead: 0, rowsFiltered: 0, rowsRefused: 0, rowsExpected: 0 },
      onTuple: (tuple, end, payload) => {
        this.#layout.digest(tuple, 0, end);
        const digest = keyText(this.#layout);
        if (!wanted.has(digest)) return;
        this.#judged.add(digest);
        const kept = Buffer.from(tuple.subarray(0, end));
        batch.push({ key: this.#keyOf(payload()), tuple: kept, owner: this.#owner.ofTuple(kept) });
        bytes += end;
      },
      onRefused: () => undefined,
    });
    let isDone = false;
    try {
      while (!isDone) {
        isDone = (await reading.next()).done === true;
        if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES && !isDone) continue;
        await this.#judgeBatch(target, batch);
        batch = [];
        bytes = 0;
      }
    } finally {
      await reading.return(undefined);
      if (!isDone) this.#context.dropSource();
    }
  }

  async #judgeBatch(target: TargetConnection, suspects: readonly Suspect[]): Promise<void> {
    const tuples = suspects.flatMap(({ tuple }) => tuple ?? []);
    const verdicts = (
      tuples.length > 0 ? await compareInTarget(target, this.#planned, this.#layout, tuples) : []
    ).values();
    const guilty: { suspect: Suspect; verdict: Exclude<Verdict, null> }[] = [];
    for (const suspect of suspects) {
      const verdict = suspect.tuple ? verdicts.next().value! : 'refused';
      if (verdict === null) continue;
      if (suspect.tuple) this.#notSame++;
      guilty.push({ suspect, verdict });
    }
    if (guilty.length === 0) return;
    const { runId } = this.#context;
    const keys = guilty.map(({ suspect }) => suspect.key);
    const rejected = await haveOpenRejects(target, runId, this.#planned.mapping.id, keys);
    for (const [index, { suspect, verdict }] of guilty.entries()) {
      if (rejected[index]) {
        this.#tally.counts.rejected++;
        if (suspect.owner !== null) this.#rejectedOwners.add(suspect.owner);
      } else this.#tally.add({ ...differenceOf(verdict), key: suspect.key });
    }
  }

  async #judgeExtra(target: TargetConnection, wanted: Map<string, number>): Promise<void> {
    for await (const { key, owner } of extraRows(target, this.#planned, this.#layout, this.#owner, wanted)) {
      if (owner !== null && this.#rejectedOwners.has(owner)) continue;
      this.#tally.add({ kind: 'extra', columns: [], key });
    }
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
        if (!isReject()) this.#tally.add({ kind: 'missing', columns: [], key: {} });
      }
    }
  }
}

function differenceOf(verdict: Exclude<Verdict, null>): { kind: DifferenceKind; columns: string[] } {
  if (verdict === 'refused') return { kind: 'not_rejected', columns: [] };
  return verdict === 'missing'
    ? { kind: 'missing', columns: [] }
    : { kind: 'differs', columns: verdict.columns };
}
