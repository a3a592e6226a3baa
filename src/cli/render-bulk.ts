/** What a load of one target database came to, for people and for machines. */
import type { BulkReport } from '../bulk/bulk-report.ts';
import type { Destination } from '../config/destinations.ts';
import { quantity } from '../core/quantity.ts';
import { formatCount } from '../telemetry/format.ts';
import { renderSummary, summaryDocument, type RunSummary } from '../telemetry/summary.ts';
import { describeAway, nextSync } from './render-away.ts';

export interface LoadedDatabase {
  destination: Destination;
  report: BulkReport;
  profileName: string;
}

export function bulkDocument({ destination, report, profileName }: LoadedDatabase, source: string) {
  return {
    database: destination.database.database,
    services: destination.services,
    run: report.runId,
    source,
    startPosition: report.startPosition,
    ...summaryDocument(summaryOf(report)),
    mappings: report.tables,
    restored: report.restored,
    notRestored: report.restoreFailures,
    waitingForSync: report.waitingForSync,
    ...(report.waitingForSync.length > 0 && { next: nextSync(profileName) }),
    openRejects: openRejectsOf(report),
  };
}

export function renderBulk({ report, profileName }: LoadedDatabase): string {
  return [
    renderSummary(summaryOf(report)),
    '',
    reconciliation(report),
    ...failureLines(report),
    ...waitingLines(report, profileName),
  ].join('\n');
}

export function openRejectsOf({ tables }: BulkReport): number {
  return tables.reduce((sum, table) => sum + table.openRejects, 0);
}

function summaryOf({ tables, elapsedMs, times }: BulkReport): RunSummary {
  return {
    tables: tables.map((table) => ({
      table: table.mapping,
      read: table.rowsRead,
      rows: table.rowsLoaded,
      filtered: table.rowsFiltered,
      bytes: table.bytesWritten,
      rejected: table.rowsRejected,
      rowsNow: table.rowsNow,
      elapsedMs: table.elapsedMs,
    })),
    elapsedMs,
    stagesMs: {
      read: times.readMs,
      encode: times.encodeMs,
      copy: times.copyMs,
      index: times.indexMs,
      constraints: times.constraintMs,
    },
  };
}

function reconciliation({ tables, runId }: BulkReport): string {
  const sum = (pick: (table: BulkReport['tables'][number]) => number) =>
    tables.reduce((total, table) => total + pick(table), 0);
  const read = sum((table) => table.rowsRead);
  const loaded = sum((table) => table.rowsLoaded);
  const filtered = sum((table) => table.rowsFiltered);
  const rejected = sum((table) => table.rowsRejected);
  const parts = `${formatCount(loaded)} loaded + ${formatCount(filtered)} filtered + ${formatCount(rejected)} rejected`;
  return `run ${runId}: ${quantity(read, 'row')} read = ${parts}, in every chunk`;
}

function failureLines({ restoreFailures }: BulkReport): string[] {
  return restoreFailures.map(
    ({ kind, table, name, why }) => `not restored: ${kind} ${name} of ${table}. ${why}`,
  );
}

function waitingLines({ waitingForSync }: BulkReport, profileName: string): string[] {
  if (waitingForSync.length === 0) return [];
  return [
    '',
    `still away: ${describeAway(waitingForSync)}. The source has changed since the load began: they hold again once bin/sync`,
    'has applied those changes, and it puts them back.',
    `next: ${nextSync(profileName)}`,
  ];
}
