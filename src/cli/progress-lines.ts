/** Progress as text. Pure: a snapshot in, lines out. */
import { quantity } from '../core/quantity.ts';
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';
import type { ProgressSnapshot, TableProgress, TotalProgress } from '../telemetry/progress.ts';
import type { Rates } from '../telemetry/rate-window.ts';

const MAX_NAMED_TABLES = 4;

/** The whole state in one line, for logs of a scheduler and terminals that are not one. */
export function renderProgressLine({ phase, tables, total }: ProgressSnapshot): string {
  const running = runningTables(tables);
  const named = running
    .slice(0, MAX_NAMED_TABLES)
    .map(({ table, fraction }) => `${table} ${percent(fraction)}`);
  const more = running.length - named.length;
  return [
    ...howFar(total),
    phase ?? describeRates(total),
    ...(named.length > 0 ? [`now ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`] : []),
  ].join(' · ');
}

/** How far it came in the end, and how fast on the whole: what runs, and what is left, is over. */
export function renderLastLine({ total }: ProgressSnapshot): string {
  const { average, elapsedMs } = total;
  return [
    ...howFar(total),
    ...(average.rowsPerSecond > 0 ? [`${speed(average)} on average`] : []),
    `${formatDuration(elapsedMs)} in all`,
  ].join(' · ');
}

function howFar({ tables, tablesDone, rows, rejected, rowEstimate, fraction }: TotalProgress): string[] {
  return [
    `${formatCount(tablesDone)} of ${quantity(tables, 'table')}`,
    tablesDone === tables
      ? quantity(rows, 'row')
      : `${formatCount(rows)} of about ${quantity(rowEstimate, 'row')} (${percent(fraction)})`,
    ...(rejected > 0 ? [`${formatCount(rejected)} rejected`] : []),
  ];
}

export function runningTables(tables: readonly TableProgress[]): TableProgress[] {
  return tables.filter((table) => table.state === 'loading');
}

/** `312,000 rows/s · 124 MB/s · 12.0 s left`. */
export function describeRates(progress: Rates & { remainingMs: number | null }): string {
  const { remainingMs, rowsPerSecond } = progress;
  if (rowsPerSecond <= 0) return 'no rows at the moment';
  return remainingMs === null ? speed(progress) : `${speed(progress)} · ${formatDuration(remainingMs)} left`;
}

function speed({ rowsPerSecond, bytesPerSecond }: Rates): string {
  return `${formatCount(rowsPerSecond)} rows/s · ${formatBytes(bytesPerSecond)}/s`;
}

export function percent(fraction: number): string {
  return `${(Math.floor(fraction * 1000) / 10).toFixed(1)} %`;
}
