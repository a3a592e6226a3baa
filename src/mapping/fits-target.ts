/** Whether a table of the target is what a mapping writes. */
import type { TargetTable } from '../postgres/catalog-model.ts';
import type { Mapping } from './mapping.ts';

/** What does not fit, each in words; `undefined` is a table that is not there. */
export function targetMisfits(
  { target: { schema, table: name }, columns }: Mapping,
  table: TargetTable | undefined,
): string[] {
  if (!table) return [`table ${schema}.${name} is missing`];
  const there = new Map(table.columns.map((column) => [column.name, column]));
  return columns.flatMap(({ target }) => {
    const column = there.get(target.name);
    const full = `column ${schema}.${name}.${target.name}`;
    if (!column) return [`${full} is missing`];
    return column.type === target.type ? [] : [`${full} is ${column.type}, the plan writes ${target.type}`];
  });
}
