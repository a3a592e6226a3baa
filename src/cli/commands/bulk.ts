import type { Command } from 'commander';
import { runBulk } from '../../bulk/bulk.ts';
import type { BulkObserver, BulkReport } from '../../bulk/bulk-report.ts';
import { TransfuseError } from '../../core/errors.ts';
import type { Plan } from '../../mapping/plan.ts';
import { ProgressModel } from '../../telemetry/progress.ts';
import { renderSummary, summaryDocument, type RunSummary } from '../../telemetry/summary.ts';
import type { CommandContext, CommandDefinition, CommandResult } from '../command.ts';
import { preparePlan } from '../planning.ts';
import { startProgressDisplay } from '../progress-display.ts';

interface BulkCommandOptions {
  tables?: string[];
  replace?: boolean;
  retryRejects?: boolean;
  failFast?: boolean;
}

export const bulkCommand: CommandDefinition<BulkCommandOptions> = {
  name: 'bulk',
  aliases: [],
  summary: 'Loads the tables of the source into the target, once, and goes on where it stopped',
  examples: [
    'bin/bulk                             everything, or what is left of it',
    'bin/bulk --tables patients,visits    only these tables of the source',
    'bin/bulk --tables visits --replace   empty them in the target first',
    'bin/bulk --retry-rejects             once the rejected rows are mended at the source',
  ],
  keptSafe:
    'The source was only read. Every chunk that was committed is kept; the same command without --replace goes on from there.',
  options(command: Command) {
    command
      .option('--tables <names>', 'only these source tables, separated by commas', splitList)
      .option('--replace', 'empty the target tables first, whoever filled them')
      .option(
        '--retry-rejects',
        'load again the rows that are rejected, after they were mended at the source',
      )
      .option('--fail-fast', 'stop at the first rejected row instead of loading all the others');
  },
  async run(context, options) {
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
    const display = startProgressDisplay(progress, context.console);
    try {
      const report = await runBulk({
        settings,
        plan,
        profileName: context.profileName,
        signal,
        observer: observe(context, progress),
        replace: options.replace ?? false,
        retryRejects: options.retryRejects ?? false,
        failFast: options.failFast ?? false,
      });
      display.stop();
      return bulkResult(report, plan, settings.bulk.maxRejects);
    } catch (error) {
      throw options.replace ? withoutReplace(error) : error;
    } finally {
      display.stop();
    }
  },
};

/** The same command again would empty the tables once more. */
function withoutReplace(error: unknown): unknown {
  if (!(error instanceof TransfuseError) || error.code !== 'INTERRUPTED') return error;
  return new TransfuseError(error.code, error.message, {
    where: error.where,
    fix: 'Start the same command again without --replace: it resumes. With --replace it empties the tables once more.',
  });
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function observe({ console, logger }: CommandContext, progress: ProgressModel): BulkObserver {
  return {
    onPhase: (phase) => logger.info({ phase }, 'phase'),
    onTable: ({ mapping, rowEstimate, loadedBefore }) => progress.plan(mapping, rowEstimate, loadedBefore),
    onTableState: (mapping, state) => {
      progress.setState(mapping, state);
      logger.info({ mapping, state }, 'table');
    },
    onProgress: ({ mapping, rows, bytes }) => progress.add({ table: mapping, rows, bytes, rejected: 0 }),
    onChunk: ({ mapping, rejected }) => {
      // The rows were counted while they were read, before anyone knew which would be rejected.
      if (rejected > 0) progress.add({ table: mapping, rows: -rejected, bytes: 0, rejected });
    },
    onNote: (text) => {
      console.info(`note: ${text}`);
      logger.info(text);
    },
    onRetry: (text) => {
      console.warn(`${text} Trying again.`);
      logger.warn(text);
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
      openRejects,
    },
    text: [renderSummary(summary), '', reconciliation(report), ...failureLines(report)].join('\n'),
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
  return `run ${runId}: ${read} rows read = ${loaded} loaded + ${filtered} filtered + ${rejected} rejected, in every chunk`;
}

function failureLines({ restoreFailures }: BulkReport): string[] {
  return restoreFailures.map(
    ({ kind, table, name, why }) => `not restored: ${kind} ${name} of ${table}. ${why}`,
  );
}

function problemOf(report: BulkReport, openRejects: number, maxRejects: number): TransfuseError | null {
  if (openRejects > maxRejects) {
    return new TransfuseError(
      'REJECTS_EXCEEDED',
      `${openRejects} rows are rejected, and MAX_REJECTS allows ${maxRejects}. All other rows are loaded.`,
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
