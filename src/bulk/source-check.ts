/** Whether the source still has the tables of the plan, as they were when it was made. */
import { TransfuseError } from '../core/errors.ts';
import type { Load } from '../ledger/loads.ts';
import { makePlan, type Plan } from '../mapping/plan.ts';
import { readSourceCatalog } from '../mysql/catalog.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { quoteLiteral } from '../postgres/identifiers.ts';

/** Throws SOURCE_TABLE_CHANGED for a load that was begun, and whose table the source no longer has. */
export function refuseVanishedTables(plan: Plan, loads: ReadonlyMap<string, Load>): void {
  const there = new Set(plan.source.tables.map((table) => table.name));
  for (const { state, sourceTable } of loads.values()) {
    if (state === 'complete' || there.has(sourceTable)) continue;
    throw new TransfuseError(
      'SOURCE_TABLE_CHANGED',
      `The load of ${sourceTable} was begun and not finished, and the source has no such table any more.`,
      {
        where: { table: sourceTable },
        fix: `Bring the table back. Where it is meant to be gone, forget its load in the target:\nDELETE FROM transfuse.loads WHERE source_table = ${quoteLiteral(sourceTable)};`,
      },
    );
  }
}

/**
 * Reads the catalog again. Throws SOURCE_TABLE_CHANGED for a table whose rows were read under a definition that is not the
 * planned one: chunks see a changed column themselves, but not one that was added, nor one that changed before the first chunk.
 */
export async function checkTablesUnchanged(
  source: SourceConnection,
  plan: Plan,
  isConcerned: (mapping: string) => boolean,
): Promise<void> {
  const catalog = await readSourceCatalog(source, plan.source.database);
  const now = makePlan(plan.profile, catalog, plan.options);
  const fingerprints = new Map(now.mappings.map(({ mapping, fingerprint }) => [mapping.id, fingerprint]));
  for (const { mapping, table, fingerprint } of plan.mappings) {
    if (!isConcerned(mapping.id) || fingerprints.get(mapping.id) === fingerprint) continue;
    throw new TransfuseError(
      'SOURCE_TABLE_CHANGED',
      `The source table ${table.name} was dropped or altered while it was being loaded.`,
      { where: { table: table.name } },
    );
  }
}
