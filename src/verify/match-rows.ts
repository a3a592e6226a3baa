/**
 * The first pass over a mapping: every row that the source becomes against every row that the target has, by digests of all their columns.
 * Both sides are read once and at the same time, in whatever order; the target's snapshot is older than anything that is read of the source. Where too many
 * rows wait for their like, the pass is made again in parts, by the digest of the key.
 */
import { readStatements } from '../../streams/chunk-statements.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { planChunks, type KeyChunk } from '../mysql/chunk-planner.ts';
import { attestedTable, attestRows, type AttestedRows } from './attest/attested-rows.ts';
import type { RowSampler } from './sample/row-sampler.ts';
import { readExpected, type ExpectedCounts } from './expected-rows.ts';
import { HashedRows } from './hashed-rows.ts';
import { OutstandingRows, type LeftRow } from './outstanding-rows.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { targetTuples } from './target-tuples.ts';
import { TupleLayout } from './tuple-layout.ts';
import { fromTarget, targetColumns, type VerifyContext } from './verify-context.ts';

const MAX_PARTS = 1024;

export interface MatchedRows {
  chunks: readonly KeyChunk[];
  counts: ExpectedCounts;
  rowsActual: number;
  /** What has no like on the other side. */
  left: LeftRow[];
  /** How many more there are than `left` holds. */
  leftOut: number;
  /** Of the very rows that were compared. */
  attested: AttestedRows | null;
}

export interface MatchOptions {
  context: VerifyContext;
  planned: PlannedMapping;
  layout: TupleLayout;
  /** The payload of each source row that the encoder refuses. */
  onRefused(payload: Buffer): void;
  /** All that was refused so far comes again. */
  onRestart(): void;
  maxLeft: number;
  sampler: RowSampler;
}

/** Throws SOURCE_*, TARGET_*. */
export async function matchRows(options: MatchOptions): Promise<MatchedRows> {
  const { context, planned } = options;
  const source = await context.source();
  const chunks = await planChunks(source, planned.table, context.settings.bulk.chunkRows);
  const hashed = context.hashesInTarget ? await openHashed(options) : null;
  for (let parts = 1; ; parts *= 4) {
    const result: MatchedRows = {
      chunks,
      counts: noCounts(),
      rowsActual: 0,
      left: [],
      leftOut: 0,
      attested: null,
    };
    let fits = true;
    for (let part = 0; part < parts && fits; part++)
      fits = await new Pass(options, chunks, hashed, { part, parts }, result).run();
    if (fits) return result;
    options.onRestart();
    if (parts >= MAX_PARTS) throw new RangeError('rows cannot be divided any further');
  }
}

async function openHashed({ context, planned, layout }: MatchOptions): Promise<HashedRows> {
  const target = await context.openTarget();
  try {
    return await HashedRows.open(target, planned, layout);
  } finally {
    await target.close();
  }
}

export function noCounts(): ExpectedCounts {
  return { rowsRead: 0, rowsFiltered: 0, rowsRefused: 0, rowsExpected: 0 };
}

class Pass {
  readonly #options: MatchOptions;
  readonly #chunks: readonly KeyChunk[];
  readonly #part: { part: number; parts: number };
  readonly #result: MatchedRows;
  readonly #outstanding: OutstandingRows;
  readonly #hashed: HashedRows | null;
  /** Each side has its own, since they take turns. */
  readonly #actualLayout: TupleLayout;
  #hasRoom = true;

  constructor(
    options: MatchOptions,
    chunks: readonly KeyChunk[],
    hashed: HashedRows | null,
    part: { part: number; parts: number },
    result: MatchedRows,
  ) {
    this.#options = options;
    this.#chunks = chunks;
    this.#part = part;
    this.#result = result;
    this.#outstanding = new OutstandingRows(options.context.maxWaitingRows);
    this.#hashed = hashed;
    const { columns, key } = hashed?.layout ?? options.layout;
    this.#actualLayout = new TupleLayout(columns, key);
  }

