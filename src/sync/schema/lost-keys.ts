/** What goes with an index or a constraint that the source has dropped. Pure. */
import type { SourceTable } from '../../mysql/catalog-model.ts';
import { rowKeyColumns } from '../../mysql/row-key.ts';

/** Whether one of these was the key by which the rows of the table are found. A table with a primary key keeps it. */
export function losesRowKey(table: SourceTable, dropped: readonly string[]): boolean {
  if (dropped.length === 0 || table.indexes.some(({ name }) => name === 'PRIMARY')) return false;
  const names = new Set(dropped.map((name) => name.toLowerCase()));
  const left = table.indexes.filter(({ name }) => !names.has(name.toLowerCase()));
  return rowKeyColumns({ ...table, indexes: left }).join('\0') !== rowKeyColumns(table).join('\0');
}

/** Whether one of these was a foreign key that changed rows: that of the target would go on doing so. */
export function losesCascade(table: SourceTable, dropped: readonly string[]): boolean {
  const names = new Set(dropped.map((name) => name.toLowerCase()));
  return table.foreignKeys.some(
    ({ name, onDelete, onUpdate }) =>
      names.has(name.toLowerCase()) &&
      [onDelete, onUpdate].some((action) => action === 'CASCADE' || action === 'SET NULL'),
  );
}
