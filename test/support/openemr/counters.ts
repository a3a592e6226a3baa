import type { SourceRow } from './source-row.ts';
import type { OpenemrVersion } from './source-tables.ts';

export type AddRow = (table: string, row: SourceRow) => void;

/** Ids given out, by table. `shared` is the counter that OpenEMR takes the ids of several tables from, encounters among them. */
export class Counters {
  readonly #last = new Map<string, number>();

  next(counter: string): number {
    const id = (this.#last.get(counter) ?? 0) + 1;
    this.#last.set(counter, id);
    return id;
  }
}

/** The people and places that patients are spread over. */
export interface Site {
  version: OpenemrVersion;
  /** users.id of those with a calendar. */
  doctors: readonly number[];
  facilities: readonly number[];
  insurers: readonly number[];
  documentCategories: readonly number[];
  labs: readonly number[];
}
