/**
 * A directory of exports as a source: which tables it has, and which files each is in. `<table>.csv`, `.ndjson`, `.jsonl`, `.json` (one array),
 * each perhaps `.gz`, or several of them in `<table>/`, in the order of their names. An archive that bin/archive has made brings a manifest, and with it
 * types and keys; without one every column is a text.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { exportFormatOf, withoutFormat } from '../../streams/export-format.ts';
import { bytesOf, recordsOf, type ExportRecord } from '../../streams/export-lines.ts';
import type { ExportSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import { textTable } from './text-table-model.ts';

/** As it was when it was looked at. */
export interface ExportFile {
  /** Below the directory. */
  path: string;
  sizeBytes: number;
  changedAtMs: number;
}

export interface ExportedTable {
  table: SourceTable;
  /** Each group is one file cut into parts, and loaded as one chunk. */
  groups: ExportFile[][];
}

export interface Exports {
  catalog: SourceCatalog;
  tables: ReadonlyMap<string, ExportedTable>;
}

interface Manifest {
  source: { database: string; flavor: 'mysql' | 'mariadb' };
  tables: { name: string; model: SourceTable; chunks: { parts: { object: string }[] }[] }[];
}

const MANIFEST = 'manifest.json';
/** Columns of JSON without a manifest are those of the first rows. */
const ROWS_LOOKED_AT = 1000;

/** Throws EXPORT_MISSING, EXPORT_MALFORMED. Reads no more of a file than its beginning. */
export async function readExports(settings: ExportSettings): Promise<Exports> {
  const { directory } = settings;
  const names = await readdir(directory).catch(() => {
    throw missing('LEGACY_EXPORTS_DIR is no directory that this user can read.');
  });
  const exports = names.includes(MANIFEST)
    ? await fromArchive(settings)
    : await fromFiles(settings, names.toSorted());
  if (exports.tables.size === 0)
    throw missing(
      `LEGACY_EXPORTS_DIR has no file that ends in .csv, .ndjson, .jsonl or .json, alone or with .gz.`,
    );
  return exports;
}

async function fromArchive({ directory }: ExportSettings): Promise<Exports> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(path.join(directory, MANIFEST), 'utf8')) as Manifest;
  } catch {
    throw missing(`The ${MANIFEST} of the archive cannot be read, or is no JSON.`);
  }
  const tables = new Map<string, ExportedTable>();
  for (const { name, model, chunks } of manifest.tables) {
    const groups: ExportFile[][] = [];
    for (const { parts } of chunks) {
      // Names in the bucket; of them the last two steps are those of the directory.
      const names = parts.map(({ object }) => decodeURIComponent(object.split('/').slice(-2).join('/')));
      groups.push(await filesAt(directory, names));
    }
    tables.set(name, { table: model, groups });
  }
  const { database, flavor } = manifest.source;
  return { catalog: catalogOf(database, flavor, tables), tables };
}

async function filesAt(directory: string, names: readonly string[]): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  for (const name of names) {
    const file = await fileAt(directory, name);
    if (!file) throw missing(`The archive is not whole: ${name} is not there.`);
    files.push(file);
  }
  return files;
}

async function fromFiles(settings: ExportSettings, names: readonly string[]): Promise<Exports> {
  const { directory } = settings;
  const files = new Map<string, string[]>();
  const add = (table: string, file: string): void =>
    void files.set(table, [...(files.get(table) ?? []), file]);
  for (const name of names) {
    if (exportFormatOf(name)) add(withoutFormat(name), name);
    else if ((await stat(path.join(directory, name))).isDirectory())
      for (const inner of (await readdir(path.join(directory, name))).toSorted())
        if (exportFormatOf(inner)) add(name, path.join(name, inner));
  }
  const tables = new Map<string, ExportedTable>();
  for (const [name, ofTable] of files) {
    const columns = await columnsOf(settings, ofTable);
    const found = await filesAt(directory, ofTable);
    const bytes = found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    tables.set(name, { table: textTable(name, columns, bytes), groups: found.map((file) => [file]) });
  }
  return { catalog: catalogOf(path.basename(directory), 'mysql', tables), tables };
}

async function columnsOf(settings: ExportSettings, files: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const file of files) {
    let looked = 0;
    const format = exportFormatOf(file)!;
    const bytes = bytesOf([path.join(settings.directory, file)], () => undefined);
    try {
      reading: for await (const records of recordsOf(format, bytes, settings)) {
        for (const record of records) {
          for (const name of namesIn(record, settings)) names.add(name);
          if (record.kind === 'fields' || ++looked === ROWS_LOOKED_AT) break reading;
        }
      }
    } catch {
      throw new TransfuseError(
        'EXPORT_MALFORMED',
        `The export ${path.basename(file)} is not the ${format} that it should be.`,
        {
          where: { file: path.basename(file) },
        },
      );
    }
  }
  return [...names];
}

function namesIn(record: ExportRecord, { csv }: ExportSettings): readonly string[] {
  if (record.kind === 'object') return Object.keys(record.object);
  return csv.header ? record.fields : record.fields.map((_, index) => `c${index + 1}`);
}

function catalogOf(
  database: string,
  flavor: 'mysql' | 'mariadb',
  tables: ReadonlyMap<string, ExportedTable>,
): SourceCatalog {
  return {
    database,
    flavor,
    tables: [...tables.values()].map(({ table }) => table),
    others: { views: [], routines: [], triggers: [], events: [], sequences: [] },
  };
}

async function fileAt(directory: string, file: string): Promise<ExportFile | null> {
  const stats = await stat(path.join(directory, file)).catch(() => null);
  return stats && { path: file, sizeBytes: stats.size, changedAtMs: Math.round(stats.mtimeMs) };
}

function missing(message: string): TransfuseError {
  return new TransfuseError('EXPORT_MISSING', message);
}
