import type { BinlogPosition } from '../core/position.ts';
import { documentDifferences, type DocumentsVerification } from './verify-documents.ts';
import type { ForeignKeys } from './foreign-keys.ts';
import { differencesIn, type MappingResult } from './mapping-result.ts';

/** What a verification of one service database came to. No value of a row is in it but for the keys, which must not be passed on. */
export interface DatabaseVerification {
  id: string;
  runId: string;
  startedAt: Date;
  columns: 'all' | 'critical';
  /** The verification of which only the changes since were looked at. */
  since: { startedAt: Date; position: BinlogPosition } | null;
  elapsedMs: number;
  /** Of the source, before the first row was read and behind the last; null where it keeps no binlog, or does not show it. */
  positionBefore: BinlogPosition | null;
  positionAfter: BinlogPosition | null;
  /** What sync had applied before the first row was read; null where it never ran. */
  checkpoint: BinlogPosition | null;
  mappings: MappingResult[];
  notCompared: NotCompared[];
  /** null where there are none, or they were not asked for. */
  documents: DocumentsVerification | null;
  foreignKeys: ForeignKeys;
  /** Rows of tables that several mappings fill, and that belong to none of them: `schema.table`. */
  unowned: { table: string; rows: number }[];
  /** `schema.table.column`: what no mapping fills is not compared. */
  unmapped: string[];
  digestKey: Buffer;
}

export interface NotCompared {
  mapping: string;
  reason: string;
}

/** Rows, documents, and rows of no mapping. */
export function allDifferences({ mappings, documents, unowned }: DatabaseVerification): number {
  return mappings.reduce(
    (sum, mapping) => sum + differencesIn(mapping),
    documentDifferences(documents) + unownedRows(unowned),
  );
}

export function unownedRows(unowned: DatabaseVerification['unowned']): number {
  return unowned.reduce((sum, { rows }) => sum + rows, 0);
}
