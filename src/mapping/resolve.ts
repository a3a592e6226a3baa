import type { SourceTable } from '../mysql/catalog-model.ts';
import { inputsOf } from './compile.ts';
import type { ColumnMapping, Mapping } from './mapping.ts';

/**
 * The mapping as it is compiled for `table`: with every column named that goes to `extra`, and the columns that tell of the row's
 * transforms behind those transforms.
 */
export function resolve(mapping: Mapping, table: SourceTable): Mapping {
  const isNote = ({ value }: ColumnMapping): boolean => value.kind === 'flags' || value.kind === 'extra';
  if (!mapping.columns.some(isNote)) return mapping;
  const plain = mapping.columns.filter((column) => !isNote(column));
  const read = new Set([
    ...plain.flatMap(({ value }) => inputsOf(value)),
    ...(mapping.where?.inputs ?? []),
    ...(mapping.shape === 'rows' ? mapping.expansion.inputs : []),
  ]);
  const unmapped = table.columns.map(({ name }) => name).filter((name) => !read.has(name));
  const notes = mapping.columns
    .filter(isNote)
    .map((column): ColumnMapping =>
      column.value.kind === 'extra' && column.value.columns === 'unmapped'
        ? { ...column, value: { ...column.value, columns: without(unmapped, column.value.except) } }
        : column,
    );
  return { ...mapping, columns: [...plain, ...notes] };
}

function without(names: readonly string[], except: readonly string[] = []): string[] {
  return names.filter((name) => !except.includes(name));
}
