/** Which columns of a mapping's target table tell its rows apart as the source's key does. */
import type { ColumnMapping, Mapping } from './mapping.ts';

/** One uuid over exactly the key, or else a plain column for each column of it; null where there is neither. */
export function targetKeyOf(mapping: Mapping, sourceKey: readonly string[]): ColumnMapping[] | null {
  const uuid = mapping.columns.find(
    ({ value }) =>
      value.kind === 'uuid' &&
      value.inputs.length === sourceKey.length &&
      sourceKey.every((name) => value.inputs.includes(name)),
  );
  if (uuid) return [uuid];
  const plain = sourceKey.map((name) => plainColumn(mapping, name));
  return plain.every((column) => column !== null && !column.target.nullable)
    ? (plain as ColumnMapping[])
    : null;
}

/** The target column that carries the source column as it is; null where none does. */
export function plainColumn(mapping: Mapping, sourceColumn: string): ColumnMapping | null {
  return (
    mapping.columns.find(({ value }) => value.kind === 'column' && value.column === sourceColumn) ?? null
  );
}
