import { forgetLoad, readLoads, type Load } from '../ledger/loads.ts';
import type { Run } from '../ledger/runs.ts';
import { qualified } from '../postgres/identifiers.ts';
import type { BulkContext } from './bulk-context.ts';
import { saveAndDropObjects } from './saved-objects.ts';

/** Takes away what would slow the load or stand in its way, and with --replace the rows. */
export async function prepareTables(
  { options, session }: BulkContext,
  run: Run,
  loads: Map<string, Load>,
): Promise<void> {
  const { plan, replace } = options;
  const begun = plan.mappings.filter(({ mapping }) => replace || loads.get(mapping.id)?.state !== 'complete');
  const tables = begun
    .filter(({ mapping }) => replace || loads.get(mapping.id)?.state !== 'loaded')
    .map(({ mapping }) => mapping.target);
  if (tables.length === 0) return;
  await session.run((target) => saveAndDropObjects(target, run.id, tables));
  if (!replace) return;
  await session.run(async (target) => {
    await target.query('BEGIN');
    await target.query(`TRUNCATE ${tables.map(({ schema, table }) => qualified(schema, table)).join(', ')}`);
    for (const { mapping } of begun) await forgetLoad(target, run.id, mapping.id);
    await target.query('COMMIT');
  });
  loads.clear();
  for (const [mapping, load] of await session.run((target) => readLoads(target, run.id))) {
    loads.set(mapping, load);
  }
}
