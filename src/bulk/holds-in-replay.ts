import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { TableName } from './saved-objects.ts';

/**
 * Whether a unique index on these target columns holds while old changes of the source are applied over newer rows (invariant 2):
 * so it is where the columns tell the source's rows apart by their key, each as a column or all as one UUID, since a row then never
 * has another's values, old or new. Nothing can be said of a table without a key, nor of one that the plan does not fill.
 */
export function holdsInReplay(
  mappings: readonly PlannedMapping[],
  { schema, table }: TableName,
  columns: readonly string[],
): boolean {
  const filling = mappings.filter(
    ({ mapping: { target } }) => target.schema === schema && target.table === table,
  );
  return filling.length > 0 && filling.every((planned) => tellsRowsApart(planned, new Set(columns)));
}

function tellsRowsApart({ mapping, table }: PlannedMapping, columns: ReadonlySet<string>): boolean {
  if (mapping.shape === 'rows') return mapping.key.every((column) => columns.has(column));
  const key = rowKeyColumns(table);
  if (key.length === 0) return false;
  const values = mapping.columns.filter(({ target }) => columns.has(target.name)).map(({ value }) => value);
  const isThere = (name: string) => values.some((value) => value.kind === 'column' && value.column === name);
  const isUuidOfKey = values.some(
    (value) =>
      value.kind === 'uuid' &&
      value.inputs.length === key.length &&
      key.every((name) => value.inputs.includes(name)),
  );
  return isUuidOfKey || key.every(isThere);
}
