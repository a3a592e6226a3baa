/**
 * Copies the rows of a source, as they are, into the bucket: gzipped lines of JSON by table and chunk, and a manifest.
 *
 * Promises: every table that was planned is read whole, each chunk in one short statement; the manifest is there only when all parts are, and says
 * what is in them and between which positions of the binlog they were read. One that was interrupted is gone on with. Does not promise a snapshot: rows that
 * changed meanwhile are there as they were when their chunk was read. Holds a part for each chunk under way.
 */
import type { Settings, StorageSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import { retry } from '../core/retry.ts';
import { VERSION } from '../core/version.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import { readSourceCatalog } from '../mysql/catalog.ts';
import { planChunks } from '../mysql/chunk-planner.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { ControlSource } from '../mysql/control-source.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import { ObjectStore } from '../storage/object-store.ts';
import { ArchiveBucket, chunkKey } from './archive-bucket.ts';
import { archiveChunk } from './archive-chunk.ts';
import { ArchiveNames, newArchiveId } from './archive-names.ts';
import { summarize } from './archived-table.ts';
import {
  ARCHIVE_FORMAT,
  type ArchivedChunk,
  type ArchiveManifest,
  type ArchivePlan,
  type PlannedTable,
} from './manifest.ts';
import { archivedColumns } from './read-chunk.ts';

export interface ArchiveOptions {
  settings: Settings & { storage: StorageSettings };
  /** null: all. */
  tables: readonly string[] | null;
  /** An unfinished one is left as it is. */
  anew: boolean;
  signal: AbortSignal;
  observer: ArchiveObserver;
}

/** Told what happens while it happens. Must not throw. */
export interface ArchiveObserver {
  onTable(table: string, rowEstimate: number): void;
  onRows(table: string, rows: number, bytes: number): void;
  onTableDone(table: string): void;
  onNote(text: string): void;
  onRetry(warning: string): void;
}

export interface ArchiveReport {
  manifest: ArchiveManifest;
  /** Name of its object. */
  manifestObject: string;
  elapsedMs: number;
  /** By this call. */
  chunksNow: number;
}

interface Task {
  planned: PlannedTable;
  table: SourceTable;
  chunk: PlannedTable['chunks'][number];
}

/** Throws TransfuseError; what was stored by then is kept, and the same call goes on from there. */
export async function runArchive(options: ArchiveOptions): Promise<ArchiveReport> {
  const { settings, signal, observer } = options;
  const { retryTimeoutMs } = settings.bulk;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const common = { signal: either, retryTimeoutMs, onRetry: (warning: string) => observer.onRetry(warning) };
  const source = await ControlSource.open({ ...common, settings: settings.source });
  try {
    const store = new ObjectStore({ ...common, settings: settings.storage });
    const names = new ArchiveNames(settings.storage.prefix, settings.source.database);
    const bucket = new ArchiveBucket(store, names);
    return await new Archiving({ ...options, signal: either }, source, bucket, stop).run();
  } finally {
    await source.release();
  }
}

class Archiving {
  readonly #options: ArchiveOptions;
  readonly #source: ControlSource;
  readonly #bucket: ArchiveBucket;
  readonly #stop: AbortController;
  readonly #startedAt = performance.now();

  constructor(options: ArchiveOptions, source: ControlSource, bucket: ArchiveBucket, stop: AbortController) {
    this.#options = options;
    this.#source = source;
    this.#bucket = bucket;
    this.#stop = stop;
  }

  async run(): Promise<ArchiveReport> {
    const { settings } = this.#options;
    const catalog = await this.#source.run((source) => readSourceCatalog(source, settings.source.database));
    const plan = (await this.#unfinished()) ?? (await this.#plan(catalog));
    const done = await this.#bucket.finishedChunks(plan);
    const tasks = this.#tasks(plan, catalog, done);
    const chunksNow = tasks.length;
    await this.#source.release();
    await this.#archive(plan, tasks, done);
    const endPosition = await this.#source.run(positionIfPossible);
    const { tables, ...rest } = plan;
    const manifest: ArchiveManifest = {
      ...rest,
      finishedAt: new Date().toISOString(),
      endPosition,
      tables: tables.map((table) => summarize(table, done)),
    };
    await this.#bucket.writeManifest(manifest);
    const manifestObject = this.#bucket.names.manifest(plan.archive);
    return { manifest, manifestObject, elapsedMs: performance.now() - this.#startedAt, chunksNow };
  }

  /** The newest one of the same tables. */
  async #unfinished(): Promise<ArchivePlan | null> {
    const { anew, tables, observer } = this.#options;
    if (anew) return null;
    const { begun } = await this.#bucket.archives();
    const newest = begun.at(-1);
    if (newest === undefined) return null;
    const plan = await this.#bucket.readPlan(newest);
    if (
      tables &&
      !sameNames(
        tables,
        plan.tables.map(({ name }) => name),
      )
    )
      return null;
    observer.onNote(`The archive ${newest} was not finished: going on with it. --new begins another one.`);
    return plan;
  }

  async #plan(catalog: SourceCatalog): Promise<ArchivePlan> {
    const { settings, tables } = this.#options;
    const chosen = chosenTables(catalog, tables);
    const plan = await this.#source.run(async (source): Promise<ArchivePlan> => {
      const startPosition = await positionIfPossible(source);
      const planned: PlannedTable[] = [];
      for (const table of chosen) {
        planned.push({
          name: table.name,
          columns: archivedColumns(table),
          definition: await definitionOf(source, table.name),
          model: table,
          chunks: await planChunks(source, table, settings.bulk.chunkRows),
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
    });
    await this.#bucket.writePlan(plan);
    failpoint('archive.after-plan');
    return plan;
  }

  #tasks(plan: ArchivePlan, catalog: SourceCatalog, done: ReadonlyMap<string, ArchivedChunk>): Task[] {
    const byName = new Map(catalog.tables.map((table) => [table.name, table]));
    return plan.tables.flatMap((planned) => {
      const table = byName.get(planned.name);
      if (!table || !sameColumns(planned, table)) throw tableChanged(planned.name, plan.archive);
      this.#options.observer.onTable(planned.name, table.rowEstimate);
      const left = planned.chunks.filter(({ chunk }) => !done.has(chunkKey(planned.name, chunk)));
      if (left.length === 0) this.#options.observer.onTableDone(planned.name);
      return left.map((chunk) => ({ planned, table, chunk }));
    });
  }

  /** Several chunks at a time, each lane on a connection of its own. */
  async #archive(plan: ArchivePlan, tasks: readonly Task[], done: Map<string, ArchivedChunk>): Promise<void> {
    const { settings, observer } = this.#options;
    const queue = tasks.values();
    const left = new Map<string, number>();
    for (const { planned } of tasks) left.set(planned.name, (left.get(planned.name) ?? 0) + 1);
    const lane = async (): Promise<void> => {
      const connection = new LaneSource(settings, this.#options.signal);
      try {
        for (const task of queue) {
          const { name } = task.planned;
          const archived = await this.#archiveOne(plan.archive, task, connection);
          done.set(chunkKey(name, task.chunk.chunk), archived);
          failpoint('archive.after-chunk');
          left.set(name, left.get(name)! - 1);
          if (left.get(name) === 0) observer.onTableDone(name);
        }
      } catch (error) {
        this.#stop.abort(error);
        throw error;
      } finally {
        await connection.close();
      }
    };
    const lanes = Array.from({ length: Math.min(settings.bulk.jobs, tasks.length) }, lane);
    await Promise.allSettled(lanes);
    this.#options.signal.throwIfAborted();
  }

  async #archiveOne(
    archive: string,
    { planned, table, chunk }: Task,
    lane: LaneSource,
  ): Promise<ArchivedChunk> {
    const { store, names } = this.#bucket;
    const { settings, signal, observer } = this.#options;
    let isFirst = true;
    let told = { rows: 0, bytes: 0 };
    return retry(
      async () => {
        // Their rows may have changed since: parts of two attempts do not fit each other.
        if (!isFirst)
          for await (const page of store.list(names.chunk(archive, planned.name, chunk.chunk)))
            for (const part of page.toReversed()) await store.remove(part);
        isFirst = false;
        observer.onRows(planned.name, -told.rows, 0);
        told = { rows: 0, bytes: 0 };
        return archiveChunk({
          source: await lane.connected(),
          table,
          chunk,
          store,
          nameOf: (part) => names.part(archive, planned.name, chunk.chunk, part),
          onRows: (rows, bytes) => {
            told.rows += rows;
            observer.onRows(planned.name, rows, bytes);
          },
        });
      },
      {
        timeoutMs: settings.bulk.retryTimeoutMs,
        signal,
        subject: `chunk ${chunk.chunk} of ${planned.name} from its beginning`,
        onRetry: (warning) => observer.onRetry(warning),
      },
    );
  }
}

