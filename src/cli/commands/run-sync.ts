import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import { runSync } from '../../sync/sync.ts';
import type { SyncReport } from '../../sync/sync-report.ts';
import { formatCount } from '../../telemetry/format.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { mappingOptions, readExtensions } from '../planning.ts';
import { observeSync } from '../sync-progress.ts';

export interface SyncCommandOptions {
  continuous?: boolean;
  until?: string;
  acceptSchema?: string;
}

/** Follows the source, with progress. Constraints that do not hold, a stop, and open rejects beyond MAX_REJECTS are its problem. */
export async function runSyncCommand(
  context: CommandContext,
  options: SyncCommandOptions,
): Promise<CommandResult> {
  if (options.continuous && options.until !== undefined) {
    throw new TransfuseError('USAGE', '--continuous has no end, and --until names one.', {
      fix: 'Give one of --continuous and --until.',
    });
  }
  const { settings, signal } = context;
  const { profile, schema } = await loadProfile(context.profileName);
  const target = { applicationName: 'transfuse planning', signal };
  const extensions = await readExtensions(settings.targets.patient, target);
  const progress = observeSync(context);
  try {
    const report = await runSync({
      settings,
      profile,
      mappingOptions: mappingOptions(settings, extensions),
      schemaOf:
        schema &&
        (async ({ source, options: plan }) =>
          schema(source, { ...plan, sourceTimeZone: settings.source.timeZone })),
      acceptSchema: options.acceptSchema ?? null,
      continuous: options.continuous ?? false,
      until: options.until ?? null,
      signal,
      observer: progress.observer,
    });
    return syncResult(report, context);
  } finally {
    progress.stop();
  }
}

function syncResult(report: SyncReport, { settings }: CommandContext): CommandResult {
  const {
    position,
    transactions,
    rowChanges,
    elapsedMs,
    openRejects,
    restored,
    away,
    overwritten,
    unwatched,
  } = report;
  const gtids = position.gtidSet ? `, GTID ${position.gtidSet}` : '';
  const lines = [
    `${formatCount(rowChanges)} row changes of ${formatCount(transactions)} transactions applied in ${(elapsedMs / 1000).toFixed(1)} s`,
    `position ${position.file}:${position.offset}${gtids}`,
  ];
  const objects = (count: number): string =>
    quantity(count, 'index, constraint or trigger', 'indexes, constraints and triggers');
  if (restored > 0) lines.push(`${objects(restored)} put back`);
  if (away > 0) lines.push(`${objects(away)} still away: see bin/status`);
  for (const { table, rows } of overwritten)
    lines.push(
      `${quantity(rows, 'row')} of ${table} that others had written to the target ${rows === 1 ? 'was' : 'were'} overwritten: see transfuse.foreign_writes there`,
    );
  if (unwatched.length > 0) lines.push(`not watched for writes of others: ${unwatched.join(', ')}`);
  if (openRejects > 0) lines.push(`${quantity(openRejects, 'row')} rejected: see bin/status`);
  const problem = problemOf(report, settings.bulk.maxRejects);
  return { document: report, text: lines.join('\n'), ...(problem && { problem }) };
}

function problemOf(report: SyncReport, maxRejects: number): TransfuseError | null {
  if (report.restoreFailures.length > 0) {
    const names = report.restoreFailures.map(({ table, name }) => `${table} ${name}`).join('; ');
    return new TransfuseError(
      'RESTORE_INCOMPLETE',
      `All changes are applied, but not every constraint holds: ${names}.`,
      {
        fix: 'Mend the rows at the source, then start sync again: it carries that over and restores what is left.',
      },
    );
  }
  if (report.ended === 'stopped')
    return new TransfuseError('INTERRUPTED', 'Stopped at a commit, by a signal.');
  if (report.openRejects > maxRejects) {
    return new TransfuseError(
      'REJECTS_EXCEEDED',
      `${report.openRejects} rows are rejected, and MAX_REJECTS allows ${maxRejects}. All other changes are applied.`,
      { where: { rejects: report.openRejects } },
    );
  }
  return null;
}
