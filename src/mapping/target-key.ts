/** Which columns of a mapping's target table tell its rows apart as the source's key does. */
import { inputsOf } from './compile.ts';
import type { ColumnMapping, Mapping, RowsMapping } from './mapping.ts';

/** One uuid over exactly the key, or else a plain column for each column of it; null where there is neither. */
export function targetKeyOf(mapping: Mapping, sourceKey: readonly string[]): ColumnMapping[] | null {
  if (mapping.shape === 'rows') return ownerColumns(mapping, sourceKey);
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

/** The target columns that tell the rows of the table apart, by a unique key; null where none is known. */
export function rowKeyOf(mapping: Mapping, sourceKey: readonly string[]): string[] | null {
  if (mapping.shape === 'rows') return [...mapping.key];
  return targetKeyOf(mapping, sourceKey)?.map(({ target }) => target.name) ?? null;
}

/** The target column that carries the source column as it is; null where none does. */
export function plainColumn(mapping: Mapping, sourceColumn: string): ColumnMapping | null {
  return (
    mapping.columns.find(({ value }) => value.kind === 'column' && value.column === sourceColumn) ?? null
  );
}

/** Those that tell whose rows they are, where they are made of the key alone. */
function ownerColumns(mapping: RowsMapping, sourceKey: readonly string[]): ColumnMapping[] | null {
  const columns = mapping.columns.filter(({ target }) => mapping.owner.includes(target.name));
  const isOfKey = ({ value }: ColumnMapping): boolean =>
    (value.kind === 'column' || value.kind === 'uuid' || value.kind === 'transform') &&
    inputsOf(value).every((name) => sourceKey.includes(name));
  const read = new Set(columns.flatMap(({ value }) => inputsOf(value)));
  const isWhole = sourceKey.length > 0 && sourceKey.every((name) => read.has(name));
  return isWhole && columns.length === mapping.owner.length && columns.every(isOfKey) ? columns : null;
}
