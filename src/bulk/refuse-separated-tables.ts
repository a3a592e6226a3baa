/** Which tables cannot be loaded again without others. */
import { TransfuseError } from '../core/errors.ts';
import type { Load } from '../ledger/loads.ts';
import type { Run } from '../ledger/runs.ts';
import { changedThroughKeys, logsCascades } from '../mysql/cascades.ts';
import type { BulkContext } from './bulk-context.ts';

/**
 * Throws RELOAD_TOGETHER where tables are loaded again whose foreign keys have changed others without a word in the binlog:
 * sync passes over the changes of the former up to the new load, and so would miss what these did to the latter.
 */
export async function refuseSeparatedTables(
  { options: { plan, replace, noSync }, source }: BulkContext,
  run: Run,
  loads: ReadonlyMap<string, Load>,
): Promise<void> {
  if (!replace || noSync || run.startPosition === null) return;
  if (await source.server!.run(({ server }) => Promise.resolve(logsCascades(server)))) return;
  const loaded = new Set([...loads.values()].map(({ sourceTable }) => sourceTable));
  const names = [...new Set(plan.mappings.map(({ table }) => table.name))];
  const missing = changedThroughKeys(
    plan.source.tables,
    names.filter((name) => loaded.has(name)),
  ).filter((name) => loaded.has(name) && !names.includes(name));
  if (missing.length === 0) return;
  throw new TransfuseError(
    'RELOAD_TOGETHER',
    `Foreign keys of ${missing.join(', ')} change rows when rows of ${names.join(', ')} are deleted or change, and the source does not log that. Loaded again alone, the one would not fit the other. Nothing was touched.`,
    {
      where: { tables: missing.join(',') },
      fix: `bin/bulk --tables ${[...names, ...missing].join(',')} --replace`,
    },
  );
}
