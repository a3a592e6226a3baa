/** The table at the end of a run: what was loaded, and where the time went. */
import { quantity } from '../core/quantity.ts';
import { formatBytes, formatCount, formatDuration } from './format.ts';
import { renderTable, type TextColumn } from './text-table.ts';

export interface TableSummary {
  table: string;
  /** Rows loaded, by earlier calls too. */
  rows: number;
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

const COLUMNS: readonly TextColumn[] = [
  { title: 'table', align: 'left' },
  { title: 'rows', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'rejects', align: 'right' },
  { title: 'seconds', align: 'right' },
  { title: 'rows/s', align: 'right' },
];

/** Aligned text that ends without a line break. */
export function renderSummary(summary: RunSummary): string {
  const { total, tables } = summaryDocument(summary);
  const footer = cells({
    ...total,
    table: `total, ${quantity(tables.length, 'table')}`,
  });
  return `${renderTable(COLUMNS, tables.map(cells), [footer])}\n\n${renderStages(summary.stagesMs)}`;
}

/** The same as plain data, with exact numbers. */
export function summaryDocument({ tables, elapsedMs, stagesMs }: RunSummary) {
  const sum = (pick: (table: TableSummary) => number) =>
    tables.reduce((total, table) => total + pick(table), 0);
  const rowsNow = sum((table) => table.rowsNow);
  return {
    tables: tables.map((table) => ({ ...table, rowsPerSecond: rate(table.rowsNow, table.elapsedMs) })),
    total: {
      rows: sum((table) => table.rows),
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

function cells(row: TableSummary & { rowsPerSecond: number }): string[] {
  return [
    row.table,
    formatCount(row.rows),
    formatBytes(row.bytes),
    formatCount(row.rejected),
    row.elapsedMs > 0 ? (row.elapsedMs / 1000).toFixed(1) : '–',
    row.rowsNow > 0 ? formatCount(row.rowsPerSecond) : '–',
  ];
}

function rate(rows: number, elapsedMs: number): number {
  return elapsedMs > 0 ? Math.round(rows / (elapsedMs / 1000)) : 0;
}
