import type { RejectReason } from '../core/reject-reasons.ts';
import type { SourceColumn } from '../mysql/catalog-model.ts';
import type { ExtraWriter } from './extra-writer.ts';
import type { Mapping } from './mapping.ts';
import type { Codec } from './types/codec.ts';

/**
 * Encodes the row in `src[start, end)` into `dst` from `at`; returns where it stopped, or FILTERED.
 * Throws ValueRefused for a row that the target cannot hold; what was written past `at` is then meaningless.
 */
export type RowEncoder = (src: Buffer, start: number, end: number, dst: Buffer, at: number) => number;

export const FILTERED = -1;

export interface CompiledMapping {
  mapping: Mapping;
  /** Source columns in the order in which they must be selected. */
  sourceColumns: SourceColumn[];
  targetColumns: string[];
  outputs: CompiledOutput[];
  /** For a mapping that makes sets of rows: in place of `encode`, which is the code of one row of a set. */
  set: RowSetEncoder | null;
  /** The fast encoder: leaves to the server what the server checks anyway (valid UTF-8, U+0000, JSON). */
  encode: RowEncoder;
  /** An upper bound on the encoded size of a row whose payload has `rawBytes`. */
  maxRowBytes(rawBytes: number): number;
  /** True where each output is one source column, in order: such rows can be streamed in pieces. */
  streamable: boolean;
}

export interface CompiledOutput {
  target: string;
  /** Indexes into sourceColumns. */
  inputs: number[];
  /** Set for an output that is a source column as it is. */
  codec: Codec | null;
  /** Set for the column of what has no place of its own. */
  extra: ExtraWriter | null;
  /** The same value by an ordinary call, for the slow and careful path; throws ValueRefused. */
  write(texts: readonly (Buffer | null)[], dst: Buffer, at: number): number;
}

/** Tuples of binary COPY, in memory that the next set is written to. */
export interface EncodedSet {
  buffer: Buffer;
  length: number;
  rows: number;
}

export interface RowSetEncoder {
  /** The set of the source row in `src[start, end)`; null for a row that is filtered, and for an empty set. Throws ValueRefused. */
  encode(src: Buffer, start: number, end: number): EncodedSet | null;
  /** The same of split values, each checked: says which column refuses. */
  encodeCarefully(values: readonly (Buffer | null)[]): EncodedSet | Refusal | 'filtered';
}

/** Of a row, and the column that refuses it. */
export interface Refusal {
  column: string;
  reason: RejectReason;
}
