/** The table at the end of a run: what was loaded, and where the time went. */
import { quantity } from '../core/quantity.ts';
import { formatBytes, formatCount, formatDuration } from './format.ts';
import { renderTable, type TextColumn } from './text-table.ts';

export interface TableSummary {
  table: string;
  /** Rows of the source: loaded, filtered and rejected. */
  read: number;
  /** Rows loaded, by earlier calls too. */
  rows: number;
  filtered: number;
  /** Bytes sent to the target. */
  bytes: number;
  rejected: number;
  /** Rows of those that this call loaded, in `elapsedMs`: the rate is theirs. */
  rowsNow: number;
  elapsedMs: number;
}

/**
 * Time spent by each stage, added up over everything that ran at the same time: the sum may exceed the elapsed time.
 */
export interface StageTimesMs {
  read: number;
  encode: number;
  copy: number;
  index: number;
  constraints: number;
}

export interface RunSummary {
  tables: readonly TableSummary[];
  elapsedMs: number;
  stagesMs: StageTimesMs;
}

interface Column extends TextColumn {
  cell(row: TableSummary & { rowsPerSecond: number }): string;
}

const right = (title: string, cell: Column['cell']): Column => ({ title, align: 'right', cell });

const TABLE: Column = { title: 'table', align: 'left', cell: ({ table }) => table };
/** What filters leave behind has to be seen beside what was read. */
const READ = right('read', ({ read }) => formatCount(read));
const FILTERED = right('filtered', ({ filtered }) => formatCount(filtered));
const ROWS = (title: string): Column => right(title, ({ rows }) => formatCount(rows));
const BYTES = right('bytes', ({ bytes }) => formatBytes(bytes));
const REJECTS = right('rejects', ({ rejected }) => formatCount(rejected));
const TIMES: readonly Column[] = [
  right('seconds', ({ elapsedMs }) => (elapsedMs > 0 ? (elapsedMs / 1000).toFixed(1) : '–')),
  right('rows/s', ({ rowsNow, rowsPerSecond }) => (rowsNow > 0 ? formatCount(rowsPerSecond) : '–')),
];

/** Aligned text that ends without a line break. */
export function renderSummary(summary: RunSummary): string {
  const { total, tables } = summaryDocument(summary);
  const columns =
    total.filtered > 0
      ? [TABLE, READ, ROWS('loaded'), FILTERED, REJECTS, BYTES, ...TIMES]
      : [TABLE, ROWS('rows'), BYTES, REJECTS, ...TIMES];
  const cells = (row: TableSummary & { rowsPerSecond: number }) => columns.map(({ cell }) => cell(row));
  const footer = cells({ ...total, table: `total, ${quantity(tables.length, 'table')}` });
  return `${renderTable(columns, tables.map(cells), [footer])}\n\n${renderStages(summary.stagesMs)}`;
}

/** The same as plain data, with exact numbers. */
export function summaryDocument({ tables, elapsedMs, stagesMs }: RunSummary) {
  const sum = (pick: (table: TableSummary) => number) =>
    tables.reduce((total, table) => total + pick(table), 0);
  const rowsNow = sum((table) => table.rowsNow);
  return {
    tables: tables.map((table) => ({ ...table, rowsPerSecond: rate(table.rowsNow, table.elapsedMs) })),
    total: {
      read: sum((table) => table.read),
      rows: sum((table) => table.rows),
      filtered: sum((table) => table.filtered),
      bytes: sum((table) => table.bytes),
      rejected: sum((table) => table.rejected),
      rowsNow,
      elapsedMs,
      rowsPerSecond: rate(rowsNow, elapsedMs),
    },
    stagesMs,
  };
}

function renderStages(stagesMs: StageTimesMs): string {
  const stages = Object.entries(stagesMs) as [keyof StageTimesMs, number][];
  const total = stages.reduce((sum, [, ms]) => sum + ms, 0);
  const share = (ms: number) => (total > 0 ? ` (${Math.round((ms / total) * 100)} %)` : '');
  return `time went into  ${stages.map(([stage, ms]) => `${stage} ${formatDuration(ms)}${share(ms)}`).join(' · ')}`;
}

function rate(rows: number, elapsedMs: number): number {
  return elapsedMs > 0 ? Math.round(rows / (elapsedMs / 1000)) : 0;
}
