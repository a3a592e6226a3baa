import { watchTables } from '../ledger/foreign-watch.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyOf } from '../mapping/target-key.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { TargetConnection } from '../postgres/connection.ts';

/** From the end of its load on, what others write to the table is noted. What cannot be watched is told of by sync. */
export async function watchForOthers(
  target: TargetConnection,
  { mapping, table }: PlannedMapping,
): Promise<void> {
  const key = rowKeyOf(mapping, rowKeyColumns(table));
  if (!key || key.length === 0) return;
  await watchTables(target, [{ ...mapping.target, key }]);
}
