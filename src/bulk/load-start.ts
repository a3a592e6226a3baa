/** From where on sync replays what the source does to tables that are loaded now. */
import type { BinlogPosition } from '../core/position.ts';
import { readCheckpoint } from '../ledger/checkpoints.ts';
import type { Load } from '../ledger/loads.ts';
import type { Run } from '../ledger/runs.ts';
import type { BulkContext } from './bulk-context.ts';

/**
 * The start position of the loads that are about to be recorded; null for P0 of the run. Tables that join a run later begin where
 * the source is now: what it did to them before, an ALTER TABLE perhaps, is in the rows that will be read, and is not replayed.
 * Loads that are still under way were begun together with these, and all of them share one position.
 */
export async function readLoadStart(
  { options, session, source }: BulkContext,
  run: Run,
  loads: ReadonlyMap<string, Load>,
): Promise<BinlogPosition | null> {
  if (run.startPosition === null) return null;
  const underWay = [...loads.values()].find(({ state }) => state === 'loading');
  if (underWay && !options.replace) return underWay.startPosition;
  const checkpoint = await session.run((target) => readCheckpoint(target, run.id));
  if (loads.size === 0 && checkpoint === null) return null;
  return source.startPosition((text) => options.observer.onNote(text));
}
