import { failpoint } from '../core/failpoints.ts';
import type { BinlogPosition } from '../core/position.ts';
import { completeDefinitions } from '../ledger/definitions.ts';
import { pendingChunks, readTotals, recordLoad, type Load } from '../ledger/loads.ts';
import type { Run } from '../ledger/runs.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { BulkContext } from './bulk-context.ts';
import type { ChunkTask } from './chunk-task.ts';
import { readLoadStart } from './load-start.ts';

/** A table under way. */
export interface WorkingLoad {
  planned: PlannedMapping;
  tasks: ChunkTask[];
  remaining: number;
  startedAt: number | null;
}

/**
 * The chunks that are still to be loaded, of every table that is not finished, and the position before which everything must be
 * visible to whoever reads them. Large tables first, so that no lane waits at the end.
 */
export async function planLoads(
  context: BulkContext,
  run: Run,
  loads: Map<string, Load>,
): Promise<{ working: WorkingLoad[]; start: BinlogPosition | null }> {
  const { options, session, source } = context;
  const { plan, observer } = options;
  observer.onPhase('planning');
  const working: WorkingLoad[] = [];
  await session.run((target) =>
    completeDefinitions(
      target,
      run.id,
      plan.mappings.map(({ mapping, fingerprint, table }) => ({ mapping: mapping.id, fingerprint, table })),
    ),
  );
  const ordered = plan.mappings.toSorted((a, b) => b.table.dataBytes - a.table.dataBytes);
  const totals = new Map(
    (await session.run((target) => readTotals(target, run.id))).map((total) => [total.mapping, total]),
  );
  const isNew = ({ mapping }: PlannedMapping): boolean => !loads.has(mapping.id);
  const start = ordered.some(isNew) ? await readLoadStart(context, run, loads) : null;
  for (const planned of ordered) {
    const { mapping, table } = planned;
    const load = loads.get(mapping.id);
    const before = totals.get(mapping.id);
    observer.onTable({
      mapping: mapping.id,
      rowEstimate: table.rowEstimate,
      before: {
        rows: before?.rowsLoaded ?? 0,
        rejected: before?.rowsRejected ?? 0,
        filtered: before?.rowsFiltered ?? 0,
      },
    });
    if (load && load.state !== 'loading') {
      observer.onTableDone(mapping.id);
      continue;
    }
    const keyColumns = rowKeyColumns(table);
    const signature = await source.signatureOf(planned);
    if (!load) {
      const chunks = await source.chunksOf(table);
      if (source.server && chunks.length === 1 && keyColumns.length === 0)
        observer.onNote(noKeyNote(table.name));
      await session.run((target) =>
        recordLoad(
          target,
          run.id,
          {
            mapping: mapping.id,
            sourceTable: table.name,
            targetSchema: mapping.target.schema,
            targetTable: mapping.target.table,
            fingerprint: planned.fingerprint,
            keyColumns,
            definition: table,
            startPosition: start,
          },
          chunks,
        ),
      );
      failpoint('bulk.after-load-recorded');
    }
    const pending = await session.run((target) => pendingChunks(target, run.id, mapping.id));
    const tasks = pending.map((bounds): ChunkTask => ({
      runId: run.id,
      mapping: mapping.id,
      sourceTable: table.name,
      ...bounds,
      signature,
      keyColumns: keyColumns.filter((name) =>
        planned.compiled.sourceColumns.some((column) => column.name === name),
      ),
      careful: false,
      archivePrefix: null,
    }));
    working.push({ planned, tasks, remaining: tasks.length, startedAt: null });
  }
  return { working, start: start ?? run.startPosition };
}

function noKeyNote(table: string): string {
  return `${table} has no primary or unique key that can be cut into ranges: it is read in one piece, and starts over when it is interrupted. bin/sync cannot follow a run that it is part of: give it a key at the source, or leave it out with --tables.`;
}
