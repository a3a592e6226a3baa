import { TransfuseError } from '../core/errors.ts';
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import type { RestoreScope } from '../ledger/saved-objects.ts';

/** What decides whether old changes are still to be applied over newer rows. */
interface Handoff {
  /** P0; null where sync cannot follow the load. */
  start: BinlogPosition | null;
  /** How far sync has come; null where it has not begun. */
  checkpoint: BinlogPosition | null;
  /** Of every load that has one. */
  ends: readonly BinlogPosition[];
}

/**
 * What may be put back at the end of a load (invariant 2): all of it where nothing is to be replayed, or sync has passed
 * the furthest position at which rows were read; else only what a replay cannot violate. Pure.
 */
export function restoreScope({ start, checkpoint, ends }: Handoff): RestoreScope {
  if (start === null) return 'all';
  const isPassed = checkpoint
    ? (end: BinlogPosition) => surelyPassed(checkpoint, end)
    : (end: BinlogPosition) => start.gtidSet === end.gtidSet && surelyPassed(start, end);
  return ends.every(isPassed) ? 'all' : 'sync-safe';
}

/** Positions that cannot be compared, of two servers perhaps, are for sync to judge, which knows both. */
function surelyPassed(reached: BinlogPosition, goal: BinlogPosition): boolean {
  try {
    return hasPassed(reached, goal);
  } catch (error) {
    if (error instanceof TransfuseError) return false;
    throw error;
  }
}
