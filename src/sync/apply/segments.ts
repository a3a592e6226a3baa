/**
 * Cuts a range of changes where their order is more than the order within a key. Segments are applied one after the other;
 * within one, only the net effect counts.
 */
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';

export type Segment =
  /** `cascading`: deletes whose foreign keys' actions the binlog does not have. */
  | { kind: 'net'; from: number; to: number; cascading: number[] }
  /** One row that others refer to, under another key: log[from] is the old, log[from + 1] the new. */
  | { kind: 'move'; from: number; to: number }
  | { kind: 'truncate'; from: number; to: number };

export interface SegmentRules {
  /** A changed key of such a table is an update of its own, not a delete and an insert: others refer to its rows. */
  movesAlone(mapping: number): boolean;
  /** The mappings whose rows may go or change with a deleted row of this one, itself among them; null where none do. */
  cascadeReach(mapping: number): ReadonlySet<number> | null;
}

export function planSegments(batch: ChangeBatch, rules: SegmentRules, from: number, to: number): Segment[] {
  const { log } = batch;
  const segments: Segment[] = [];
  let start = from;
  let cascading: number[] = [];
  /** What a cascade has taken away may be written again: that has to come after it. */
  const barred = new Set<number>();
  const endNet = (end: number): void => {
    if (end > start) segments.push({ kind: 'net', from: start, to: end, cascading });
    start = end;
    cascading = [];
    barred.clear();
  };
  for (let index = from; index < to; index++) {
    const kind = log.kind(index);
    const mapping = log.mapping(index);
    if (kind === CHANGE.truncate) {
      endNet(index);
      segments.push({ kind: 'truncate', from: index, to: (start = index + 1) });
    } else if (kind === CHANGE.moveFrom && rules.movesAlone(mapping)) {
      endNet(index);
      segments.push({ kind: 'move', from: index, to: (start = index + 2) });
      index++;
    } else if (barred.has(mapping) && (kind === CHANGE.upsert || kind === CHANGE.moveFrom)) {
      endNet(index);
      if (kind === CHANGE.moveFrom) index++;
    } else if (kind === CHANGE.delete) {
      const reach = rules.cascadeReach(mapping);
      if (reach === null) continue;
      cascading.push(index);
      for (const reached of reach) barred.add(reached);
    }
  }
  endNet(to);
  return segments;
}

/** Where a range can be cut in two without dividing a change; `to` where it is a single one. */
export function middleOf(batch: ChangeBatch, from: number, to: number): number {
  const { log } = batch;
  const belongsTogether = (index: number): boolean => {
    const kind = log.kind(index);
    return kind === CHANGE.moveFrom || kind === CHANGE.abandon;
  };
  let middle = (from + to) >>> 1;
  if (middle > from && belongsTogether(middle - 1)) middle--;
  return middle > from ? middle : Math.min(from + (belongsTogether(from) ? 2 : 1), to);
}
