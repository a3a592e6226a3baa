import type { Random } from '../../../demo/clinic/random.ts';

const REMEMBERED = 64;

/** What a desk has made lately and may come back to: the newest of it, however long the day is. */
export class Recent<Item> {
  readonly #items: Item[] = [];

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length > REMEMBERED) this.#items.shift();
  }

  /** Undefined where there is nothing. */
  pick(random: Random): Item | undefined {
    return this.#items.length === 0 ? undefined : random.pick(this.#items);
  }

  /** As `pick`, and it is forgotten. */
  take(random: Random): Item | undefined {
    return this.#items.splice(random.below(Math.max(1, this.#items.length)), 1)[0];
  }
}
