import type { ChunkCounts } from '../ledger/loads.ts';

/** One chunk to be loaded, as plain data: it may go to a worker thread. */
export interface ChunkTask {
  runId: string;
  mapping: string;
  /** For messages. */
  sourceTable: string;
  chunk: number;
  /** Rows with lower < key <= upper; null is open. */
  lower: string[] | null;
  upper: string[] | null;
  /** What the source must say of the selected columns; see field-signature.ts. */
  signature: string;
  /** The names of the source key's columns, to keep with rejects. */
  keyColumns: string[];
  /** Set once a row of this table was refused by the server: begins with the careful way. */
  careful: boolean;
  /** What the names begin with under which its rows go to an archive as well; null: they do not. */
  archivePrefix: string | null;
}

/** What copying a chunk came to, before it was committed. */
export interface CopyResult {
  counts: ChunkCounts;
  times: StageTimes;
}

export interface ChunkOutcome extends CopyResult {
  /** Whether it took the careful way. */
  careful: boolean;
}

/** Where the time went, in milliseconds: waiting for the source, encoding, waiting for the target. */
export interface StageTimes {
  readMs: number;
  encodeMs: number;
  copyMs: number;
}

/** Rows and bytes since the last report; negative when an attempt is taken back. */
export interface ChunkProgress {
  mapping: string;
  rows: number;
  bytes: number;
}
