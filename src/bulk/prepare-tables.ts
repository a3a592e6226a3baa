import { unwatchTables } from '../ledger/foreign-watch.ts';
import { forgetLoad, type Load } from '../ledger/loads.ts';
import { restartRun, type Run } from '../ledger/runs.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { qualified } from '../postgres/identifiers.ts';
import { rowsOfShare } from '../postgres/rows-of-share.ts';
import { inTransaction } from '../postgres/transaction.ts';
import type { BulkContext, BulkOptions } from './bulk-context.ts';
import { holdsInReplay } from './holds-in-replay.ts';
import { saveAndDropObjects } from './saved-objects.ts';
import { targetTables } from './target-tables.ts';

/**
 * Whether every load of the run is to be made again: then the run begins anew, at a new position. The loads of tables that the
 * source does not have any more do not count: they are forgotten then.
 */
export function beginsAnew({ plan, replace }: BulkOptions, loads: ReadonlyMap<string, Load>): boolean {
  const planned = new Set(plan.mappings.map(({ mapping }) => mapping.id));
  const there = new Set(plan.source.tables.map(({ name }) => name));
  const isMeant = ({ mapping, sourceTable }: Load): boolean =>
    planned.has(mapping) || !there.has(sourceTable);
  return replace && loads.size > 0 && [...loads.values()].every(isMeant);
}

/**
 * Takes away what would slow the load or stand in its way; with --replace the rows too, and their loads, from `loads` as well.
 * Where no load of the run is left then, the run begins anew, at a new P0. Returns the run as it is now.
 */
export async function prepareTables(
  { options, session, source }: BulkContext,
  run: Run,
  loads: Map<string, Load>,
): Promise<Run> {
  const { plan, replace, observer } = options;
  const begun = plan.mappings.filter(({ mapping }) => replace || loads.get(mapping.id)?.state !== 'complete');
  const filled = begun.filter(({ mapping }) => replace || loads.get(mapping.id)?.state !== 'loaded');
  if (filled.length === 0) return run;
  const tables = targetTables(filled);
  await session.run((target) =>
    saveAndDropObjects(target, run.id, {
      tables,
      holdsInReplay: (table, columns) => holdsInReplay(plan.mappings, table, columns),
      keepSyncSafe: false,
    }),
  );
  await session.run((target) => inTransaction(target, () => unwatchTables(target, tables)));
  if (!replace) return run;
  const isAll = beginsAnew(options, loads);
  const forgotten = isAll ? [...loads.keys()] : begun.map(({ mapping }) => mapping.id);
  const gone = [...loads.values()].filter(
    ({ mapping }) => isAll && !begun.some((one) => one.mapping.id === mapping),
  );
  for (const { sourceTable } of gone)
    observer.onNote(`${sourceTable} is not in the source any more: its rows stay in the target as they are.`);
  for (const id of forgotten) loads.delete(id);
  const startPosition = isAll
    ? await source.startPosition((text) => observer.onNote(text))
    : run.startPosition;
  await session.run((target) =>
    inTransaction(target, async () => {
      for (const statement of emptyingStatements(filled)) await target.query(statement);
      for (const id of forgotten) await forgetLoad(target, run.id, id);
      // In the same transaction: rows of before under the new position would lack what happened in between.
      if (isAll) await restartRun(target, run.id, startPosition, { ...plan.options });
    }),
  );
  return { ...run, startPosition };
}

/** A table whose rows are all to go is emptied; of one that others fill too, only the rows that are to be loaded again. */
function emptyingStatements(filled: readonly PlannedMapping[]): string[] {
  const ids = new Set(filled.map(({ mapping }) => mapping.id));
  const whole = filled.filter(({ share }) => share === null || share.mappings.every((id) => ids.has(id)));
  const names = targetTables(whole).map(({ schema, table }) => qualified(schema, table));
  const parts = filled.flatMap(({ mapping: { target }, share }) =>
    share && !share.mappings.every((id) => ids.has(id))
      ? [`DELETE FROM ${qualified(target.schema, target.table)} AS t WHERE ${rowsOfShare(share.constants)}`]
      : [],
  );
  return [...(names.length > 0 ? [`TRUNCATE ${names.join(', ')}`] : []), ...parts];
}
