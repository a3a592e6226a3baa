/** Making an archive, with progress: a command of its own, and the end of a load. */
import { beginArchiveForLoad, runArchive, type ArchiveReport } from '../archive/archive.ts';
import type { RowArchive } from '../bulk/bulk-context.ts';
import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';
import type { ProgressModel } from '../telemetry/progress.ts';
import { renderTable } from '../telemetry/text-table.ts';
import type { CommandContext } from './command.ts';
import { messagesTo } from './messages.ts';
import { requireServer } from './planning.ts';

/** Where a table stands in the progress, beside its load. */
const archiveOf = (table: string): string => `${table} (archive)`;

/** Throws CONFIG_INVALID where no bucket is named. */
export function archiveSettings({ settings }: Pick<CommandContext, 'settings'>) {
  const { storage } = settings;
  requireServer(settings, 'archive');
  if (storage) return { ...settings, storage };
  throw new TransfuseError('CONFIG_INVALID', 'One setting is missing or wrong:\n  - GCS_BUCKET is not set');
}

/** Takes in what a load reads, and is finished by makeArchive(). */
export function archiveForLoad(context: CommandContext, anew: boolean): RowArchive & { isBegun: boolean } {
  const observer = { onTable: ignore, onRows: ignore, onTableDone: ignore, ...messagesTo(context) };
  const { signal } = context;
  const settings = archiveSettings(context);
  return {
    isBegun: false,
    async begin(chunksOf) {
      const places = await beginArchiveForLoad(
        { settings, anew: anew && !this.isBegun, signal, observer },
        chunksOf,
      );
      this.isBegun = true;
      return places;
    },
  };
}

const ignore = (): void => undefined;

export async function makeArchive(
  context: CommandContext,
  progress: ProgressModel,
  { tables, anew, isBegun }: { tables: readonly string[] | null; anew: boolean; isBegun: boolean },
): Promise<ArchiveReport> {
  const { logger, signal } = context;
  return runArchive({
    settings: archiveSettings(context),
    tables,
    anew,
    signal,
    observer: {
      onTable: (table, rowEstimate) => progress.plan(archiveOf(table), rowEstimate),
      onRows: (table, rows, bytes) =>
        progress.add({ table: archiveOf(table), rows, bytes, rejected: 0, filtered: 0 }),
      onTableDone: (table) => {
        progress.finish(archiveOf(table));
        logger.info({ table, state: 'archived' }, 'table');
      },
      ...messagesTo(context),
      // What was begun a moment ago need not be told of as unfinished.
      ...(isBegun && { onNote: ignore }),
    },
  });
}

export function archiveDocument({ manifest, manifestObject, elapsedMs, chunksNow }: ArchiveReport) {
  const { archive, startPosition, endPosition, tables } = manifest;
  return {
    archive,
    manifest: manifestObject,
    startPosition,
    endPosition,
    elapsedMs,
    chunksNow,
    tables: tables.map(({ name, rows, bytes, rowSum, chunks }) => ({
      table: name,
      rows,
      bytes,
      storedBytes: storedBytesOf({ chunks }),
      rowSum,
      chunks: chunks.length,
    })),
  };
}

export function renderArchive({ manifest, manifestObject, elapsedMs }: ArchiveReport): string {
  const { tables, startPosition, endPosition } = manifest;
  const sum = (pick: (table: (typeof tables)[number]) => number): number =>
    tables.reduce((total, table) => total + pick(table), 0);
  const between =
    startPosition && endPosition
      ? `read between ${startPosition.file}:${startPosition.offset} and ${endPosition.file}:${endPosition.offset} of the binlog`
      : 'read at no position: the source shows no binlog';
  return [
    renderTable(
      [
        { title: 'table', align: 'left' },
        { title: 'rows', align: 'right' },
        { title: 'bytes', align: 'right' },
        { title: 'stored', align: 'right' },
      ],
      tables
        .filter(({ rows }) => rows > 0)
        .map((table) => [
          table.name,
          formatCount(table.rows),
          formatBytes(table.bytes),
          formatBytes(storedBytesOf(table)),
        ]),
    ),
    '',
    `archive ${manifest.archive}: ${quantity(
      sum(({ rows }) => rows),
      'row',
    )} of ${quantity(tables.length, 'table')}, ${formatBytes(sum(storedBytesOf))} stored, in ${formatDuration(elapsedMs)}`,
    between,
    `manifest ${manifestObject}`,
  ].join('\n');
}

function storedBytesOf({ chunks }: Pick<ArchiveReport['manifest']['tables'][number], 'chunks'>): number {
  return chunks.reduce(
    (total, { parts }) => total + parts.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0),
    0,
  );
}
