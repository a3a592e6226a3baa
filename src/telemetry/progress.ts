/**
 * How far a load is. A pure model: it is told what happened and asked how things stand; it prints nothing, and its
 * clock is given to it. Holds a few numbers for each table, and half-second buckets for each running one.
 */
import { RateWindow, type Rates } from './rate-window.ts';

export type TableState = 'waiting' | 'loading' | 'finishing' | 'done' | 'failed';

/** Rows that were committed to the target, or rejected, together with the chunk they belong to. */
export interface ProgressEvent {
  table: string;
  /** Rows loaded. */
  rows: number;
  /** Bytes sent to the target. */
  bytes: number;
  rejected: number;
}

export interface TableProgress extends Rates {
  table: string;
  state: TableState;
  /** Rows loaded, by earlier runs too. */
  rows: number;
  rejected: number;
  bytes: number;
  rowEstimate: number;
  /** Of the estimate, from 0 to 1; below 1 until the table is done, since an estimate may be too low. */
  fraction: number;
  elapsedMs: number;
  /** null while it cannot be told. */
  remainingMs: number | null;
}

export interface ProgressSnapshot {
  tables: TableProgress[];
  total: Omit<TableProgress, 'table' | 'state'> & { tables: number; tablesDone: number };
}

interface TableRecord {
  state: TableState;
  rowEstimate: number;
  rows: number;
  rejected: number;
  bytes: number;
  startedMs: number | null;
  endedMs: number | null;
  window: RateWindow | null;
}

/** The fraction shown while a table is still loading never says that it is complete. */
const MAX_OPEN_FRACTION = 0.999;

export class ProgressModel {
  readonly #clock: () => number;
  readonly #startedMs: number;
  readonly #tables = new Map<string, TableRecord>();
  readonly #window: RateWindow;

  /** `clock` counts milliseconds from anywhere and never goes back. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#startedMs = clock();
    this.#window = new RateWindow(this.#startedMs);
  }

  /** Announces a table. Rows that an earlier run loaded count as done, and not towards the rates. */
  plan(table: string, rowEstimate: number, loadedBefore: { rows: number; rejected: number } = NOTHING): void {
    const { rows, rejected } = loadedBefore;
    const record: TableRecord = {
      state: 'waiting',
      rowEstimate,
      rows,
      rejected,
      bytes: 0,
      startedMs: null,
      endedMs: null,
      window: null,
    };
    this.#tables.set(table, record);
  }

  /** Adds to a table, which starts it. A table that was not planned is added without an estimate. */
  add({ table, rows, bytes, rejected }: ProgressEvent): void {
    const now = this.#clock();
    const record = this.#running(table, now);
    record.rows += rows;
    record.bytes += bytes;
    record.rejected += rejected;
    record.window?.add(rows, bytes, now);
    this.#window.add(rows, bytes, now);
  }

  /** `finishing` stands for what comes after the rows: indexes, constraints. */
  setState(table: string, state: TableState): void {
    const now = this.#clock();
    const record = this.#running(table, now);
    record.state = state;
    if (state === 'waiting') record.startedMs = null;
    if (state === 'done' || state === 'failed') {
      record.endedMs = now;
      record.window = null;
    }
  }

  snapshot(): ProgressSnapshot {
    const now = this.#clock();
    const tables = [...this.#tables].map(([table, record]) => describe(table, record, now));
    const sum = (pick: (table: TableProgress) => number) =>
      tables.reduce((total, table) => total + pick(table), 0);
    const done = sum((table) => Math.min(table.rows + table.rejected, table.rowEstimate));
    const estimate = sum((table) => table.rowEstimate);
    const tablesDone = tables.filter((table) => table.state === 'done').length;
    const rates = this.#window.at(now);
    const rejected = sum((table) => table.rejected);
    return {
      tables,
      total: {
        tables: tables.length,
        tablesDone,
        rows: sum((table) => table.rows),
        rejected,
        bytes: sum((table) => table.bytes),
        rowEstimate: estimate,
        fraction: fractionOf(done, estimate, tables.length > 0 && tablesDone === tables.length),
        elapsedMs: now - this.#startedMs,
        remainingMs: remaining(done, estimate, rates.rowsPerSecond),
        ...rates,
      },
    };
  }

  #running(table: string, now: number): TableRecord {
    if (!this.#tables.has(table)) this.plan(table, 0);
    const record = this.#tables.get(table) as TableRecord;
    record.startedMs ??= now;
    if (record.state === 'waiting') record.state = 'loading';
    if (record.endedMs === null) record.window ??= new RateWindow(now);
    return record;
  }
}

const NOTHING = { rows: 0, rejected: 0 };
const STILL: Rates = { rowsPerSecond: 0, bytesPerSecond: 0 };

function describe(table: string, record: TableRecord, now: number): TableProgress {
  const { state, rows, rejected, bytes } = record;
  const isDone = state === 'done';
  // Once a table is done its true count is known, and the estimate of the source has served.
  const rowEstimate = isDone ? rows + rejected : Math.max(record.rowEstimate, rows + rejected);
  const rates = record.window?.at(now) ?? STILL;
  return {
    table,
    state,
    rows,
    rejected,
    bytes,
    rowEstimate,
    fraction: fractionOf(rows + rejected, rowEstimate, isDone),
    elapsedMs: record.startedMs === null ? 0 : (record.endedMs ?? now) - record.startedMs,
    remainingMs: isDone ? 0 : remaining(rows + rejected, rowEstimate, rates.rowsPerSecond),
    ...rates,
  };
}

function fractionOf(done: number, estimate: number, isDone: boolean): number {
  if (isDone) return 1;
  return estimate <= 0 ? 0 : Math.min(done / estimate, MAX_OPEN_FRACTION);
}

function remaining(done: number, estimate: number, rowsPerSecond: number): number | null {
  if (rowsPerSecond <= 0 || estimate <= 0) return null;
  return (Math.max(estimate - done, 0) / rowsPerSecond) * 1000;
}
