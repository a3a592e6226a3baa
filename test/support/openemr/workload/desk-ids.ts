/** Ids as one desk gives and knows them. */
import type { Random } from '../../../demo/clinic/random.ts';
import { Counters } from '../counters.ts';
import type { IdName, Opening } from './opening.ts';
import { Recent } from './recent.ts';

/** What takes its ids from the one counter that OpenEMR has for them. */
const SHARED = [
  'encounter',
  'documents',
  'insurance_companies',
  'addresses',
  'phone_numbers',
  'categories',
] as const satisfies readonly IdName[];

/** Counters of the generator that have another name than their table. */
const NAMES: Readonly<Record<string, IdName | 'shared'>> = {
  events: 'openemr_postcalendar_events',
  shared: 'shared',
};

export class DeskIds {
  readonly #opening: Opening;
  readonly #desk: number;
  readonly #desks: number;
  readonly #random: Random;
  readonly #next = new Map<string, number>();
  readonly #recent = new Map<string, Recent<number>>();
  /** For the row makers of the generator. */
  readonly counters: Counters;

  constructor(desk: number, desks: number, opening: Opening, random: Random) {
    this.#desk = desk;
    this.#desks = desks;
    this.#opening = opening;
    this.#random = random;
    this.counters = new DeskCounters(this);
  }

  /** One that no other desk gives, for a new row. */
  next(name: IdName | 'shared'): number {
    const isShared = name === 'shared' || (SHARED as readonly string[]).includes(name);
    const counter = isShared ? 'shared' : name;
    const id = this.#next.get(counter) ?? this.#highest(counter) + 1 + this.#desk;
    this.#next.set(counter, id + this.#desks);
    this.#recentOf(name).add(id);
    return id;
  }

  /** Of a row that was there at the opening, or that this desk has made. It may be gone. */
  known(name: IdName): number {
    const recent = this.#recentOf(name);
    const highest = this.#opening[name];
    if (highest === 0 || this.#random.percent(40)) return recent.pick(this.#random) ?? Math.max(1, highest);
    return this.#random.between(1, highest);
  }

  /** To be deleted: rather one that this desk has made, or there would soon be nothing left. */
  spare(name: IdName): number {
    const own = this.#random.percent(75) ? this.#recentOf(name).take(this.#random) : undefined;
    return own ?? this.known(name);
  }

  /** That this desk has made; undefined where there is none. */
  own(name: IdName): number | undefined {
    return this.#recentOf(name).pick(this.#random);
  }

  #highest(counter: IdName | 'shared'): number {
    if (counter !== 'shared') return this.#opening[counter];
    return Math.max(...SHARED.map((name) => this.#opening[name]));
  }

  #recentOf(name: string): Recent<number> {
    let recent = this.#recent.get(name);
    if (!recent) this.#recent.set(name, (recent = new Recent()));
    return recent;
  }
}

class DeskCounters extends Counters {
  readonly #ids: DeskIds;

  constructor(ids: DeskIds) {
    super();
    this.#ids = ids;
  }

  override next(counter: string): number {
    return this.#ids.next(NAMES[counter] ?? (counter as IdName));
  }
}
