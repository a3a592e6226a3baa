import type { MirrorTable } from '../tables.ts';
import type { TranslatableColumn } from './check-translation.ts';

/** What the translation of expressions knows of a table. */
export function translatableColumns(table: MirrorTable): TranslatableColumn[] {
  return table.columns.map((column) => ({
    sourceName: column.source.name,
    name: column.name,
    type: column.type,
    collation: column.source.collation,
  }));
}
