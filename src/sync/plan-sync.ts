/** The plan as sync carries it out: which target row each source row is, and which foreign keys it has to follow itself. */
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

const FIRST_MYSQL_THAT_LOGS_CASCADES = 90_600;

/**
 * Whether the binlog has the rows that ON DELETE and ON UPDATE change. MySQL from 9.6 on carries foreign keys out above the
 * storage engine; before, and in MariaDB, InnoDB does it and nobody writes it down.
 */
export function logsCascades(server: SourceServer): boolean {
  return server.flavor === 'mysql' && server.versionNumber >= FIRST_MYSQL_THAT_LOGS_CASCADES;
}
