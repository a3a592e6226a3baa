/** What a range of changes comes to: for each mapping the rows to write and the keys to take away, each key once. */
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import { sameBytes } from '../tuple-fields.ts';

export interface NetEffect {
  /** Indexes into the batch's log, in source order. */
  upserts: number[];
  deletes: number[];
}

/**
 * The last change of each key in [from, to), by mapping. A refused row changes nothing: its older version stays. There must be no
 * truncate in the range.
 */
export function netEffect(batch: ChangeBatch, from: number, to: number): Map<number, NetEffect> {
  const { log } = batch;
  const seen = new KeySet(batch, to - from);
  const effects = new Map<number, NetEffect>();
  for (let index = to - 1; index >= from; index--) {
    const kind = log.kind(index);
    const hasKey = log.keyEnd(index) > log.keyStart(index);
    if (kind === CHANGE.refused || !hasKey || !seen.add(index)) continue;
    const mapping = log.mapping(index);
    let effect = effects.get(mapping);
    if (!effect) effects.set(mapping, (effect = { upserts: [], deletes: [] }));
    (kind === CHANGE.upsert ? effect.upserts : effect.deletes).push(index);
  }
  for (const effect of effects.values()) {
    effect.upserts.reverse();
    effect.deletes.reverse();
  }
  return effects;
}

/** A set of keys, by the changes that have them: open addressing over one array. */
export class KeySet {
  readonly #batch: ChangeBatch;
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(batch: ChangeBatch, maxKeys: number) {
    this.#batch = batch;
    const size = 2 ** Math.ceil(Math.log2(Math.max(2 * maxKeys, 2)));
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
  }

  /** False where a change of the same mapping and key is in it already. */
  add(index: number): boolean {
    const { log } = this.#batch;
    const hash = log.keyHash(index) ^ Math.imul(log.mapping(index), 0x9e3779b1);
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const other = this.#slots[slot]! - 1;
      if (other < 0) {
        this.#slots[slot] = index + 1;
        return true;
      }
      if (this.#isSameKey(index, other)) return false;
    }
  }

  #isSameKey(a: number, b: number): boolean {
    const { log, memory } = this.#batch;
    return (
      log.keyHash(a) === log.keyHash(b) &&
      log.mapping(a) === log.mapping(b) &&
      sameBytes(
        memory.chunk(log.chunk(a)),
        log.keyStart(a),
        log.keyEnd(a),
        memory.chunk(log.chunk(b)),
        log.keyStart(b),
        log.keyEnd(b),
      )
    );
  }
}
