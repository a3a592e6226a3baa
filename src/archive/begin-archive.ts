/** Before the first row: an archive that was begun, or the plan of another one, written into the bucket. */
import { archivedColumns } from '../../streams/json-form.ts';
import type { Settings, StorageSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import { VERSION } from '../core/version.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import { planChunks, type KeyChunk } from '../mysql/chunk-planner.ts';
import type { ControlSource } from '../mysql/control-source.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import { readStartPosition, waitUntilVisible } from '../mysql/start-position.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { newArchiveId } from './archive-names.ts';
import { ARCHIVE_FORMAT, type ArchivePlan, type PlannedTable } from './manifest.ts';

export interface BeginOptions {
  settings: Settings & { storage: StorageSettings };
  /** null: all. */
  tables: readonly string[] | null;
  /** An unfinished one is left as it is. */
  anew: boolean;
  /** How tables are divided already; others are cut here. */
  chunksOf: ReadonlyMap<string, readonly KeyChunk[]>;
  signal: AbortSignal;
  onNote(text: string): void;
}

/** Throws NOTHING_TO_DO, SOURCE_*, STORAGE_*, ARCHIVE_MISSING, INTERRUPTED. */
export async function beginArchive(
  options: BeginOptions,
  source: ControlSource,
  bucket: ArchiveBucket,
  catalog: SourceCatalog,
): Promise<ArchivePlan> {
  const begun = await unfinished(options, bucket);
  if (begun) return begun;
  const plan = await source.run((connection) => makePlan(options, connection, catalog));
  await bucket.writePlan(plan);
  failpoint('archive.after-plan');
  if (plan.startPosition) await waitUntilVisible(plan.startPosition, options.signal);
  return plan;
}

/** The newest one of the same tables. */
async function unfinished(
  { anew, tables, onNote }: BeginOptions,
  bucket: ArchiveBucket,
): Promise<ArchivePlan | null> {
  if (anew) return null;
  const { begun } = await bucket.archives();
  const newest = begun.at(-1);
  if (newest === undefined) return null;
  const plan = await bucket.readPlan(newest);
  const names = plan.tables.map(({ name }) => name);
  if (tables && !sameNames(tables, names)) return null;
  onNote(`The archive ${newest} was not finished: going on with it. bin/archive --new begins another one.`);
  return plan;
}

async function makePlan(
  { settings, tables, chunksOf }: BeginOptions,
  source: SourceConnection,
  catalog: SourceCatalog,
): Promise<ArchivePlan> {
  const startPosition = await readStartPosition(source, () => undefined);
  const planned: PlannedTable[] = [];
  for (const table of chosenTables(catalog, tables)) {
    const chunks = chunksOf.get(table.name) ?? (await planChunks(source, table, settings.bulk.chunkRows));
    planned.push({
      name: table.name,
      columns: archivedColumns(table),
      definition: await definitionOf(source, table.name),
      model: table,
      chunks: [...chunks],
    });
  }
  return {
    format: ARCHIVE_FORMAT,
    archive: newArchiveId(new Date()),
    toolVersion: VERSION,
    source: { flavor: source.server.flavor, version: source.server.version, database: catalog.database },
    startedAt: new Date().toISOString(),
    startPosition,
    isOfAll: tables === null,
    tables: planned,
  };
}

/** Throws SOURCE_TABLE_CHANGED where a table is not what the archive was begun with. */
export function tableOf(planned: PlannedTable, catalog: SourceCatalog, archive: string): SourceTable {
  const table = catalog.tables.find(({ name }) => name === planned.name);
  const isSame = table && JSON.stringify(planned.columns) === JSON.stringify(archivedColumns(table));
  if (isSame) return table;
  throw new TransfuseError(
    'SOURCE_TABLE_CHANGED',
    `The table ${planned.name} is not as it was when the archive ${archive} was begun.`,
    { where: { table: planned.name, archive }, fix: 'Begin another archive: bin/archive --new.' },
  );
}

function chosenTables({ tables, database }: SourceCatalog, names: readonly string[] | null): SourceTable[] {
  if (names === null) return tables;
  const unknown = names.filter((name) => !tables.some((table) => table.name === name));
  if (unknown.length > 0)
    throw new TransfuseError(
      'NOTHING_TO_DO',
      `The source database ${database} has no table named ${unknown.join(', ')}.`,
    );
  return tables.filter(({ name }) => names.includes(name));
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}

async function definitionOf(source: SourceConnection, table: string): Promise<string> {
  const [row] = await source.query<Record<string, string>>(
    `SHOW CREATE TABLE ${quoteSourceIdentifier(table)}`,
  );
  return row?.['Create Table'] ?? '';
}
