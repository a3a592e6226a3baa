/** Which row of the source a row of the target is of: by target columns that are made of the source's key alone. */
import { ValueRefused } from '../core/reject-reasons.ts';
import { splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { targetKeyOf } from '../mapping/target-key.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { TupleLayout } from './tuple-layout.ts';

const COUNT_BYTES = 2;
const NULL_LENGTH = -1;

export class RowOwner {
  readonly columns: readonly string[];
  readonly #planned: PlannedMapping;
  readonly #layout: TupleLayout;
  readonly #positions: number[];

  constructor(planned: PlannedMapping, layout: TupleLayout) {
    this.#planned = planned;
    const key = rowKeyColumns(planned.table);
    this.columns = (key.length === 0 ? [] : (targetKeyOf(planned.mapping, key) ?? [])).map(
      ({ target }) => target.name,
    );
    this.#positions = this.columns.map((name) => layout.columns.findIndex((column) => column.name === name));
    this.#layout = new TupleLayout(layout.columns, this.#positions);
  }

  /** Of a tuple of all columns; null where rows have no owner that is known. */
  ofTuple(tuple: Buffer): string | null {
    if (this.#positions.length === 0) return null;
    this.#layout.measure(tuple, 0, tuple.length);
    this.#layout.digest(tuple, 0, tuple.length);
    return keyText(this.#layout);
  }

  /** Of a source row that may not be encodable but in its key; null where not even that is. */
  ofPayload(payload: Buffer): string | null {
    const { sourceColumns } = this.#planned.compiled;
    return this.#ofValues(splitRow(payload, 0, sourceColumns.length), payload.length);
  }

  /** Of a source row of which only the key is known; null where that cannot be encoded. */
  ofKey(key: Readonly<Record<string, unknown>>): string | null {
    const values = this.#planned.compiled.sourceColumns.map(({ name }) => {
      const text = key[name];
      return typeof text === 'string' ? Buffer.from(text) : null;
    });
    return this.#ofValues(
      values,
      values.reduce((sum, value) => sum + (value?.length ?? 0), 0),
    );
  }

  #ofValues(values: readonly (Buffer | null)[], bytes: number): string | null {
    const { compiled } = this.#planned;
    const tuple = Buffer.alloc(COUNT_BYTES + compiled.maxRowBytes(bytes) + 4 * compiled.outputs.length);
    let at = tuple.writeInt16BE(compiled.outputs.length, 0);
    try {
      for (const [position, output] of compiled.outputs.entries())
        at = this.#positions.includes(position)
          ? output.write(values, tuple, at)
          : tuple.writeInt32BE(NULL_LENGTH, at);
    } catch (error) {
      if (error instanceof ValueRefused) return null;
      throw error;
    }
    return this.ofTuple(tuple.subarray(0, at));
  }
}

/** Of the tuple that was digested last. */
export function keyText({ keyHash }: TupleLayout): string {
  return `${keyHash.high}:${keyHash.low}`;
}
