/**
 * Rows as their key, their JSON, and a digest of everything else that the target makes itself: for a link that is thinner than its processors. The digest is
 * the first half of SHA-256 over what record_send() gives of the columns (PostgreSQL, src/backend/utils/adt/rowtypes.c): their number, and for each the oid of its
 * type, its length and its bytes, which are those of binary COPY. JSON has many spellings, and so it is sent.
 */
import { createHash } from 'node:crypto';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { qualified, quoteIdentifier } from '../postgres/identifiers.ts';
import { TupleLayout } from './tuple-layout.ts';
import { fromTarget, targetColumns } from './verify-context.ts';

const DIGEST_BYTES = 16;
const LENGTH_BYTES = 4;
const FIRST_BYTES = 4096;

export class HashedRows {
  /** Of the rows that this makes, and that `select` gives. */
  readonly layout: TupleLayout;
  readonly select: string;
  readonly #whole: TupleLayout;
  /** Columns of the whole row that are sent, and those that are digested. */
  readonly #sent: readonly number[];
  readonly #digested: readonly { column: number; type: number }[];
  #record = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #tuple = Buffer.allocUnsafeSlow(FIRST_BYTES);

  private constructor(planned: PlannedMapping, whole: TupleLayout, types: ReadonlyMap<string, number>) {
    const { columns, key } = whole;
    const isJson = (column: number): boolean => columns[column]!.type === 'jsonb';
    const all = columns.map((_, column) => column);
    this.#whole = whole;
    this.#sent = [...key, ...all.filter((column) => isJson(column) && !key.includes(column))];
    this.#digested = all
      .filter((column) => !isJson(column))
      .map((column) => ({ column, type: types.get(columns[column]!.name)! }));
    this.layout = new TupleLayout(
      [...this.#sent.map((column) => columns[column]!), { name: 'digest', type: 'bytea' }],
      key.map((_, index) => index),
    );
    const names = this.#digested.map(({ column }) => columns[column]!.name);
    const digest = `substr(pg_catalog.sha256(pg_catalog.record_send(ROW(${targetColumns(names)}))), 1, ${DIGEST_BYTES})`;
    const sent = this.#sent.map((column) => `t.${quoteIdentifier(columns[column]!.name)}`);
    this.select = `SELECT ${[...sent, digest].join(', ')} ${fromTarget(planned)}`;
  }

  /** Throws TARGET_*. */
  static async open(
    target: TargetConnection,
    planned: PlannedMapping,
    whole: TupleLayout,
  ): Promise<HashedRows> {
    const { schema, table } = planned.mapping.target;
    const { rows } = await target.query<{ name: string; type: number }>(
      'SELECT attname AS name, atttypid::integer AS type FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0',
      [qualified(schema, table)],
    );
    return new HashedRows(planned, whole, new Map(rows.map(({ name, type }) => [name, type])));
  }

  /** Of a tuple that the whole row's layout has measured. The memory is used again by the next one. */
  of(tuple: Buffer, end: number): { bytes: Buffer; end: number } {
    const needed = end + 2 * LENGTH_BYTES * (this.#whole.columns.length + 2) + DIGEST_BYTES;
    if (this.#record.length < needed) {
      this.#record = Buffer.allocUnsafeSlow(2 * needed);
      this.#tuple = Buffer.allocUnsafeSlow(2 * needed);
    }
    let at = this.#record.writeInt32BE(this.#digested.length, 0);
    for (const { column, type } of this.#digested) {
      at = this.#record.writeUInt32BE(type >>> 0, at);
      at = writeField(this.#record, at, this.#whole.field(tuple, column));
    }
    const digest = createHash('sha256').update(this.#record.subarray(0, at)).digest();
    let to = this.#tuple.writeInt16BE(this.#sent.length + 1, 0);
    for (const column of this.#sent) to = writeField(this.#tuple, to, this.#whole.field(tuple, column));
    to = writeField(this.#tuple, to, digest.subarray(0, DIGEST_BYTES));
    return { bytes: this.#tuple, end: to };
  }
}

function writeField(bytes: Buffer, at: number, field: Buffer | null): number {
  const from = bytes.writeInt32BE(field ? field.length : -1, at);
  return field ? from + field.copy(bytes, from) : from;
}
