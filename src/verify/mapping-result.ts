import type { AttestedRows } from './attest/attested-rows.ts';
import type { ExaminedRow } from './sample/examine-samples.ts';
import type { Difference } from './differences.ts';

/** What the comparison of one mapping came to. Rows of the source add up: read = filtered + rejected + expected, where each makes one row. */
export interface MappingResult {
  mapping: string;
  sourceTable: string;
  /** `schema.table`. */
  targetTable: string;
  /** Of how many source rows it is, that had changed; null: of all. */
  rowsTouched: number | null;
  rowsRead: number;
  rowsFiltered: number;
  /** Rows that cannot be loaded and are open rejects. */
  rowsRejected: number;
  /** Rows of the target: what the mapping makes of the rest; and what is there, older versions of rejected rows among it. */
  rowsExpected: number;
  rowsActual: number;
  rowsSame: number;
  /** Rows of the source that did not match by their digests alone, and were looked at one by one. */
  rowsExamined: number;
  /** Rows of the target that belong to rejected rows of the source: nothing can be said of them. */
  olderVersions: number;
  missing: number;
  differs: number;
  extra: number;
  notRejected: number;
  /** Rows that were others each time that they were looked at: neither fine nor different. */
  changing: number;
  /** Rows that were not the same and were too many to be looked at one by one. */
  unexamined: number;
  /** How often each column of the target differs. */
  columns: { column: string; rows: number }[];
  /** The first of each mapping. */
  differences: Difference[];
  /** What the target held, as digests; null where that was not asked for. */
  attested: AttestedRows | null;
  samples: ExaminedRow[];
  elapsedMs: number;
}

export function differencesIn(result: MappingResult): number {
  const { missing, differs, extra, notRejected, unexamined } = result;
  return missing + differs + extra + notRejected + unexamined;
}

export class ResultTally {
  readonly counts = { missing: 0, differs: 0, extra: 0, notRejected: 0, rejected: 0 };
  readonly differences: Difference[] = [];
  readonly #maxKept: number;
  readonly #columns = new Map<string, number>();

  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  add(difference: Difference): void {
    const { kind } = difference;
    this.counts[kind === 'not_rejected' ? 'notRejected' : kind]++;
    for (const column of difference.columns) this.#columns.set(column, (this.#columns.get(column) ?? 0) + 1);
    if (this.differences.length < this.#maxKept) this.differences.push(difference);
  }

  /** The most frequent first. */
  get columns(): MappingResult['columns'] {
    return [...this.#columns].map(([column, rows]) => ({ column, rows })).toSorted((a, b) => b.rows - a.rows);
  }
}
