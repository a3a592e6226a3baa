/** Progress as text. Pure: a snapshot in, lines out. */
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';
import type { ProgressSnapshot, TableProgress } from '../telemetry/progress.ts';

const MAX_NAMED_TABLES = 4;

/** The whole state in one line, for logs of a scheduler and terminals that are not one. */
export function renderProgressLine({ tables, total }: ProgressSnapshot): string {
  const running = runningTables(tables);
  const named = running.slice(0, MAX_NAMED_TABLES).map(describeTable);
  const more = running.length - named.length;
  return [
    `${formatCount(total.tablesDone)} of ${formatCount(total.tables)} tables`,
    `${formatCount(total.rows)} of about ${formatCount(total.rowEstimate)} rows (${percent(total.fraction)})`,
    ...(total.rejected > 0 ? [`${formatCount(total.rejected)} rejected`] : []),
    describeRates(total),
    ...(named.length > 0 ? [`now ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`] : []),
  ].join(' · ');
}

export function runningTables(tables: readonly TableProgress[]): TableProgress[] {
  return tables.filter((table) => table.state === 'loading' || table.state === 'finishing');
}

/** `312,000 rows/s · 124 MB/s · 12.0 s left`. */
export function describeRates(progress: {
  rowsPerSecond: number;
  bytesPerSecond: number;
  remainingMs: number | null;
}): string {
  return [
    `${formatCount(progress.rowsPerSecond)} rows/s`,
    `${formatBytes(progress.bytesPerSecond)}/s`,
    ...(progress.remainingMs === null ? [] : [`${formatDuration(progress.remainingMs)} left`]),
  ].join(' · ');
}

export function percent(fraction: number): string {
  return `${(Math.floor(fraction * 1000) / 10).toFixed(1)} %`;
}

function describeTable(table: TableProgress): string {
  return table.state === 'finishing'
    ? `${table.table} (indexes)`
    : `${table.table} ${percent(table.fraction)}`;
}
