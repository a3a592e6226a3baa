/**
 * Reads an archive back and compares it with its manifest; and with the source, where that is asked for. Promises: each part is there in the
 * generation that was noted, each line is JSON of exactly the table's columns, and bytes, rows and digests of each chunk are those of the manifest. Changes
 * nothing. Holds a part and a line.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RowSum } from '../../streams/row-sum.ts';
import type { Settings, StorageSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import { readSourceCatalog } from '../mysql/catalog.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { ObjectStore } from '../storage/object-store.ts';
import { ArchiveBucket } from './archive-bucket.ts';
import { ArchiveNames } from './archive-names.ts';
import type { ArchivedChunk, ArchivedTable, ArchiveManifest } from './manifest.ts';
import { digestOfChunk } from './read-chunk.ts';

export interface VerifyArchiveOptions {
  settings: Settings & { storage: StorageSettings };
  /** null: the newest. */
  archive: string | null;
  tables: readonly string[] | null;
  againstSource: boolean;
  signal: AbortSignal;
  observer: {
    onTable(table: string, rows: number): void;
    onRows(table: string, rows: number, bytes: number): void;
    onTableDone(table: string): void;
    onRetry(warning: string): void;
  };
}

export interface VerifiedTable {
  table: string;
  rows: number;
  bytes: number;
  /** In words, without a value; empty where everything is as it should be. */
  problems: string[];
  /** null where it was not asked for. */
  source: 'the same' | 'differs' | 'gone' | null;
}

export interface VerifyArchiveReport {
  archive: string;
  manifest: ArchiveManifest;
  tables: VerifiedTable[];
  elapsedMs: number;
}

/** Throws ARCHIVE_MISSING, STORAGE_*, SOURCE_*. What differs is in the report. */
export async function verifyArchive(options: VerifyArchiveOptions): Promise<VerifyArchiveReport> {
  const { settings, signal, observer, tables, againstSource } = options;
  const startedAt = performance.now();
  const store = new ObjectStore({
    settings: settings.storage,
    signal,
    retryTimeoutMs: settings.bulk.retryTimeoutMs,
    onRetry: (warning) => observer.onRetry(warning),
  });
  const bucket = new ArchiveBucket(
    store,
    new ArchiveNames(settings.storage.prefix, settings.source.database),
  );
  const manifest = await chosenManifest(bucket, options.archive);
  const { archive } = manifest;
  const chosen = manifest.tables.filter(({ name }) => tables?.includes(name) ?? true);
  const unknown = tables?.filter((name) => !chosen.some((table) => table.name === name)) ?? [];
  if (unknown.length > 0)
    throw new TransfuseError(
      'NOTHING_TO_DO',
      `The archive ${archive} has no table named ${unknown.join(', ')}.`,
    );
  for (const { name, rows } of chosen) observer.onTable(name, rows);
  const verified: VerifiedTable[] = [];
  const source = againstSource
    ? await openSource(settings.source, { purpose: 'archive verify', signal })
    : null;
  try {
    const catalog = source && (await readSourceCatalog(source, settings.source.database));
    for (const table of chosen) {
      const problems = await verifyTable(store, table, (rows, bytes) =>
        observer.onRows(table.name, rows, bytes),
      );
      const there = catalog?.tables.find(({ name }) => name === table.name);
      const compared = source && (there ? await compare(source, table, there) : 'gone');
      verified.push({ table: table.name, rows: table.rows, bytes: table.bytes, problems, source: compared });
      observer.onTableDone(table.name);
    }
  } finally {
    await source?.close();
  }
  return { archive, manifest, tables: verified, elapsedMs: performance.now() - startedAt };
}

async function verifyTable(
  store: ObjectStore,
  table: ArchivedTable,
  onRows: (rows: number, bytes: number) => void,
): Promise<string[]> {
  const problems: string[] = [];
  const names = table.columns.map(({ name }) => name);
  for (const chunk of table.chunks) {
    const problem = await verifyChunk(store, chunk, names, onRows);
    if (problem !== null) problems.push(`chunk ${chunk.chunk}: ${problem}`);
  }
  return problems;
}

