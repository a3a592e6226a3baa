/** A mapping in words: what each target column is made of, and how. */
import { inputsOf } from './compile.ts';
import type { Expression, Mapping, PhiClass } from './mapping.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';

export interface DescribedColumn {
  /** Source columns with their types; empty for what is made of none. */
  from: string[];
  /** What happens to them on the way. */
  how: string;
  column: string;
  type: string;
  nullable: boolean;
  phi: PhiClass;
}

/** The columns of a mapping that is resolved for `table`. */
export function describeColumns({ columns, ...mapping }: Mapping, table: SourceTable): DescribedColumn[] {
  const types = new Map(table.columns.map(({ name, columnType }) => [name, columnType]));
  const named = (name: string): string => {
    const field = mapping.shape === 'row' ? undefined : mapping.query.fields[name];
    const like = mapping.shape === 'rows' ? mapping.expansion.fields[name] : undefined;
    if (like !== undefined) return `${name} (of each row of the set, as ${like})`;
    return field ? `${name} (selected, as ${field.like})` : `${name} ${types.get(name) ?? '(missing)'}`;
  };
  return columns.map(({ value, target, phi }) => ({
    from: inputsOf(value).map(named),
    how: howOf(value),
    column: target.name,
    type: target.type,
    nullable: target.nullable,
    phi,
  }));
}

function howOf(value: Expression): string {
  switch (value.kind) {
    case 'column':
      return 'as it is';
    case 'transform':
      return value.transform.name;
    case 'uuid':
      return `the id of this ${value.entity}`;
    case 'reference':
      return `the id of the ${value.entity} that it names, ${value.onOrphan === 'reject' ? 'rejected' : 'none'} where there is no such row`;
    case 'constant':
      return value.value === null ? 'always NULL' : 'always the same';
    case 'flags':
      return 'what transforms found wrong with the row';
    case 'extra':
      return 'what has no column of its own, empty values left out';
  }
}
