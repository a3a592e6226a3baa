/** What becomes of real rows of the source: each is mapped as a load would do it, and forgotten. Writes nothing. */
import { RowSource } from '../../streams/row-source.ts';
import { rowPayloads } from '../../streams/row-payloads.ts';
import { ValueRefused, type RejectReason } from '../core/reject-reasons.ts';
import { encodeCarefully, splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { keptValues, raisedFlags } from '../mapping/row-notes.ts';
import { selectFrom } from '../mapping/select-statement.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';

export interface SampleReport {
  rows: number;
  /** Rows that a target without further constraints would take. */
  fitting: number;
  filtered: number;
  /** By target column and reason; a row may be counted in several. */
  refused: { column: string; reason: RejectReason; rows: number }[];
  flags: { flag: string; rows: number }[];
  /** Values that transforms have put into `extra` because their own column cannot hold them. */
  kept: { column: string; rows: number }[];
}

/** An estimate may be off: with so many times the sample a table is read whole. */
const WHOLE_FACTOR = 1.5;
const NULL_LENGTH = -1;

/** Looks at up to `sampleRows` rows: at all of a small table, else at the first and last ones by its key. Throws what the source throws. */
export async function sampleRows(
  source: SourceConnection,
  planned: PlannedMapping,
  sampleRows: number,
): Promise<SampleReport> {
  const tally = new Tally(planned);
  const isSmall = planned.table.rowEstimate < sampleRows * WHOLE_FACTOR;
  const key = rowKeyColumns(planned.table);
  const parts =
    isSmall || key.length === 0
      ? [{ order: '', limit: sampleRows }]
      : ['ASC', 'DESC'].map((direction) => ({
          order: orderBy(planned, key, direction),
          limit: Math.ceil(sampleRows / 2),
        }));
  for (const { order, limit } of parts) {
    const sql = `${selectFrom(planned, null)}${order} LIMIT ${limit}`;
    for await (const payload of rowPayloads(new RowSource({ source, sql, table: planned.table.name })))
      tally.add(payload);
  }
  return tally.report();
}

function orderBy({ mapping }: PlannedMapping, key: readonly string[], direction: string): string {
  const prefix = mapping.shape === 'row' ? '' : 't.';
  return ` ORDER BY ${key.map((name) => `${prefix}${quoteSourceIdentifier(name)} ${direction}`).join(', ')}`;
}

class Tally {
  readonly #planned: PlannedMapping;
  readonly #refused = new Map<string, { column: string; reason: RejectReason; rows: number }>();
  readonly #flags = new Map<string, number>();
  readonly #kept = new Map<string, number>();
  #rows = 0;
  #fitting = 0;
  #filtered = 0;
  #scratch = Buffer.allocUnsafeSlow(1 << 16);

  constructor(planned: PlannedMapping) {
    this.#planned = planned;
  }

  add(payload: Buffer): void {
    const { compiled } = this.#planned;
    const bound = compiled.maxRowBytes(payload.length);
    if (this.#scratch.length < bound) this.#scratch = Buffer.allocUnsafeSlow(bound);
    const values = splitRow(payload, 0, compiled.sourceColumns.length);
    this.#rows++;
    const encoded = encodeCarefully(compiled, values);
    if (encoded === 'filtered') {
      this.#filtered++;
      return;
    }
    for (const flag of raisedFlags()) this.#flags.set(flag, (this.#flags.get(flag) ?? 0) + 1);
    for (const column of keptValues().keys()) this.#kept.set(column, (this.#kept.get(column) ?? 0) + 1);
    if (compiled.set) {
      // Of a set of rows the first that refuses is enough: none of them is loaded.
      if ('reason' in encoded) this.#countRefusal(encoded.column, encoded.reason);
      else this.#fitting++;
    } else if (this.#refusals(values) === 0) this.#fitting++;
  }

  /** Every column that refuses its value, and not only the first. */
  #refusals(values: (Buffer | null)[]): number {
    const { compiled, mapping } = this.#planned;
    let refusals = 0;
    for (const [index, output] of compiled.outputs.entries()) {
      const reason = this.#reasonOf(
        () => output.write(values, this.#scratch, 0),
        mapping.columns[index]!.target.nullable,
      );
      if (reason === null) continue;
      refusals++;
      this.#countRefusal(output.target, reason);
    }
    return refusals;
  }

  #countRefusal(column: string, reason: RejectReason): void {
    const name = `${column}\0${reason}`;
    const known = this.#refused.get(name);
    if (known) known.rows++;
    else this.#refused.set(name, { column, reason, rows: 1 });
  }

  #reasonOf(write: () => unknown, nullable: boolean): RejectReason | null {
    try {
      write();
    } catch (error) {
      if (error instanceof ValueRefused) return error.reason;
      throw error;
    }
    return !nullable && this.#scratch.readInt32BE(0) === NULL_LENGTH ? 'not_null' : null;
  }

  report(): SampleReport {
    const mostFirst = <Entry extends { rows: number }>(entries: Entry[]): Entry[] =>
      entries.toSorted((a, b) => b.rows - a.rows);
    return {
      rows: this.#rows,
      fitting: this.#fitting,
      filtered: this.#filtered,
      refused: mostFirst([...this.#refused.values()]),
      flags: mostFirst([...this.#flags].map(([flag, rows]) => ({ flag, rows }))),
      kept: mostFirst([...this.#kept].map(([column, rows]) => ({ column, rows }))),
    };
  }
}
