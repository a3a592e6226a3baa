/** What an archive says of itself: what was to be read, and what was. Both are objects of JSON beside its parts. */
import type { ArchivedContent } from '../../streams/archive-lines.ts';
import type { ArchivedPart } from '../../streams/archive-writer.ts';
import type { JsonForm } from '../../streams/ndjson-encoder.ts';
import type { BinlogPosition } from '../core/position.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';

/** Of the form of both objects and of the lines. */
export const ARCHIVE_FORMAT = 1;

export interface ArchivedColumn {
  name: string;
  /** Of the source, such as `int(10) unsigned`. */
  type: string;
  form: JsonForm;
}

export interface PlannedTable {
  name: string;
  columns: ArchivedColumn[];
  /** SHOW CREATE TABLE. */
  definition: string;
  /** The same as this program knows it: keys, types, defaults. */
  model: SourceTable;
  chunks: KeyChunk[];
}

/** Written before the first row is read. */
export interface ArchivePlan {
  format: typeof ARCHIVE_FORMAT;
  archive: string;
  toolVersion: string;
  source: { flavor: string; version: string; database: string };
  /** ISO 8601. */
  startedAt: string;
  /** What was committed before it is in the rows; null where the source keeps no binlog. */
  startPosition: BinlogPosition | null;
  /** Whether it is of every table that the source had. */
  isOfAll: boolean;
  tables: PlannedTable[];
}

export interface ArchivedChunk extends ArchivedContent {
  chunk: number;
  parts: ArchivedPart[];
}

export interface ArchivedTable extends Omit<PlannedTable, 'chunks'> {
  rows: number;
  bytes: number;
  /** The same for the same rows, however the table was divided. */
  rowSum: string;
  chunks: ArchivedChunk[];
}

/** Written when everything was. */
export interface ArchiveManifest extends Omit<ArchivePlan, 'tables'> {
  finishedAt: string;
  /** Behind everything that was read. */
  endPosition: BinlogPosition | null;
  tables: ArchivedTable[];
}
