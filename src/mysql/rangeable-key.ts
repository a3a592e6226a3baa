import type { SourceColumn, SourceIndex, SourceTable } from './catalog-model.ts';
import { isKeyComparable } from './key-literals.ts';

interface RangeableKey {
  index: SourceIndex;
  columns: SourceColumn[];
}

/**
 * The columns by which a table is divided: the longest prefix of the primary key, or else of the smallest unique key
 * without NULLs and prefix lengths, that SQL literals can compare exactly in the order of the index. Empty when there
 * is none. A prefix may repeat: all rows that share it are in one chunk.
 */
export function rangeableKeyColumns(table: SourceTable): SourceColumn[] {
  return rangeableKey(table)?.columns ?? [];
}

/** The same with the index itself. */
export function rangeableKey(table: SourceTable): RangeableKey | null {
  const byName = new Map(table.columns.map((column) => [column.name.toLowerCase(), column]));
  const columnsOf = (index: SourceIndex): (SourceColumn | undefined)[] =>
    index.parts.map(({ column }) => (column === null ? undefined : byName.get(column.toLowerCase())));
  const candidates = table.indexes
    .filter((index) => index.unique && index.kind === 'btree' && !index.hashed && index.visible)
    .filter((index) => index.name === 'PRIMARY' || isUsableUniqueKey(index, columnsOf(index)))
    .sort((a, b) => keyBytes(a, columnsOf(a)) - keyBytes(b, columnsOf(b)));
  for (const index of candidates) {
    const columns = comparablePrefix(index, columnsOf(index));
    if (columns.length > 0) return { index, columns };
  }
  return null;
}

function isUsableUniqueKey(index: SourceIndex, columns: (SourceColumn | undefined)[]): boolean {
  return (
    columns.every((column) => column !== undefined && !column.nullable) &&
    index.parts.every(({ prefixLength }) => prefixLength === null)
  );
}

function comparablePrefix(index: SourceIndex, columns: (SourceColumn | undefined)[]): SourceColumn[] {
  // The order of a prefix is also that of its index read backwards, but not of one that turns in between.
  const descending = index.parts[0]?.descending;
  const end = index.parts.findIndex((part, i) => {
    const column = columns[i];
    return (
      !column || !isKeyComparable(column) || part.prefixLength !== null || part.descending !== descending
    );
  });
  return columns.slice(0, end < 0 ? columns.length : end) as SourceColumn[];
}

const FIXED_BYTES: Readonly<Record<string, number>> = {
  tinyint: 1,
  year: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  inet4: 4,
  bigint: 8,
  uuid: 16,
  inet6: 16,
};

/** The primary key comes first, then narrow keys. */
function keyBytes(index: SourceIndex, columns: (SourceColumn | undefined)[]): number {
  if (index.name === 'PRIMARY') return 0;
  return columns.reduce(
    (sum, column) => sum + (FIXED_BYTES[column?.dataType ?? ''] ?? (column?.length ?? 8) * 4),
    0,
  );
}
