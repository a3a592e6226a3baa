import { hash } from 'node:crypto';
import type { Cells } from './database-ends.ts';

type Forms = readonly (((text: string) => string | null) | undefined)[];

/** Compares two bags of rows in any order: rows of one side are put in, those of the other taken out. Keeps digests. */
export class RowBag {
  readonly #balances = new Map<string, number>();

  put(cells: Cells, forms: Forms): void {
    this.#add(cells, forms, 1);
  }

  take(cells: Cells, forms: Forms): void {
    this.#add(cells, forms, -1);
  }

  /** Rows that were put in and not taken out. */
  get onlyPut(): number {
    return this.#sum((balance) => Math.max(0, balance));
  }

  /** Rows that were taken out without having been put in. */
  get onlyTaken(): number {
    return this.#sum((balance) => Math.max(0, -balance));
  }

  /** The row in its common form where the other side has no equal; null where it has. */
  unmatched(cells: Cells, forms: Forms): Cells | null {
    const row = commonForm(cells, forms);
    return this.#balances.has(digest(row)) ? row : null;
  }

  #add(cells: Cells, forms: Forms, by: number): void {
    const key = digest(commonForm(cells, forms));
    const balance = (this.#balances.get(key) ?? 0) + by;
    if (balance === 0) this.#balances.delete(key);
    else this.#balances.set(key, balance);
  }

  #sum(of: (balance: number) => number): number {
    let sum = 0;
    for (const balance of this.#balances.values()) sum += of(balance);
    return sum;
  }
}

function commonForm(cells: Cells, forms: Forms): Cells {
  return cells.map((cell, place) =>
    cell === null ? null : (forms[place]?.(cell) ?? (forms[place] ? null : cell)),
  );
}

function digest(row: Cells): string {
  let text = '';
  for (const cell of row) text += cell === null ? '~' : `${cell.length}:${cell}`;
  return hash('sha1', text, 'base64');
}
