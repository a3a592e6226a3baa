import type { SourceTable } from './catalog-model.ts';

/**
 * The names of the columns that tell one row from every other: the primary key, or else the unique key without NULLs and
 * prefixes that has the fewest columns. Empty where there is none.
 */
export function rowKeyColumns(table: SourceTable): string[] {
  const nullable = new Set(table.columns.filter((column) => column.nullable).map((column) => column.name));
  const keys = table.indexes
    .filter((index) => index.unique && index.kind === 'btree')
    .filter(({ parts }) =>
      parts.every(
        ({ column, prefixLength }) => column !== null && prefixLength === null && !nullable.has(column),
      ),
    );
  const primary = keys.find((index) => index.name === 'PRIMARY');
  const chosen = primary ?? keys.toSorted((a, b) => a.parts.length - b.parts.length)[0];
  return (chosen?.parts ?? []).map((part) => part.column!);
}
