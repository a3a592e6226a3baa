/** The row changes of the backlog: four of ten insert, five update, one deletes. The same every time. */
import { Random } from '../dataset/random.ts';

/** Ids and versions: a row's values follow from them. */
export interface RowVersion {
  id: number;
  version: number;
}

/** One transaction of the source: each list is one statement. */
export interface SourceTransaction {
  inserts: RowVersion[];
  updates: RowVersion[];
  deletes: number[];
}

const SEED = 20_260_301;

/** So many rows have to be there, ids from 1, before the first of `changes` changes. */
export function baseRows(changes: number): number {
  return Math.max(10_000, Math.ceil(changes / 5));
}

/** All of them change one row for each that they name: none is changed to what it was, none that is not there. */
export function* sourceTransactions(changes: number, rowsEach: number): Generator<SourceTransaction> {
  const random = new Random(SEED);
  let lastId = baseRows(changes);
  let deletedTo = 0;
  const versions = new Map<number, number>();
  for (let done = 0; done < changes;) {
    const transaction: SourceTransaction = { inserts: [], updates: [], deletes: [] };
    const existing = lastId;
    for (const end = Math.min(done + rowsEach, changes); done < end; done++) {
      const choice = done % 10;
      if (choice < 4) transaction.inserts.push({ id: ++lastId, version: 0 });
      else if (choice === 9) transaction.deletes.push(++deletedTo);
      else {
        // None of those that this transaction deletes.
        const first = deletedTo + rowsEach + 1;
        const id = first + random.below(existing - first + 1);
        const version = (versions.get(id) ?? 0) + 1;
        versions.set(id, version);
        transaction.updates.push({ id, version });
      }
    }
    yield transaction;
  }
}
