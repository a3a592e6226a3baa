/** The plan as sync carries it out: which target row each source row is, and which foreign keys it has to follow itself. */
import { logsCascades } from '../mysql/cascades.ts';
import type { SourceServer } from '../mysql/server-version.ts';
import type { Plan } from '../mapping/plan.ts';
import { planCascades, referencedColumns, type Cascade } from './apply/cascade-plan.ts';
import { syncMapping, type SyncMapping } from './sync-mapping.ts';

export interface SyncPlan {
  mappings: SyncMapping[];
  /** Empty where the source's binlog has the rows that foreign keys change. */
  cascades: Cascade[];
  policies: Plan['options']['policies'];
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
  return { mappings, cascades, policies };
}
