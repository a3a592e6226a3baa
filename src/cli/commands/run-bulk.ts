import { runBulk } from '../../bulk/bulk.ts';
import type { BulkObserver, BulkReport } from '../../bulk/bulk-report.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import type { Plan } from '../../mapping/plan.ts';
import { formatCount } from '../../telemetry/format.ts';
import { ProgressModel } from '../../telemetry/progress.ts';
import { renderSummary, summaryDocument, type RunSummary } from '../../telemetry/summary.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { preparePlan } from '../planning.ts';
import { describeAway, NEXT_SYNC } from '../render-away.ts';
import { startProgressDisplay } from '../progress-display.ts';

export interface BulkCommandOptions {
  tables?: string[];
  replace?: boolean;
  retryRejects?: boolean;
  failFast?: boolean;
  /** false with --no-sync. */
  sync?: boolean;
}

/**
 * Plans and loads, with progress. The result says what was read, loaded and rejected; open rejects beyond MAX_REJECTS and
 * constraints that could not be put back are its problem.
 */
export async function runBulkCommand(
  context: CommandContext,
  options: BulkCommandOptions,
): Promise<CommandResult> {
  if (options.replace && options.retryRejects) {
    throw new TransfuseError(
      'USAGE',
      '--replace loads every row anew, so there is no reject left to retry.',
      {
        fix: 'Give one of --replace and --retry-rejects.',
      },
    );
  }
  const { settings, signal } = context;
  const plan = await preparePlan(context, options.tables);
  const progress = new ProgressModel();
  const display = await startProgressDisplay(progress, context.console);
  try {
    const report = await runBulk({
      settings,
      plan,
      profileName: context.profileName,
      signal,
      observer: observe(context, progress),
      replace: options.replace ?? false,
      retryRejects: options.retryRejects ?? false,
      noSync: options.sync === false,
      failFast: options.failFast ?? false,
    });
    display.stop();
    return bulkResult(report, plan, settings.bulk.maxRejects);
  } catch (error) {
    throw options.replace ? withoutReplace(error) : error;
  } finally {
    display.stop();
  }
}

/** Errors after which a load is started again to go on. */
const RESUMABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'INTERRUPTED',
  'SOURCE_LOST',
  'TARGET_LOST',
  'TARGET_FULL',
  'LOCK_LOST',
  'UNEXPECTED',
]);

/** The same command again would empty the tables once more. */
function withoutReplace(error: unknown): unknown {
  if (!(error instanceof TransfuseError) || !RESUMABLE.has(error.code)) return error;
  const { code, message, where, fix } = error;
  return new TransfuseError(code, message, {
    where,
    fix: `${fix} But without --replace: with it the tables are emptied once more.`,
  });
}

function observe({ console, logger }: CommandContext, progress: ProgressModel): BulkObserver {
  return {
    onPhase: (phase) => {
      progress.setPhase(phase === 'loading rows' ? null : phase);
      logger.info({ phase }, 'phase');
    },
    onTable: ({ mapping, rowEstimate, before }) => progress.plan(mapping, rowEstimate, before),
    onTableDone: (mapping) => {
      progress.finish(mapping);
      logger.info({ mapping, state: 'done' }, 'table');
    },
    onProgress: ({ mapping, rows, bytes }) =>
      progress.add({ table: mapping, rows, bytes, rejected: 0, filtered: 0 }),
    onOutcome: ({ mapping, ...change }) => progress.add({ table: mapping, bytes: 0, ...change }),
    onNote: (text) => {
      console.info(`note: ${text}`);
      logger.info(text);
    },
    onRetry: (warning) => {
      console.warn(warning);
      logger.warn(warning);
    },
  };
}

function bulkResult(report: BulkReport, plan: Plan, maxRejects: number): CommandResult {
  const summary: RunSummary = {
    tables: report.tables.map((table) => ({
      table: table.sourceTable,
      rows: table.rowsLoaded,
      bytes: table.bytesWritten,
      rejected: table.rowsRejected,
      rowsNow: table.rowsNow,
      elapsedMs: table.elapsedMs,
    })),
    elapsedMs: report.elapsedMs,
    stagesMs: {
      read: report.times.readMs,
      encode: report.times.encodeMs,
      copy: report.times.copyMs,
      index: report.times.indexMs,
      constraints: report.times.constraintMs,
    },
  };
  const openRejects = report.tables.reduce((sum, table) => sum + table.openRejects, 0);
  const problem = problemOf(report, openRejects, maxRejects);
  return {
    document: {
      run: report.runId,
      source: plan.source.database,
      startPosition: report.startPosition,
      ...summaryDocument(summary),
      mappings: report.tables,
      restored: report.restored,
      notRestored: report.restoreFailures,
      waitingForSync: report.waitingForSync,
      ...(report.waitingForSync.length > 0 && { next: NEXT_SYNC }),
      openRejects,
    },
    text: [
      renderSummary(summary),
      '',
      reconciliation(report),
      ...failureLines(report),
      ...waitingLines(report),
    ].join('\n'),
    ...(problem && { problem }),
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

function waitingLines({ waitingForSync }: BulkReport): string[] {
  if (waitingForSync.length === 0) return [];
  return [
    '',
    `still away: ${describeAway(waitingForSync)}. The source has changed since the load began: they hold again once bin/sync`,
    'has applied those changes, and it puts them back.',
    `next: ${NEXT_SYNC}`,
  ];
}

function problemOf(report: BulkReport, openRejects: number, maxRejects: number): TransfuseError | null {
  if (openRejects > maxRejects) {
    return new TransfuseError(
      'REJECTS_EXCEEDED',
      `${quantity(openRejects, 'row is', 'rows are')} rejected, and MAX_REJECTS allows ${maxRejects}. All other rows are loaded.`,
      { where: { rejects: openRejects } },
    );
  }
  if (report.restoreFailures.length > 0) {
    const names = report.restoreFailures.map(({ table, name }) => `${table} ${name}`).join('; ');
    return new TransfuseError(
      'RESTORE_INCOMPLETE',
      `All rows are loaded, but not every constraint holds: ${names}.`,
    );
  }
  return null;
}