/** A lane's connection, made when it is needed, and again when it was lost. */
class LaneSource {
  readonly #settings: Settings;
  readonly #signal: AbortSignal;
  #connection: SourceConnection | null = null;

  constructor(settings: Settings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  async connected(): Promise<SourceConnection> {
    // A result that was not read to its end takes its connection with it.
    if (this.#connection?.isLost) this.#connection = null;
    return (this.#connection ??= await openSource(this.#settings.source, {
      purpose: 'archive reader',
      signal: this.#signal,
    }));
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }
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

function sameColumns(planned: PlannedTable, table: SourceTable): boolean {
  return JSON.stringify(planned.columns) === JSON.stringify(archivedColumns(table));
}

async function definitionOf(source: SourceConnection, table: string): Promise<string> {
  const [row] = await source.query<Record<string, string>>(
    `SHOW CREATE TABLE ${quoteSourceIdentifier(table)}`,
  );
  return row?.['Create Table'] ?? '';
}

/** null where the source has none, or does not show it. */
async function positionIfPossible(source: SourceConnection) {
  try {
    return await readBinlogPosition(source);
  } catch (error) {
    if (error instanceof TransfuseError && error.code === 'SOURCE_ACCESS_DENIED') return null;
    throw error;
  }
}

function tableChanged(table: string, archive: string): TransfuseError {
  return new TransfuseError(
    'SOURCE_TABLE_CHANGED',
    `The table ${table} is not as it was when the archive ${archive} was begun.`,
    { where: { table, archive }, fix: 'Begin another archive: bin/archive --new.' },
  );
}
