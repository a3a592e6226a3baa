/** Where an archive is made as well: rows that a load reads whole are not read a second time. */
import type { RowArchive } from './bulk-context.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import type { WorkingLoad } from './plan-loads.ts';

/** Tells the tasks where their rows go as well. Throws what the archive throws. */
export async function placeInArchive(
  archive: RowArchive,
  working: readonly WorkingLoad[],
  chunksOf: (planned: PlannedMapping) => Promise<KeyChunk[]>,
): Promise<void> {
  const whole = new Map<SourceTable, WorkingLoad>();
  for (const load of working)
    if (load.tasks.length > 0 && readsWholeRows(load.planned)) whole.set(load.planned.table, load);
  if (whole.size === 0) return;
  const divided = new Map<string, KeyChunk[]>();
  for (const [{ name }, { planned }] of whole) divided.set(name, await chunksOf(planned));
  const places = await archive.begin(divided);
  for (const [{ name }, { tasks }] of whole)
    for (const task of tasks) task.archivePrefix = places.get(name)?.get(task.chunk) ?? null;
}

/** Every row of its table, with every column in the table's order. */
function readsWholeRows({ mapping, table, compiled }: PlannedMapping): boolean {
  const { sourceColumns } = compiled;
  return (
    mapping.shape === 'row' &&
    mapping.where?.atSource === undefined &&
    sourceColumns.length === table.columns.length &&
    table.columns.every(({ name }, index) => sourceColumns[index]!.name === name)
  );
}
