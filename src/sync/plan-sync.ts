/** The plan as sync carries it out: which target row each source row is, and which foreign keys it has to follow itself. */
import { TransfuseError } from '../core/errors.ts';
import { logsCascades } from '../mysql/cascades.ts';
import type { SourceServer } from '../mysql/server-version.ts';
import type { Plan } from '../mapping/plan.ts';
import { planCascades, referencedColumns, type Cascade } from './apply/cascade-plan.ts';
import { planWatches, type PlannedWatch } from './refresh/watch-plan.ts';
import { syncMapping, type SyncMapping } from './sync-mapping.ts';

export interface SyncPlan {
  mappings: SyncMapping[];
  /** Empty where the source's binlog has the rows that foreign keys change. */
  cascades: Cascade[];
  policies: Plan['options']['policies'];
  /** What touches rows of query mappings. */
  watches: PlannedWatch[];
}

/** Throws SYNC_IMPOSSIBLE for the first table that can be loaded but not synced. */
export function planSync(
  plan: Pick<Plan, 'mappings' | 'options' | 'source'>,
  server: SourceServer,
): SyncPlan {
  const cascades = logsCascades(server) ? [] : planCascades(plan.mappings, plan.source.database);
  const { policies } = plan.options;
  const mappings = plan.mappings.map((planned, index) =>
    syncMapping(planned, { policies, alsoBefore: referencedColumns(cascades, index) }),
  );
  const watches = planWatches(mappings);
  if (!logsCascades(server)) refuseUnloggedChanges(plan, watches);
  return { mappings, cascades, policies, watches };
}

/** What foreign keys do to a watched table, and the source does not log, touches rows that nobody would hear of. */
function refuseUnloggedChanges({ source }: Pick<Plan, 'source'>, watches: readonly PlannedWatch[]): void {
  const changing = new Set(['CASCADE', 'SET NULL', 'SET DEFAULT']);
  for (const { mapping, table } of watches) {
    const keys = source.tables.find(({ name }) => name === table)?.foreignKeys ?? [];
    const key = keys.find(({ onDelete, onUpdate }) => changing.has(onDelete) || changing.has(onUpdate));
    if (!key) continue;
    const { id } = mapping.planned.mapping;
    throw new TransfuseError(
      'SYNC_IMPOSSIBLE',
      `The mapping ${id} can be loaded but not synced: the foreign key ${key.name} changes rows of ${table}, and the source does not log that.`,
      { where: { mapping: id, table } },
    );
  }
}
