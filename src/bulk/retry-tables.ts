import { quantity } from '../core/quantity.ts';
import { forgetLoadEnds } from '../ledger/loads.ts';
import { openRejectCounts } from '../ledger/rejects.ts';
import type { Run } from '../ledger/runs.ts';
import type { BulkContext } from './bulk-context.ts';
import { holdsInReplay } from './holds-in-replay.ts';
import { retryRejects } from './retry-rejects.ts';
import { saveAndDropObjects } from './saved-objects.ts';

/**
 * Retries the open rejects of every planned table, and tells of each. Rows read now may be newer than what sync will replay, so
 * what that could violate is taken away first (invariant 2), and the ends of these loads are no longer known.
 */
export async function retryTables(context: BulkContext, run: Run): Promise<void> {
  const { options, session, source, signal } = context;
  const { settings, plan, observer, noSync } = options;
  observer.onPhase('retrying rejects');
  const open = new Set(
    (await session.run((target) => openRejectCounts(target, run.id))).map(({ mapping }) => mapping),
  );
  const concerned = plan.mappings.filter(({ mapping }) => open.has(mapping.id));
  if (concerned.length > 0 && run.startPosition !== null && !noSync) {
    await session.run((target) =>
      saveAndDropObjects(target, run.id, {
        tables: concerned.map(({ mapping }) => mapping.target),
        holdsInReplay: (table, columns) => holdsInReplay(plan.mappings, table, columns),
        keepSyncSafe: true,
      }),
    );
  }
  const ids = concerned.map(({ mapping }) => mapping.id);
  await session.run((target) => forgetLoadEnds(target, run.id, ids));
  for (const planned of concerned) {
    const { retried, loaded, filtered, rejectedAgain, gone, keyless } = await session.run((target) =>
      source.server!.run((connection) =>
        retryRejects({ settings, source: connection, target, runId: run.id, planned, signal }),
      ),
    );
    if (keyless > 0) {
      observer.onNote(
        `${planned.table.name}: ${quantity(keyless, 'reject has', 'rejects have')} no key to find ${keyless === 1 ? 'its row' : 'their rows'} by. Load the table again with --tables ${planned.table.name} --replace.`,
      );
    }
    if (retried === 0) continue;
    observer.onOutcome({
      mapping: planned.mapping.id,
      rows: loaded,
      rejected: rejectedAgain - retried,
      filtered,
    });
    observer.onNote(
      `${planned.table.name}: ${quantity(retried, 'reject')} retried, ${loaded} loaded, ${rejectedAgain} rejected again, ${gone} no longer at the source.`,
    );
  }
}
