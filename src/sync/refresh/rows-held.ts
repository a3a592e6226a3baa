/**
 * Rows that were read at the source, until they are on the target: whether a change that came meanwhile is newer than what was read. A row of a query is made
 * anew after each change anyway; of a row that comes by the log, nothing would bring the newer version back.
 */
import type { Cascade } from '../apply/cascade-plan.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';

export class RowsHeld {
  /** Of mappings whose rows come by the log: the keys, by mapping. */
  readonly #keys = new Map<number, Set<string>>();
  /** Mappings whose deletes may change rows of those. */
  readonly #above: ReadonlySet<number>;

  constructor(held: ChangeBatch, cascades: readonly Cascade[]) {
    const { log, mappings } = held;
    for (let change = 0; change < log.length; change++) {
      const mapping = log.mapping(change);
      if (mappings[mapping]!.planned.mapping.shape !== 'row') continue;
      const keys = this.#keys.get(mapping) ?? new Set();
      this.#keys.set(mapping, keys.add(keyOf(held, change)));
    }
    this.#above = above(new Set(this.#keys.keys()), cascades);
  }

  areOvertakenBy(changes: ChangeBatch): boolean {
    if (this.#keys.size === 0) return false;
    const { log } = changes;
    for (let change = 0; change < log.length; change++) {
      const mapping = log.mapping(change);
      const kind = log.kind(change);
      if (kind !== CHANGE.upsert && this.#above.has(mapping)) return true;
      const keys = this.#keys.get(mapping);
      if (keys && (kind === CHANGE.truncate || keys.has(keyOf(changes, change)))) return true;
    }
    return false;
  }
}

function keyOf({ log, memory }: ChangeBatch, change: number): string {
  return memory.chunk(log.chunk(change)).toString('latin1', log.keyStart(change), log.keyEnd(change));
}

function above(mappings: ReadonlySet<number>, cascades: readonly Cascade[]): ReadonlySet<number> {
  const found = new Set(mappings);
  for (const reached of found)
    for (const { parent, child } of cascades) if (child === reached) found.add(parent);
  return new Set(cascades.map(({ parent }) => parent).filter((parent) => found.has(parent)));
}
