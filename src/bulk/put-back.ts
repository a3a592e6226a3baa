import { readCheckpoint } from '../ledger/checkpoints.ts';
import { readLoads, recordLoadEnds } from '../ledger/loads.ts';
import { restoreObjects } from '../ledger/restore/restore-objects.ts';
import type { RestoreReport } from '../ledger/restore/restore-options.ts';
import { waiveReplay, type Run } from '../ledger/runs.ts';
import { readObjectsAway, type ObjectAway } from '../ledger/saved-objects.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import type { BulkContext } from './bulk-context.ts';
import { restoreScope } from './restore-scope.ts';

interface PutBack {
  report: RestoreReport;
  /** What is left for sync to put back. */
  waitingForSync: ObjectAway[];
}

/**
 * After the last row was read: notes the end position of the loads, and puts back what can hold from now on. */
export async function putBack(context: BulkContext, run: Run): Promise<PutBack> {
  const { options, session, source, signal } = context;
  const { settings, observer, noSync } = options;
  // Where the position could not be had at the beginning, it cannot be had now.
  const end = run.startPosition && (await source.server!.run(readBinlogPosition));
  if (run.startPosition && !end)
    observer.onNote('The source keeps no binlog any more: sync cannot follow this load.');
  const scope = await session.run(async (target) => {
    if (end) await recordLoadEnds(target, run.id, end);
    const ends = [...(await readLoads(target, run.id)).values()].flatMap((load) => load.endPosition ?? []);
    const checkpoint = (await readCheckpoint(target, run.id))?.position ?? null;
    const handoff = { start: end && run.startPosition, checkpoint, ends };
    const scope = restoreScope(handoff);
    if (!noSync || scope === 'all') return scope;
    await waiveReplay(target, run.id);
    return 'all';
  });
  observer.onPhase('restoring indexes and constraints');
  const report = await session.run((target) =>
    restoreObjects({
      settings: options.target,
      jobs: settings.bulk.jobs,
      target,
      runId: run.id,
      which: scope,
      writersGoOn: false,
      signal,
    }),
  );
  const failed = new Set(report.failures.map(({ table, name }) => `${table} ${name}`));
  const away = await session.run((target) => readObjectsAway(target, run.id));
  const waitingForSync =
    scope === 'all' ? [] : away.filter(({ table, name }) => !failed.has(`${table} ${name}`));
  return { report, waitingForSync };
}
