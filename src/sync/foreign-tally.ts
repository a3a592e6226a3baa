/** What a sync has to tell of others who write to the target's tables: across its attempts, for the whole command. */
import { quantity } from '../core/quantity.ts';
import { watchTables } from '../ledger/foreign-watch.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { Overwritten } from './apply/foreign-check.ts';
import type { SyncMapping } from './sync-mapping.ts';

export class ForeignTally {
  readonly #onNote: (text: string) => void;
  readonly #rows = new Map<string, number>();
  #isUnwatchedTold = false;
  /** Tables that others may write to without being noticed, as `schema.table`. */
  unwatched: string[] = [];

  constructor(onNote: (text: string) => void) {
    this.#onNote = onNote;
  }

  /** Sees to it that every table is watched, and says once where that cannot be. Changes nothing where bulk has done it. */
  async watch(target: TargetConnection, mappings: readonly SyncMapping[]): Promise<void> {
    const unwatched = await watchTables(
      target,
      mappings.map(({ planned, rowKey }) => ({ ...planned.mapping.target, key: rowKey })),
    );
    this.unwatched = unwatched.map(({ table }) => table);
    if (unwatched.length === 0 || this.#isUnwatchedTold) return;
    this.#isUnwatchedTold = true;
    this.#onNote(
      `What others write to ${this.unwatched.join(', ')} will not be noticed: ${unwatched[0]!.why} To have it noticed, grant TRIGGER on the table to the user of the sync, and start it again.`,
    );
  }

  /** Tells of each table once; how many there are since is in the progress and the report. */
  overwritten(found: readonly Overwritten[]): void {
    for (const { table, rows } of found) {
      const known = this.#rows.get(table);
      this.#rows.set(table, (known ?? 0) + rows);
      if (known !== undefined) continue;
      this.#onNote(
        `${table}: ${quantity(rows, 'row')} that others had written to the target ${rows === 1 ? 'was' : 'were'} overwritten by changes of the source. The rows as they left them: SELECT * FROM transfuse.foreign_writes WHERE overwritten_at IS NOT NULL. FOREIGN_WRITES=stop ends the sync instead.`,
      );
    }
  }

  get total(): number {
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows, 0);
  }

  get tables(): Overwritten[] {
    return [...this.#rows].map(([table, rows]) => ({ table, rows }));
  }
}