  /** False where there was no room. */
  async run(): Promise<boolean> {
    const { context } = this.#options;
    const { signal } = context;
    const target = await context.openTarget();
    const actual = this.#actual(target);
    const expected = this.#expected();
    let isExpectedDone = false;
    try {
      if (context.attestKey) await target.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // The first answer of the target comes before the first question to the source: its snapshot is the older one.
      let isActualDone = await this.#takeActual(actual);
      let [actualTurns, expectedTurns] = [1, 0];
      while (this.#hasRoom && !(isActualDone && isExpectedDone)) {
        signal.throwIfAborted();
        const isTargetsTurn = !isActualDone && (isExpectedDone || actualTurns <= expectedTurns);
        if (isTargetsTurn) {
          isActualDone = await this.#takeActual(actual);
          actualTurns = this.#rowsActual;
        } else {
          isExpectedDone = (await expected.next()).done === true;
          expectedTurns = this.#rowsExpected;
        }
      }
      if (context.attestKey && this.#hasRoom && this.#part.part === 0)
        this.#result.attested = await this.#attest(target, context.attestKey);
    } finally {
      await expected.return(undefined);
      if (!isExpectedDone) context.dropSource();
      await actual.return(undefined);
      await target.close();
    }
    if (this.#hasRoom) this.#keepLeft();
    return this.#hasRoom;
  }

  #rowsActual = 0;
  #rowsExpected = 0;

  #attest(target: TargetConnection, key: Buffer): Promise<AttestedRows> {
    const { planned, layout } = this.#options;
    return attestRows(target, attestedTable(planned, layout, this.#rowsActual), key);
  }

  async #takeActual(reading: AsyncGenerator<void>): Promise<boolean> {
    const { context, planned } = this.#options;
    const before = this.#rowsActual;
    const { done } = await reading.next();
    context.onRows(planned.mapping.id, this.#rowsActual - before);
    return done === true;
  }

  #actual(target: TargetConnection): AsyncGenerator<void> {
    const { mapping, compiled } = this.#options.planned;
    const layout = this.#actualLayout;
    return targetTuples({
      target,
      select:
        this.#hashed?.select ??
        `SELECT ${targetColumns(compiled.targetColumns)} ${fromTarget(this.#options.planned)}`,
      layout,
      action: `read the rows of ${mapping.id}`,
      onTuple: (bytes, start, end) => {
        layout.digest(bytes, start, end);
        this.#rowsActual++;
        if (!this.#isOfPart(layout)) return;
        this.#result.rowsActual++;
        this.#add(layout, 'actual', 0);
      },
    });
  }

  async *#expected(): AsyncGenerator<void> {
    const { context, planned, layout, onRefused, sampler } = this.#options;
    const isFirst = this.#part.part === 0;
    const counts = isFirst ? this.#result.counts : noCounts();
    for (const chunk of this.#chunks) {
      const source = await context.source();
      const { rows: sql, countUnread } = readStatements(planned, chunk.lower, chunk.upper);
      if (countUnread !== null) await this.#countUnread(source, countUnread, counts);
      yield* readExpected({
        source,
        planned,
        sql,
        layout,
        counts,
        onTuple: (tuple, end, payload) => {
          const digests = this.#digest(tuple, end);
          this.#rowsExpected++;
          if (isFirst && sampler.wants(digests.keyHash, end))
            sampler.take({ payload: Buffer.from(payload()), tuple: Buffer.from(tuple.subarray(0, end)) });
          if (this.#isOfPart(digests)) this.#add(digests, 'expected', chunk.chunk);
        },
        onRefused: (payload) => {
          if (isFirst) onRefused(payload);
        },
      });
    }
  }

  /** Of an expected tuple that the whole row's layout has measured. */
  #digest(tuple: Buffer, end: number): TupleLayout {
    const { layout } = this.#options;
    if (!this.#hashed) {
      layout.digest(tuple, 0, end);
      return layout;
    }
    const { bytes, end: hashedEnd } = this.#hashed.of(tuple, end);
    const { layout: short } = this.#hashed;
    short.measure(bytes, 0, hashedEnd);
    short.digest(bytes, 0, hashedEnd);
    return short;
  }

  async #countUnread(source: SourceConnection, sql: string, counts: ExpectedCounts): Promise<void> {
    const [row] = await source.query<{ count: string }>(sql);
    counts.rowsRead += Number(row!.count);
    counts.rowsFiltered += Number(row!.count);
  }

  #isOfPart({ keyHash }: TupleLayout): boolean {
    const { part, parts } = this.#part;
    return parts === 1 || (keyHash.high >>> 0) % parts === part;
  }

  #add({ keyHash, rowHash }: TupleLayout, side: 'expected' | 'actual', chunk: number): void {
    if (!this.#outstanding.add(keyHash.high, keyHash.low, rowHash.high, rowHash.low, side, chunk))
      this.#hasRoom = false;
  }

  #keepLeft(): void {
    for (const row of this.#outstanding) {
      if (this.#result.left.length < this.#options.maxLeft) this.#result.left.push(row);
      else this.#result.leftOut++;
    }
  }
}
