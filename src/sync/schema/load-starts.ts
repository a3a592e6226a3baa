/**
 * Tables that were loaded later than the run began, each up to a position of its own: what the source did to them before is in
 * their rows already, and is passed over without being read. The old columns of an altered table are never looked at so.
 */
import { TransfuseError } from '../../core/errors.ts';
import {
  hasPassed,
  transactionsBefore,
  type BinlogPosition,
  type TransactionPlace,
} from '../../core/position.ts';
import type { Load } from '../../ledger/loads.ts';
import type { SyncPlan } from '../plan-sync.ts';

export class LoadStarts {
  readonly #starts = new Map<string, BinlogPosition>();
  readonly #isBefore = new Map<string, (transaction: TransactionPlace) => boolean>();

  /** Of the loads whose start sync, which is at `reached`, has not passed. */
  constructor(loads: Iterable<Load>, reached: BinlogPosition) {
    const ofTables = new Map<string, (BinlogPosition | null)[]>();
    for (const { sourceTable, startPosition } of loads) {
      ofTables.set(sourceTable, [...(ofTables.get(sourceTable) ?? []), startPosition]);
    }
    for (const [table, starts] of ofTables) {
      // Where several mappings read a table, what one of them lacks is read for all: applied twice it does no harm.
      const start = starts.reduce((first, next) =>
        first && next && hasPassed(first, next) ? next : first && next && first,
      );
      if (!start || hasPassed(reached, start)) continue;
      this.#starts.set(table, start);
      this.#isBefore.set(table, transactionsBefore(start));
    }
  }

  /** Whether what the transaction did to the table was there when it was loaded. */
  hold(table: string, transaction: TransactionPlace): boolean {
    return this.#isBefore.get(table)?.(transaction) === true;
  }

  /** The children of these cascades which already hold what the transaction did to them; null where there are none. */
  withoutCascades(plan: SyncPlan, transaction: TransactionPlace): ReadonlySet<number> | null {
    if (this.#isBefore.size === 0) return null;
    const held = plan.cascades.filter(({ child }) => this.hold(nameOf(plan, child), transaction));
    return held.length === 0 ? null : new Set(held.map(({ child }) => child));
  }

  /**
   * Throws RELOAD_TOGETHER where a table was loaded anew and one that its foreign keys change was not: their effects are in no binlog,
   * and the changes that caused them will not be read.
   */
  checkCascades(plan: SyncPlan): void {
    for (const { parent, child } of plan.cascades) {
      const reason = 'whose rows change with it through a foreign key that the source does not log';
      this.#requireTogether(nameOf(plan, parent), nameOf(plan, child), reason);
    }
  }

  /** Throws RELOAD_TOGETHER where a table was loaded anew and one whose rows are selected by it was not: what touched them is not read. */
  checkWatches({ watches }: Pick<SyncPlan, 'watches'>): void {
    for (const { table, mapping, isOwn } of watches) {
      if (!isOwn) this.#requireTogether(table, mapping.planned.table.name, 'whose rows are selected by it');
    }
  }

  #requireTogether(from: string, to: string, reason: string): void {
    const start = this.#starts.get(from);
    if (!start) return;
    const dependentStart = this.#starts.get(to);
    if (dependentStart && hasPassed(dependentStart, start)) return;
    throw new TransfuseError('RELOAD_TOGETHER', `${from} was loaded again, and ${to} was not, ${reason}.`, {
      where: { tables: `${from},${to}` },
      fix: `bin/bulk --tables ${from},${to} --replace`,
    });
  }
}

function nameOf({ mappings }: SyncPlan, mapping: number): string {
  return mappings[mapping]!.planned.table.name;
}
