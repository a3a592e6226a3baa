/**
 * Tries rows again that were refused because of another row: when that one goes, nothing at the source tells of them. Each try takes some of them, the next
 * one those behind. A try that is refused as before leaves the reject as it was.
 */
import { KEY_ITSELF, type Touch } from '../../ledger/touched-rows.ts';
import { readRefusedRows, type RefusedRow } from '../../ledger/refused-rows.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import type { SyncMapping } from '../sync-mapping.ts';

const ROWS_PER_TRY = 500;
const FIRST = '0';

export class RefusedRows {
  readonly #runId: string;
  /** Whose rows are selected again: of the others a change that the target refuses stops sync, and is no reject. */
  readonly #mappings: ReadonlyMap<string, SyncMapping>;
  #after = FIRST;

  constructor(runId: string, mappings: readonly SyncMapping[]) {
    this.#runId = runId;
    this.#mappings = new Map(
      mappings
        .filter(({ planned }) => planned.mapping.shape !== 'row')
        .map((mapping) => [mapping.planned.mapping.id, mapping]),
    );
  }

  async areThereAny(target: TargetConnection): Promise<boolean> {
    return (await this.#read(target, FIRST, 1)).length > 0;
  }

  async next(target: TargetConnection): Promise<Touch[]> {
    let rows = await this.#read(target, this.#after, ROWS_PER_TRY);
    if (rows.length === 0 && this.#after !== FIRST) rows = await this.#read(target, FIRST, ROWS_PER_TRY);
    this.#after = rows.length === ROWS_PER_TRY ? rows.at(-1)!.id : FIRST;
    return rows.flatMap((row) => this.#touch(row) ?? []);
  }

  async #read(target: TargetConnection, after: string, limit: number): Promise<RefusedRow[]> {
    if (this.#mappings.size === 0) return [];
    return readRefusedRows(target, this.#runId, [...this.#mappings.keys()], { after, limit });
  }

  /** null for a key that is no text. */
  #touch({ mapping, key }: RefusedRow): Touch | null {
    const values = this.#mappings.get(mapping)!.sourceKey.map(({ name }) => key[name]);
    if (!values.every((value) => typeof value === 'string')) return null;
    return { mapping, watch: KEY_ITSELF, inputs: JSON.stringify(values) };
  }
}
