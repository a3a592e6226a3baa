import { verifyArchive, type VerifyArchiveReport } from '../../archive/verify-archive.ts';
import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import { formatDuration } from '../../telemetry/format.ts';
import { ProgressModel } from '../../telemetry/progress.ts';
import { archiveDocument, archiveSettings, makeArchive, renderArchive } from '../archive-phase.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { messagesTo } from '../messages.ts';
import { startProgressDisplay } from '../progress-display.ts';

export interface ArchiveCommandOptions {
  tables?: string[];
  new?: boolean;
  archive?: string;
  againstSource?: boolean;
}

/** Makes an archive, or reads one back: what differs is then the problem of the result. */
export async function runArchiveCommand(
  context: CommandContext,
  options: ArchiveCommandOptions,
  args: readonly string[],
): Promise<CommandResult> {
  const verifies = requireAction(args, options);
  const progress = new ProgressModel();
  archiveSettings(context);
  const display = await startProgressDisplay(progress, context.console);
  try {
    if (verifies) return await verify(context, options, progress);
    const report = await makeArchive(context, progress, {
      tables: options.tables ?? null,
      anew: options.new ?? false,
      isBegun: false,
    });
    return { document: archiveDocument(report), text: renderArchive(report) };
  } finally {
    display.stop();
  }
}

function requireAction(args: readonly string[], options: ArchiveCommandOptions): boolean {
  const [action, ...more] = args;
  if (action !== undefined && (action !== 'verify' || more.length > 0))
    throw new TransfuseError('USAGE', `Not understood: ${args.join(' ')}.`, {
      fix: 'bin/archive makes an archive, bin/archive verify reads one back.',
    });
  const misplaced = action
    ? options.new && '--new'
    : (options.archive !== undefined && '--archive') || (options.againstSource && '--against-source');
  if (misplaced)
    throw new TransfuseError(
      'USAGE',
      `${misplaced} does not belong to ${action ? 'verify' : 'the making of an archive'}.`,
      {
        fix: 'See bin/archive --help.',
      },
    );
  return action === 'verify';
}

async function verify(
  context: CommandContext,
  options: ArchiveCommandOptions,
  progress: ProgressModel,
): Promise<CommandResult> {
  const report = await verifyArchive({
    settings: archiveSettings(context),
    archive: options.archive ?? null,
    tables: options.tables ?? null,
    againstSource: options.againstSource ?? false,
    signal: context.signal,
    observer: {
      onTable: (table, rows) => progress.plan(table, rows),
      onRows: (table, rows, bytes) => progress.add({ table, rows, bytes, rejected: 0, filtered: 0 }),
      onTableDone: (table) => progress.finish(table),
      onRetry: messagesTo(context).onRetry,
    },
  });
  const { archive, tables, elapsedMs } = report;
  const problem = problemOf(report);
  return {
    document: { archive, elapsedMs, tables },
    text: renderVerified(report),
    ...(problem && { problem }),
  };
}

function renderVerified({ archive, manifest, tables, elapsedMs }: VerifyArchiveReport): string {
  const right = tables.filter(({ problems }) => problems.length === 0);
  const rows = right.reduce((sum, table) => sum + table.rows, 0);
  const of = manifest.isOfAll ? 'every table of the source as it was then' : 'some tables only';
  const faults = tables.flatMap(({ table, problems }) => problems.map((problem) => `✗ ${table}, ${problem}`));
  const differ = tables.filter(({ source }) => source === 'differs').map(({ table }) => table);
  const gone = tables.filter(({ source }) => source === 'gone').map(({ table }) => table);
  const same = tables.filter(({ source }) => source === 'the same').length;
  return [
    ...faults,
    ...(differ.length > 0 ? [`the source has other rows by now in ${differ.join(', ')}`] : []),
    ...(gone.length > 0 ? [`the source does not have any more ${gone.join(', ')}`] : []),
    ...(same > 0 ? [`the source has the same rows in ${quantity(same, 'table')}`] : []),
    `archive ${archive} (${of}), made ${manifest.finishedAt}`,
    `${quantity(rows, 'row')} of ${quantity(right.length, 'table')} read back in ${formatDuration(elapsedMs)}${faults.length === 0 ? ', all as the manifest says' : `; ${quantity(tables.length - right.length, 'table')} not as the manifest says`}`,
  ].join('\n');
}

function problemOf({ archive, tables }: VerifyArchiveReport): TransfuseError | null {
  const broken = tables.filter(({ problems }) => problems.length > 0).length;
  const other = tables.filter(({ source }) => source === 'differs' || source === 'gone').length;
  if (broken + other === 0) return null;
  const parts = [
    ...(broken > 0
      ? [`${quantity(broken, 'table')} of it ${broken === 1 ? 'is' : 'are'} not as its manifest says`]
      : []),
    ...(other > 0 ? [`the source has other rows in ${quantity(other, 'table')}`] : []),
  ];
  return new TransfuseError('ARCHIVE_DIFFERS', `The archive ${archive}: ${parts.join(', and ')}.`, {
    where: { archive },
  });
}
