import type { TargetTable, TargetTableColumn } from '../postgres/catalog-model.ts';
import type { PlannedColumn, SchemaObject } from '../postgres/schema-plan.ts';
import type { SchemaDifference } from './compare-schema.ts';
import { normalizeSql } from './normalize-sql.ts';

/** Every column that is missing, different, or not in the plan. The order of columns does not matter. */
export function compareColumns(
  object: SchemaObject & { kind: 'table' },
  table: TargetTable,
): SchemaDifference[] {
  const difference = (name: string, expected: string, found: string): SchemaDifference => ({
    status: 'differs',
    kind: 'column',
    table: object.table,
    name,
    expected,
    found,
    object,
  });
  const targets = new Map(table.columns.map((column) => [column.name, column]));
  const differences: SchemaDifference[] = [];
  for (const planned of object.columns) {
    const target = targets.get(planned.name);
    targets.delete(planned.name);
    if (target === undefined) {
      differences.push(difference(planned.name, describePlanned(planned), 'no such column'));
    } else if (!equal(planned, target)) {
      differences.push(difference(planned.name, describePlanned(planned), describeTarget(target)));
    }
  }
  for (const target of targets.values()) {
    differences.push(difference(target.name, 'no such column', describeTarget(target)));
  }
  return differences;
}

function equal(planned: PlannedColumn, target: TargetTableColumn): boolean {
  return (
    planned.type === target.type &&
    planned.nullable === target.nullable &&
    planned.identity === (target.identity !== null) &&
    !target.generated &&
    normalizeSql(planned.default ?? '') === normalizeSql(target.default ?? '')
  );
}

function describePlanned(column: PlannedColumn): string {
  return describe(column, column.identity ? 'by default' : null);
}

function describeTarget(column: TargetTableColumn): string {
  if (column.generated) return `${column.type} GENERATED ALWAYS AS (${column.default ?? ''})`;
  return describe(column, column.identity);
}

function describe(
  column: Pick<PlannedColumn, 'type' | 'nullable' | 'default'>,
  identity: TargetTableColumn['identity'],
): string {
  const parts = [column.type];
  if (identity !== null) parts.push(`GENERATED ${identity.toUpperCase()} AS IDENTITY`);
  if (column.default !== null) parts.push(`DEFAULT ${column.default}`);
  if (!column.nullable) parts.push('NOT NULL');
  return parts.join(' ');
}
