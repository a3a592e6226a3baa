import type { TargetTable, TargetTableColumn } from '../postgres/catalog-model.ts';
import type { PlannedColumn, SchemaObject } from '../postgres/schema-plan.ts';
import type { SchemaDifference } from './schema-difference.ts';
import { definitionOf, mendColumn } from './mend-column.ts';
import { normalizeSql } from './normalize-sql.ts';

/** Every column that is missing, different, or not in the plan. The order of columns does not matter. */
export function compareColumns(
  object: SchemaObject & { kind: 'table' },
  table: TargetTable,
): SchemaDifference[] {
  const difference = (
    planned: PlannedColumn | undefined,
    target: TargetTableColumn | undefined,
  ): SchemaDifference => ({
    status: 'differs',
    kind: 'column',
    table: object.table,
    name: (planned ?? target)!.name,
    expected: planned === undefined ? 'no such column' : definitionOf(planned),
    found: target === undefined ? 'no such column' : describeTarget(target),
    mend: mendColumn(object, planned, target),
    object,
  });
  const targets = new Map(table.columns.map((column) => [column.name, column]));
  const differences: SchemaDifference[] = [];
  for (const planned of object.columns) {
    const target = targets.get(planned.name);
    targets.delete(planned.name);
    if (target === undefined || !equal(planned, target)) differences.push(difference(planned, target));
  }
  for (const target of targets.values()) differences.push(difference(undefined, target));
  return differences;
}

function equal(planned: PlannedColumn, target: TargetTableColumn): boolean {
  return (
    planned.type === target.type &&
    planned.nullable === target.nullable &&
    planned.identity === (target.identity !== null) &&
    target.generated === null &&
    normalizeSql(planned.default ?? '') === normalizeSql(target.default ?? '')
  );
}

function describeTarget({ generated, identity, ...column }: TargetTableColumn): string {
  if (generated !== null) {
    return `${column.type} GENERATED ALWAYS AS (${column.default ?? ''}) ${generated.toUpperCase()}`;
  }
  const described = definitionOf({ ...column, identity: identity !== null });
  return identity === 'always'
    ? described.replace('BY DEFAULT AS IDENTITY', 'ALWAYS AS IDENTITY')
    : described;
}
