/** Cuts a table into key ranges of about `chunkRows` rows, before it is read: the ranges are the units of resume. */
import type { SourceTable } from './catalog-model.ts';
import type { SourceConnection } from './connection.ts';
import { quoteSourceIdentifier } from './identifiers.ts';
import {
  estimateRows,
  integerRange,
  nextBoundQuery,
  rangeableKeyColumns,
  rangePredicate,
  type KeyBound,
} from './key-range.ts';

/** The rows with lower < key ≤ upper; null: open. */
export interface KeyChunk {
  chunk: number;
  lower: KeyBound | null;
  upper: KeyBound | null;
}

const INTEGER_TYPES = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
/** An estimate from the index may be off by a factor; a range is halved only when it is surely too large. */
const SPLIT_FACTOR = 1.5;

/**
 * Chunks that cover the table: disjoint, in key order, open at both ends, so that a row inserted meanwhile belongs to one of them.
 * A single open chunk for a table without a key that can be cut, and for a small one.
 */
export async function planChunks(
  source: SourceConnection,
  table: SourceTable,
  chunkRows: number,
): Promise<KeyChunk[]> {
  const key = rangeableKeyColumns(table);
  if (key.length === 0 || table.rowEstimate < chunkRows * SPLIT_FACTOR) return toChunks([]);
  if (key.length === 1 && INTEGER_TYPES.has(key[0]!.dataType)) {
    return toChunks(await integerBounds(source, table, chunkRows));
  }
  return toChunks(await walkedBounds(source, table, chunkRows));
}

function toChunks(bounds: string[][]): KeyChunk[] {
  return Array.from({ length: bounds.length + 1 }, (_, chunk) => ({
    chunk,
    lower: bounds[chunk - 1] ?? null,
    upper: bounds[chunk] ?? null,
  }));
}

/** Halves the range of the key until the index estimates each part small enough: no row is read, and gaps cost nothing. */
async function integerBounds(
  source: SourceConnection,
  table: SourceTable,
  chunkRows: number,
): Promise<string[][]> {
  const [column] = rangeableKeyColumns(table);
  const range = await integerRange(source, table, column!);
  if (!range) return [];
  const bounds: string[][] = [];
  const split = async (lower: bigint, upper: bigint): Promise<void> => {
    if (upper - lower <= BigInt(chunkRows)) return;
    const predicate = rangePredicate([column!], [String(lower)], [String(upper)]);
    const rows = await estimateRows(
      source,
      `SELECT 1 FROM ${quoteSourceIdentifier(table.name)} WHERE ${predicate}`,
    );
    if (rows <= chunkRows * SPLIT_FACTOR) return;
    const parts = BigInt(Math.max(2, Math.min(16, Math.round(rows / chunkRows))));
    let from = lower;
    for (let part = 1n; part <= parts; part++) {
      const to = part === parts ? upper : lower + ((upper - lower) * part) / parts;
      await split(from, to);
      if (part < parts) bounds.push([String(to)]);
      from = to;
    }
  };
  await split(range.min - 1n, range.max);
  return bounds;
}

/** Steps through the key's index, a chunk at a time: exact, at the cost of reading the index once. */
async function walkedBounds(
  source: SourceConnection,
  table: SourceTable,
  chunkRows: number,
): Promise<string[][]> {
  const key = rangeableKeyColumns(table);
  const bounds: string[][] = [];
  for (let lower: string[] | null = null; ;) {
    const bound: string[] | null = await nextBoundQuery(source, table, key, lower, chunkRows);
    if (bound === null) return bounds;
    bounds.push(bound);
    lower = bound;
  }
}
