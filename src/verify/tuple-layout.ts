/** The rows of a mapping as tuples of binary COPY, and what of them is compared. */
import type { Mapping } from '../mapping/mapping.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyOf } from '../mapping/target-key.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { JsonDigest } from './json-digest.ts';
import { RowHash } from './row-hash.ts';

const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const JSONB_VERSION_BYTES = 1;

export interface ComparedColumn {
  name: string;
  /** As PostgreSQL's format_type() prints it. */
  type: string;
}

export class TupleLayout {
  readonly columns: readonly ComparedColumn[];
  /** Where the columns are that tell the rows apart; none where nothing does, and rows are compared as a whole. */
  readonly key: readonly number[];
  readonly keyHash = new RowHash();
  readonly rowHash = new RowHash();
  readonly #digest = new JsonDigest();
  /** Columns of jsonb: what they say has many spellings. */
  readonly #json: readonly number[];
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #bytes: Buffer | null = null;
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));

  constructor(columns: readonly ComparedColumn[], key: readonly number[]) {
    this.columns = columns;
    this.key = key;
    this.#json = columns.flatMap(({ type }, column) => (type === 'jsonb' ? column : []));
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
  }

  static of({ mapping, table }: Pick<PlannedMapping, 'mapping' | 'table'>): TupleLayout {
    const columns = mapping.columns.map(({ target }) => ({ name: target.name, type: target.type }));
    const names = keyNames(mapping, rowKeyColumns(table));
    return new TupleLayout(
      columns,
      names.map((name) => columns.findIndex((column) => column.name === name)),
    );
  }

  /** How many bytes must be there to see more of the tuple at `start`: it is whole where the bytes end no earlier than that. */
  measure(bytes: Buffer, start: number, end: number): number {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const [view, starts, ends] = [this.#view, this.#starts, this.#ends];
    let at = start + COUNT_BYTES;
    for (let column = 0; column < starts.length; column++) {
      if (at + LENGTH_BYTES > end) return at + LENGTH_BYTES;
      const length = view.getInt32(at);
      at += LENGTH_BYTES;
      starts[column] = length < 0 ? -1 : at;
      if (length > 0) at += length;
      ends[column] = at;
    }
    return at;
  }

  /** The field's bytes in the tuple that was measured last; null for NULL. */
  field(bytes: Buffer, column: number): Buffer | null {
    const start = this.#starts[column]!;
    return start < 0 ? null : bytes.subarray(start, this.#ends[column]);
  }

  /** Leaves the digests of the tuple that was measured last in `keyHash` and `rowHash`. */
  digest(bytes: Buffer, start: number, end: number): void {
    const { keyHash, rowHash } = this;
    rowHash.begin();
    if (this.#json.length === 0) rowHash.add(bytes, start, end);
    else this.#addAround(bytes, start, end, this.#json);
    rowHash.end();
    if (this.key.length > 0) return this.#digestKey(bytes);
    keyHash.high = rowHash.high;
    keyHash.low = rowHash.low;
  }

  /** The same, of `keyHash` alone. */
  digestKey(bytes: Buffer, start: number, end: number): void {
    if (this.key.length > 0) this.#digestKey(bytes);
    else this.digest(bytes, start, end);
  }

  #digestKey(bytes: Buffer): void {
    const { keyHash } = this;
    keyHash.begin();
    for (const column of this.key) this.#addField(keyHash, bytes, column);
    keyHash.end();
  }

  /** What is between values of JSON at once, without their lengths. */
  #addAround(bytes: Buffer, start: number, end: number, json: readonly number[]): void {
    let from = start;
    for (const column of json) {
      const field = this.#starts[column]!;
      if (field < 0) continue;
      this.rowHash.add(bytes, from, field - LENGTH_BYTES);
      from = this.#ends[column]!;
      // What is no JSON is refused by the target; until then it differs from everything else.
      if (this.#digest.read(bytes, field + JSONB_VERSION_BYTES, from))
        this.rowHash.addDigest(this.#digest.high, this.#digest.low);
      else this.rowHash.add(bytes, field, from);
    }
    this.rowHash.add(bytes, from, end);
  }

  /** NULL is not the empty value. */
  #addField(hash: RowHash, bytes: Buffer, column: number): void {
    const start = this.#starts[column]!;
    const end = this.#ends[column]!;
    if (start < 0) hash.add(NULL, 0, NULL.length);
    else hash.add(bytes, start - LENGTH_BYTES, end);
  }
}

const NULL = Buffer.from([255, 255, 255, 255]);

/** Columns by which a row is found in the target; none where the source's rows cannot be told apart either. */
export function keyNames(mapping: Mapping, sourceKey: readonly string[]): string[] {
  return sourceKey.length === 0 ? [] : (rowKeyOf(mapping, sourceKey) ?? []);
}
