import { runBulk } from '../../bulk/bulk.ts';
import type { BulkObserver } from '../../bulk/bulk-report.ts';
import { destinationsOf, type Destination } from '../../config/destinations.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import { planOf, type Plan } from '../../mapping/plan.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import { ProgressModel } from '../../telemetry/progress.ts';
import { documentsNotFine } from '../../ledger/documents.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { underDatabaseNames } from '../destinations.ts';
import type { ArchiveReport } from '../../archive/archive.ts';
import {
  archiveDocument,
  archiveForLoad,
  archiveSettings,
  makeArchive,
  renderArchive,
} from '../archive-phase.ts';
import { moveDocuments, type MovedDocuments } from '../documents-phase.ts';
import { DOCUMENTS, servicesOf } from '../entities.ts';
import { messagesTo } from '../messages.ts';
import { preparePlan, requireServer } from '../planning.ts';
import { startProgressDisplay } from '../progress-display.ts';
import { bulkDocument, openRejectsOf, renderBulk, type LoadedDatabase } from '../render-bulk.ts';
import { rejectsExceeded } from '../rejects-exceeded.ts';
import { renderDocuments } from '../render-documents.ts';

export interface BulkCommandOptions {
  tables?: string[];
  replace?: boolean;
  retryRejects?: boolean;
  failFast?: boolean;
  sweep?: boolean;
  archive?: boolean;
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
  entities: readonly string[],
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
  if (options.retryRejects) requireServer(settings, 'bulk --retry-rejects');
  if (options.archive) archiveSettings(context);
  const { profile } = await loadProfile(context.profileName, settings);
  const asksForDocuments = entities.includes(DOCUMENTS);
  const withRows = entities.filter((entity) => entity !== DOCUMENTS);
  const onlyDocuments = asksForDocuments && withRows.length === 0;
  const services = servicesOf(withRows, context.invokedAs, profile);
  const plan = await preparePlan(context, options.tables);
  const all = destinationsOf(settings.targets, services);
  // A mapping that cannot be compiled is better found before the first of several databases is loaded.
  if (all.length > 1) for (const planned of plan.mappings) void planned.compiled;
  const progress = new ProgressModel();
  const display = await startProgressDisplay(progress, context.console);
  const loaded: LoadedDatabase[] = [];
  const archive = options.archive ? archiveForLoad(context, options.replace ?? false) : null;
  try {
    for (const { destination, part } of onlyDocuments ? [] : partsOf(plan, all)) {
      const report = await runBulk({
        settings,
        target: destination.database,
        plan: part,
        profileName: context.profileName,
        signal,
        observer: observe(context, progress),
        replace: options.replace ?? false,
        retryRejects: options.retryRejects ?? false,
        noSync: options.sync === false,
        failFast: options.failFast ?? false,
        archive,
      });
      loaded.push({ destination, report, profileName: context.profileName });
    }
    const withDocuments = asksForDocuments ? destinationsOf(settings.targets, profile.services) : all;
    const moved = await moveDocuments(context, plan, withDocuments, progress, {
      isAskedFor: asksForDocuments,
      sweeps: options.sweep ?? false,
    });
    const archived = archive
      ? await makeArchive(context, progress, { tables: null, anew: false, isBegun: archive.isBegun })
      : null;
    display.stop();
    return bulkResult({ loaded, moved, archived }, plan.source.database, settings.bulk.maxRejects);
  } catch (error) {
    throw options.replace ? withoutReplace(error) : error;
  } finally {
    display.stop();
  }
}

/** What goes to each database. Throws NOTHING_TO_DO where that is nothing at all. */
function partsOf(plan: Plan, all: readonly Destination[]): { destination: Destination; part: Plan }[] {
  const parts = all.map((destination) => ({ destination, part: planOf(plan, destination.services) }));
  const filled = parts.filter(({ part }) => part.mappings.length > 0);
  if (filled.length > 0) return filled;
  // A source without tables is loaded too, which notes the position for those to come.
  if (plan.mappings.length === 0) return parts.slice(0, 1);
  throw new TransfuseError(
    'NOTHING_TO_DO',
    'None of the tables that were named goes to one of the entities that were named.',
    { fix: 'Give --tables or entities, or tables that belong to the entities.' },
  );
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
    ...messagesTo({ console, logger }),
  };
}

interface Done {
  loaded: readonly LoadedDatabase[];
  moved: readonly MovedDocuments[];
  archived: ArchiveReport | null;
}

function bulkResult({ loaded, moved, archived }: Done, source: string, maxRejects: number): CommandResult {
  const problem = problemOf(loaded, moved, maxRejects);
  const parts = [
    ...loaded.map((one) => ({ destination: one.destination, text: renderBulk(one) })),
    ...moved.map(({ destination, report }) => ({
      destination,
      text: `documents in the bucket\n${renderDocuments(report)}`,
    })),
  ];
  return {
    document: {
      databases: loaded.map((one) => bulkDocument(one, source)),
      documents: moved.map(({ destination, report }) => ({
        database: destination.database.database,
        ...report,
        notFine: documentsNotFine(report.counts),
      })),
      ...(archived && { archive: archiveDocument(archived) }),
    },
    text: [underDatabaseNames(parts), ...(archived ? [renderArchive(archived)] : [])].join('\n\n'),
    ...(problem && { problem }),
  };
}

function problemOf(
  loaded: readonly LoadedDatabase[],
  moved: readonly MovedDocuments[],
  maxRejects: number,
): TransfuseError | null {
  const openRejects = loaded.reduce((sum, { report }) => sum + openRejectsOf(report), 0);
  const notFine = moved.reduce((sum, { report }) => sum + documentsNotFine(report.counts), 0);
  if (openRejects + notFine > maxRejects) return rejectsExceeded(openRejects, notFine, maxRejects);
  const lost = moved.reduce((sum, { report }) => sum + (report.strays?.lost.count ?? 0), 0);
  if (lost > 0) return objectsLost(lost);
  const failures = loaded.flatMap(({ report }) => report.restoreFailures);
  if (failures.length > 0) {
    const names = failures.map(({ table, name }) => `${table} ${name}`).join('; ');
    return new TransfuseError(
      'RESTORE_INCOMPLETE',
      `All rows are loaded, but not every constraint holds: ${names}.`,
    );
  }
  return null;
}

function objectsLost(count: number): TransfuseError {
  return new TransfuseError(
    'DOCUMENTS_LOST',
    `${quantity(count, 'object')} that documents point to ${count === 1 ? 'is' : 'are'} not in the bucket as stored: named in transfuse.strays, kind lost.`,
    { where: { objects: count } },
  );
}
