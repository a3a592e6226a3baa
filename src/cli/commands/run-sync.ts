import { destinationsOf, type Destination } from '../../config/destinations.ts';
import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import type { SyncReport } from '../../sync/sync-report.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { underDatabaseNames } from '../destinations.ts';
import { rejectsExceeded } from '../rejects-exceeded.ts';
import { followDatabase } from '../follow-database.ts';
import { readExtensions, requireServer } from '../planning.ts';

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
  requireServer(settings, 'sync');
  const loaded = await loadProfile(context.profileName, settings);
  const all = destinationsOf(settings.targets, loaded.profile.services);
  const extensions = await readExtensions(
    all.map(({ database }) => database),
    { applicationName: 'transfuse planning', signal },
  );
  const stop = new AbortController();
  const follow = async (destination: Destination): Promise<SyncedDatabase> => {
    try {
      const report = await followDatabase(context, {
        loaded,
        extensions,
        destination,
        acceptSchema: options.acceptSchema ?? null,
        sharers: all.length,
        continuous: options.continuous ?? false,
        until: options.until ?? null,
        signal: AbortSignal.any([signal, stop.signal]),
      });
      return { destination, report };
    } catch (error) {
      // What one database cannot go past, the others stop before too: the operator has one state to look at.
      stop.abort(
        new TransfuseError('INTERRUPTED', 'Stopped, because another database cannot be followed up.'),
      );
      throw error;
    }
  };
  const ended = await Promise.allSettled(all.map(follow));
  const failures = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const first = failures.find((error) => !isInterruption(error)) ?? failures[0];
  if (first !== undefined) throw first;
  const synced = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return syncResult(synced, settings.bulk.maxRejects);
}

function isInterruption(error: unknown): boolean {
  return error instanceof TransfuseError && error.code === 'INTERRUPTED';
}

interface SyncedDatabase {
  destination: Destination;
  report: SyncReport;
}

function syncResult(synced: readonly SyncedDatabase[], maxRejects: number): CommandResult {
  const problem = problemOf(
    synced.map(({ report }) => report),
    maxRejects,
  );
  return {
    document: {
      databases: synced.map(({ destination, report }) => ({
        database: destination.database.database,
        services: destination.services,
        ...report,
      })),
    },
    text: underDatabaseNames(
      synced.map(({ destination, report }) => ({ destination, text: renderReport(report) })),
    ),
    ...(problem && { problem }),
  };
}

function renderReport(report: SyncReport): string {
  const { position, transactions, rowChanges, elapsedMs, openRejects, documentsNotFine, restored, away } =
    report;
  const gtids = position.gtidSet ? `, GTID ${position.gtidSet}` : '';
  const lines = [
    `${quantity(rowChanges, 'row change')} of ${quantity(transactions, 'transaction')} applied in ${(elapsedMs / 1000).toFixed(1)} s`,
    `position ${position.file}:${position.offset}${gtids}`,
  ];
  const objects = (count: number): string =>
    quantity(count, 'index, constraint or trigger', 'indexes, constraints and triggers');
  if (restored > 0) lines.push(`${objects(restored)} put back`);
  if (away > 0) lines.push(`${objects(away)} still away: see bin/status`);
  for (const { table, rows } of report.overwritten)
    lines.push(
      `${quantity(rows, 'row')} of ${table} that others had written to the target ${rows === 1 ? 'was' : 'were'} overwritten: see transfuse.foreign_writes there`,
    );
  if (report.unwatched.length > 0)
    lines.push(`not watched for writes of others: ${report.unwatched.join(', ')}`);
  if (documentsNotFine > 0)
    lines.push(
      `${quantity(documentsNotFine, 'document is', 'documents are')} not as they should be: see bin/status`,
    );
  if (openRejects > 0) lines.push(`${quantity(openRejects, 'row')} rejected: see bin/status`);
  return lines.join('\n');
}

function problemOf(reports: readonly SyncReport[], maxRejects: number): TransfuseError | null {
  const failures = reports.flatMap(({ restoreFailures }) => restoreFailures);
  if (failures.length > 0) {
    const names = failures.map(({ table, name }) => `${table} ${name}`).join('; ');
    return new TransfuseError(
      'RESTORE_INCOMPLETE',
      `All changes are applied, but not every constraint holds: ${names}.`,
      {
        fix: 'Mend the rows at the source, then start sync again: it carries that over and restores what is left.',
      },
    );
  }
  if (reports.some(({ ended }) => ended === 'stopped'))
    return new TransfuseError('INTERRUPTED', 'Stopped at a commit, by a signal.');
  const openRejects = reports.reduce((sum, report) => sum + report.openRejects, 0);
  const notFine = reports.reduce((sum, report) => sum + report.documentsNotFine, 0);
  return openRejects + notFine > maxRejects ? rejectsExceeded(openRejects, notFine, maxRejects) : null;
}
