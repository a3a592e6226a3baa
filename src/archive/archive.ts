/**
 * Copies the rows of a source, as they are, into the bucket: gzipped lines of JSON by table and chunk, and a manifest.
 *
 * Promises: every table that was planned is read whole, each chunk in one short statement; the manifest is there only when all parts are, and says
 * what is in them and between which positions of the binlog they were read. One that was interrupted is gone on with, and so is one that a load has
 * filled with what it read. Does not promise a snapshot: rows that changed meanwhile are there as they were when their chunk was read. Holds a part for
 * each chunk under way.
 */
import { removeParts } from '../../streams/archive-writer.ts';
import type { Settings, StorageSettings } from '../config/settings.ts';
import { failpoint } from '../core/failpoints.ts';
import { retry } from '../core/retry.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import { readSourceCatalog } from '../mysql/catalog.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import { ControlSource } from '../mysql/control-source.ts';
import { LaneSource } from '../mysql/lane-source.ts';
import { readStartPosition } from '../mysql/start-position.ts';
import { ObjectStore } from '../storage/object-store.ts';
import { ArchiveBucket, chunkKey } from './archive-bucket.ts';
import { archiveChunk } from './archive-chunk.ts';
import { ArchiveNames } from './archive-names.ts';
import { summarize } from './archived-table.ts';
import { beginArchive, tableOf } from './begin-archive.ts';
import type { ArchivedChunk, ArchiveManifest, ArchivePlan, PlannedTable } from './manifest.ts';

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
  chunk: KeyChunk;
}

/** Throws TransfuseError; what was stored by then is kept, and the same call goes on from there. */
export async function runArchive(options: ArchiveOptions): Promise<ArchiveReport> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  return withBothEnds({ ...options, signal }, (source, bucket) =>
    new Archiving({ ...options, signal }, source, bucket, stop).run(),
  );
}

/** What names the parts of chunks begin with, by table and chunk: of those that the archive does not have yet. */
export type ChunkPlaces = ReadonlyMap<string, ReadonlyMap<number, string>>;

/**
 * Begins an archive of every table for a load to fill: the named tables are divided as the load divides them. One that was begun before is
 * gone on with; where it divides a table otherwise there is no place for it. Throws as runArchive.
 */
export async function beginArchiveForLoad(
  options: Pick<ArchiveOptions, 'settings' | 'anew' | 'signal' | 'observer'>,
  chunksOf: ReadonlyMap<string, readonly KeyChunk[]>,
): Promise<ChunkPlaces> {
  return withBothEnds(options, async (source, bucket) => {
    const catalog = await source.run((connection) =>
      readSourceCatalog(connection, options.settings.source.database),
    );
    const { observer } = options;
    const begin = { ...options, tables: null, chunksOf, onNote: (text: string) => observer.onNote(text) };
    const plan = await beginArchive(begin, source, bucket, catalog);
    const done = await bucket.finishedChunks(plan);
    const places = new Map<string, Map<number, string>>();
    for (const planned of plan.tables) {
      const { name, chunks } = planned;
      const divided = chunksOf.get(name);
      if (!divided || JSON.stringify(divided) !== JSON.stringify(chunks)) continue;
      tableOf(planned, catalog, plan.archive);
      const missing = chunks.filter(({ chunk }) => !done.has(chunkKey(name, chunk)));
      places.set(
        name,
        new Map(missing.map(({ chunk }) => [chunk, bucket.names.chunk(plan.archive, name, chunk)])),
      );
    }
    return places;
  });
}

async function withBothEnds<T>(
  { settings, signal, observer }: Pick<ArchiveOptions, 'settings' | 'signal' | 'observer'>,
  work: (source: ControlSource, bucket: ArchiveBucket) => Promise<T>,
): Promise<T> {
  const { retryTimeoutMs } = settings.bulk;
  const common = { signal, retryTimeoutMs, onRetry: (warning: string) => observer.onRetry(warning) };
  const source = await ControlSource.open({ ...common, settings: settings.source });
  try {
    const store = new ObjectStore({ ...common, settings: settings.storage });
    const names = new ArchiveNames(settings.storage.prefix, settings.source.database);
    return await work(source, new ArchiveBucket(store, names));
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
    const { settings, observer } = this.#options;
    const catalog = await this.#source.run((source) => readSourceCatalog(source, settings.source.database));
    const begin = {
      ...this.#options,
      chunksOf: new Map<string, KeyChunk[]>(),
      onNote: (text: string) => observer.onNote(text),
    };
    const plan = await beginArchive(begin, this.#source, this.#bucket, catalog);
    const done = await this.#bucket.finishedChunks(plan);
    const tasks = this.#tasks(plan, catalog, done);
    const chunksNow = tasks.length;
    await this.#source.release();
    await this.#archive(plan, tasks, done);
    const endPosition = await this.#source.run((source) => readStartPosition(source, () => undefined));
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

  #tasks(plan: ArchivePlan, catalog: SourceCatalog, done: ReadonlyMap<string, ArchivedChunk>): Task[] {
    return plan.tables.flatMap((planned) => {
      const table = tableOf(planned, catalog, plan.archive);
      this.#options.observer.onTable(planned.name, table.rowEstimate);
      const left = planned.chunks.filter(({ chunk }) => !done.has(chunkKey(planned.name, chunk)));
      if (left.length === 0) this.#options.observer.onTableDone(planned.name);
      return left.map((chunk) => ({ planned, table, chunk }));
    });
  }

  /** Several chunks at a time, each lane on a connection of its own. */
  async #archive(plan: ArchivePlan, tasks: readonly Task[], done: Map<string, ArchivedChunk>): Promise<void> {
    const { settings, signal, observer } = this.#options;
    const queue = tasks.values();
    const left = new Map<string, number>();
    for (const { planned } of tasks) left.set(planned.name, (left.get(planned.name) ?? 0) + 1);
    const lane = async (): Promise<void> => {
      const connection = new LaneSource({
        settings: settings.source,
        purpose: 'archive reader',
        timeoutMs: settings.bulk.retryTimeoutMs,
        signal,
      });
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
    signal.throwIfAborted();
  }

  async #archiveOne(
    archive: string,
    { planned, table, chunk }: Task,
    lane: LaneSource,
  ): Promise<ArchivedChunk> {
    const { store, names } = this.#bucket;
    const { settings, signal, observer } = this.#options;
    const prefix = names.chunk(archive, planned.name, chunk.chunk);
    let isFirst = true;
    let told = 0;
    return retry(
      async () => {
        if (!isFirst) {
          lane.drop();
          await removeParts(store, prefix);
        }
        isFirst = false;
        observer.onRows(planned.name, -told, 0);
        told = 0;
        return archiveChunk({
          source: await lane.connected(),
          table,
          chunk,
          store,
          prefix,
          onRows: (rows, bytes) => {
            told += rows;
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
