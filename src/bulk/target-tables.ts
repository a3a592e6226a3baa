import type { PlannedMapping } from '../mapping/plan.ts';
import { qualified } from '../postgres/identifiers.ts';
import type { TableName } from './saved-objects.ts';

/** The tables that the mappings fill, each once. */
export function targetTables(mappings: readonly PlannedMapping[]): TableName[] {
  const byName = new Map(
    mappings.map(({ mapping: { target } }) => [qualified(target.schema, target.table), target]),
  );
  return [...byName.values()];
}