async function verifyChunk(
  store: ObjectStore,
  chunk: ArchivedChunk,
  names: readonly string[],
  onRows: (rows: number, bytes: number) => void,
): Promise<string | null> {
  const hash = createHash('sha256');
  const sum = new RowSum();
  let rows = 0;
  let bytes = 0;
  let line: Buffer[] = [];
  try {
    for (const part of chunk.parts) {
      const { object: name, generation } = part;
      const content = await readPart(store, name, generation);
      if (typeof content === 'string') return content;
      if (content.length !== part.sizeBytes) return `the part ${name} has another size`;
      const before = { rows, bytes };
      for await (const piece of Readable.from([content]).pipe(createGunzip()) as AsyncIterable<Buffer>) {
        hash.update(piece);
        bytes += piece.length;
        for (let from = 0; from < piece.length;) {
          const end = piece.indexOf(0x0a, from) + 1;
          line.push(piece.subarray(from, end || piece.length));
          if (end === 0) break;
          const whole = line.length === 1 ? line[0]! : Buffer.concat(line);
          line = [];
          if (!isRow(whole, names)) return `line ${rows + 1} is not a row of the table`;
          sum.add(createHash('sha256').update(whole).digest());
          rows++;
          from = end;
        }
      }
      onRows(rows - before.rows, bytes - before.bytes);
    }
  } catch (error) {
    if (isOfGunzip(error)) return 'a part is not what was compressed';
    throw error;
  }
  if (line.length > 0) return 'its last line has no end';
  if (rows !== chunk.rows) return `${rows} rows instead of ${chunk.rows}`;
  const isSame = hash.digest('hex') === chunk.sha256 && sum.hex === chunk.rowSum && bytes === chunk.bytes;
  return isSame ? null : 'another content';
}

/** What is wrong with it, where it is not there as it was stored. */
async function readPart(store: ObjectStore, name: string, generation: string): Promise<Buffer | string> {
  try {
    return await store.read({ name, generation });
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code !== 'STORAGE_OBJECT_MISSING') throw error;
    return `the part ${name} ${(await store.find(name)) ? 'was replaced by another' : 'is not there'}`;
  }
}

function isRow(line: Buffer, names: readonly string[]): boolean {
  try {
    const row = JSON.parse(line.toString()) as object;
    return Object.keys(row).length === names.length && names.every((name) => Object.hasOwn(row, name));
  } catch {
    return false;
  }
}

function isOfGunzip(error: unknown): boolean {
  return ['Z_DATA_ERROR', 'Z_BUF_ERROR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** By the sum of the rows, since they may be divided otherwise by now. */
async function compare(
  source: SourceConnection,
  archived: ArchivedTable,
  table: SourceTable,
): Promise<'the same' | 'differs'> {
  const { rows, rowSum } = await digestOfChunk({
    source,
    table,
    chunk: { lower: null, upper: null },
  });
  return rows === archived.rows && rowSum === archived.rowSum ? 'the same' : 'differs';
}

/** The one that was named; else the newest of all tables, or where there is none the newest. */
async function chosenManifest(bucket: ArchiveBucket, named: string | null): Promise<ArchiveManifest> {
  if (named !== null) return bucket.readManifest(named);
  let newest: ArchiveManifest | null = null;
  for (const archive of (await bucket.archives()).whole.toReversed()) {
    const manifest = await bucket.readManifest(archive);
    if (manifest.isOfAll) return manifest;
    newest ??= manifest;
  }
  if (!newest) throw noArchives();
  return newest;
}

function noArchives(): TransfuseError {
  return new TransfuseError('ARCHIVE_MISSING', 'The bucket has no whole archive of this source.');
}
