import { TransfuseError } from '../core/errors.ts';
import { includesGtids, parseGtidSet } from '../core/gtid-set.ts';
import { passes, type BinlogPosition, type ReachedPlace } from '../core/position.ts';

/** Tells whether a place is where a sync is to end, or behind it. */
export type Goal = (reached: ReachedPlace) => boolean;

/** Where the source was when it was asked. */
export function goalAt(end: BinlogPosition): Goal {
  return passes(end);
}

/**
 * From what an operator writes: FILE:OFFSET of this server's binlog, or a set of GTIDs. Throws USAGE for anything else, and for GTIDs
 * of a run that has none.
 */
export function parseGoal(text: string, from: BinlogPosition): Goal {
  const place = /^([^:\s]+\.\d+):(\d{1,15})$/.exec(text);
  if (place) {
    const [, file, offset] = place;
    return goalAt({ ...from, file: file!, offset: offset!, gtidSet: null });
  }
  const goal = parseGtids(text);
  if (goal === null) throw usage('it is neither FILE:OFFSET nor a set of GTIDs');
  const { gtidSet } = from;
  if (gtidSet === null) throw usage('it is a set of GTIDs, and the source numbers no transactions');
  return ({ gtids }) => includesGtids(gtids ?? parseGtidSet('', goal.dialect), goal);
}

function parseGtids(text: string): ReturnType<typeof parseGtidSet> | null {
  try {
    return text.trim() === '' ? null : parseGtidSet(text);
  } catch {
    return null;
  }
}

function usage(why: string): TransfuseError {
  return new TransfuseError('USAGE', `The position given to --until is not understood: ${why}.`, {
    fix: 'Give it as binlog.000042:1234, or as a set of GTIDs.',
  });
}
