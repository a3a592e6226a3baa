/**
 * How far a load is. A pure model: it is told what happened and asked how things stand; it prints nothing, and its
 * clock is given to it. Holds a few numbers for each table, and half-second buckets for each running one.
 */
import { RateWindow, type Rates } from './rate-window.ts';

/** `loading` from the first row on, however the table got there. */
export type TableState = 'waiting' | 'loading' | 'done';

/** What became of rows that were read. */
export interface RowCounts {
  /** Loaded. */
  rows: number;
  rejected: number;
  filtered: number;
}

/** Changes of a table's counts, also downwards: while a chunk is read all its rows count as loaded, until it is known better. */
export interface ProgressEvent extends RowCounts {
  table: string;
  /** Bytes read. */
  bytes: number;
}

export interface TableProgress extends Rates, RowCounts {
  table: string;
  state: TableState;
  /** Rows that there are, as far as is known. */
  rowEstimate: number;
  /** Of the estimate, from 0 to 1; below 1 until the table is done, since an estimate may be too low. */
  fraction: number;
  /** null while it cannot be told. */
  remainingMs: number | null;
}

export interface TotalProgress extends Rates, RowCounts {
  tables: number;
  tablesDone: number;
  rowEstimate: number;
  fraction: number;
  remainingMs: number | null;
  elapsedMs: number;
  /** Over all the time so far, of what was loaded in it. */
  average: Rates;
}

export interface ProgressSnapshot {
  /** What goes on beside the reading of rows, such as the building of indexes; null while rows are read. */
  phase: string | null;
  tables: TableProgress[];
  total: TotalProgress;
}

interface TableRecord extends RowCounts {
  state: TableState;
  rowEstimate: number;
  window: RateWindow | null;
}

/** The fraction shown while a table is still loading never says that it is complete. */
const MAX_OPEN_FRACTION = 0.999;

export class ProgressModel {
  readonly #clock: () => number;
  readonly #startedMs: number;
  readonly #tables = new Map<string, TableRecord>();
  readonly #window: RateWindow;
  #loadedNow = { rows: 0, bytes: 0 };
  #phase: string | null = null;

  /** `clock` counts milliseconds from anywhere and never goes back. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#startedMs = clock();
    this.#window = new RateWindow(this.#startedMs);
  }

  /** Announces a table. Rows that an earlier run loaded count as done, and not towards the rates. */
  plan(table: string, rowEstimate: number, before: RowCounts = NOTHING): void {
    const { rows, rejected, filtered } = before;
    this.#tables.set(table, { state: 'waiting', rowEstimate, rows, rejected, filtered, window: null });
  }

  /** Adds to a table, which starts it. A table that was not planned is added without an estimate. */
  add({ table, rows, bytes, rejected, filtered }: ProgressEvent): void {
    const now = this.#clock();
    const record = this.#known(table);
    record.rows += rows;
    record.rejected += rejected;
    record.filtered += filtered;
    if (record.state === 'waiting') record.state = 'loading';
    if (record.state === 'loading') (record.window ??= new RateWindow(now)).add(rows, bytes, now);
    this.#window.add(rows, bytes, now);
    this.#loadedNow.rows += rows;
    this.#loadedNow.bytes += bytes;
  }

  /** All its rows are there, and their true number with them. */
  finish(table: string): void {
    Object.assign(this.#known(table), { state: 'done', window: null });
  }

  setPhase(phase: string | null): void {
    this.#phase = phase;
  }

  snapshot(): ProgressSnapshot {
    const now = this.#clock();
    const tables = [...this.#tables].map(([table, record]) => describe(table, record, now));
    const sum = (pick: (table: TableProgress) => number) =>
      tables.reduce((total, table) => total + pick(table), 0);
    const done = sum(accountedFor);
    const rowEstimate = sum((table) => table.rowEstimate);
    const tablesDone = tables.filter((table) => table.state === 'done').length;
    const rates = this.#window.at(now);
    const elapsedMs = now - this.#startedMs;
    return {
      phase: this.#phase,
      tables,
      total: {
        tables: tables.length,
        tablesDone,
        rows: sum((table) => table.rows),
        rejected: sum((table) => table.rejected),
        filtered: sum((table) => table.filtered),
        rowEstimate,
        fraction: fractionOf(done, rowEstimate, tables.length > 0 && tablesDone === tables.length),
        remainingMs: remaining(done, rowEstimate, rates.rowsPerSecond),
        elapsedMs,
        average: {
          rowsPerSecond: perSecond(this.#loadedNow.rows, elapsedMs),
          bytesPerSecond: perSecond(this.#loadedNow.bytes, elapsedMs),
        },
        ...rates,
      },
    };
  }

  #known(table: string): TableRecord {
    if (!this.#tables.has(table)) this.plan(table, 0);
    return this.#tables.get(table)!;
  }
}

const NOTHING: RowCounts = { rows: 0, rejected: 0, filtered: 0 };
const STILL: Rates = { rowsPerSecond: 0, bytesPerSecond: 0 };

function accountedFor({ rows, rejected, filtered }: RowCounts): number {
  return rows + rejected + filtered;
}

function describe(table: string, record: TableRecord, now: number): TableProgress {
  const { state, rows, rejected, filtered } = record;
  const done = accountedFor(record);
  const isDone = state === 'done';
  // Once a table is done its true count is known, and the estimate of the source has served.
  const rowEstimate = isDone ? done : Math.max(record.rowEstimate, done);
  const rates = record.window?.at(now) ?? STILL;
  return {
    table,
    state,
    rows,
    rejected,
    filtered,
    rowEstimate,
    fraction: fractionOf(done, rowEstimate, isDone),
    remainingMs: remaining(done, rowEstimate, rates.rowsPerSecond),
    ...rates,
  };
}

function fractionOf(done: number, estimate: number, isDone: boolean): number {
  if (isDone) return 1;
  return estimate <= 0 ? 0 : Math.min(done / estimate, MAX_OPEN_FRACTION);
}

/** Nothing is known of the rows beyond an estimate that was too low. */
function remaining(done: number, estimate: number, rowsPerSecond: number): number | null {
  if (rowsPerSecond <= 0 || estimate <= done) return null;
  return ((estimate - done) / rowsPerSecond) * 1000;
}

function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs > 0 ? count / (elapsedMs / 1000) : 0;
}
