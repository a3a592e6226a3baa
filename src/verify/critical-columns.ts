/** The quick comparison: each mapping by its key and the columns that a profile calls critical, and what these are made of alone is read. */
import { compileMapping } from '../mapping/compile.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyOf, targetKeyOf } from '../mapping/target-key.ts';
import type { ValuePolicies } from '../mapping/types/codec.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';

/** What depends on all other columns of the row. */
const GATHERED: readonly string[] = ['flags', 'extra'];

/** null where there is neither a key nor such a column. */
export function criticalOnly(planned: PlannedMapping, policies: ValuePolicies): PlannedMapping | null {
  const { mapping, table } = planned;
  const key = rowKeyColumns(table);
  const names = new Set([
    ...((key.length > 0 && rowKeyOf(mapping, key)) || []),
    ...((key.length > 0 && targetKeyOf(mapping, key)) || []).map(({ target }) => target.name),
  ]);
  const columns = mapping.columns.filter(
    ({ target, phi, value }) =>
      names.has(target.name) || (phi === 'critical' && !GATHERED.includes(value.kind)),
  );
  if (columns.length === 0) return null;
  const reduced = { ...mapping, columns };
  return { ...planned, mapping: reduced, compiled: compileMapping(reduced, table, policies) };
}
