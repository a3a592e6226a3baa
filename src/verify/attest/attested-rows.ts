/**
 * What the target holds of a mapping, as digests of chunks that can be made again later from the target alone.
 *
 * Rows are read in the order of their key, by bytes; a chunk ends at a row whose key's digest ends with `boundaryBits` zeros, so that a row that comes or goes
 * changes the chunk that it is in and no other. A chunk's digest is HMAC-SHA-256 of 0x00 and its rows as binary COPY gives them: without the key, which stays in the
 * ledger, nobody can try out what a row may have been.
 */
import { createHmac, type Hmac } from 'node:crypto';
import type { PlannedMapping } from '../../mapping/plan.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { quoteIdentifier } from '../../postgres/identifiers.ts';
import { targetTuples } from '../target-tuples.ts';
import { TupleLayout } from '../tuple-layout.ts';
import { fromTable, targetColumns } from '../verify-context.ts';
import { merkleRoot } from './merkle-root.ts';

/** Everything that it takes to read the rows again. */
export interface AttestedTable {
  schema: string;
  table: string;
  columns: readonly string[];
  /** Columns of the key; none: rows are in the order of all their columns, as text. */
  key: readonly { column: string; isText: boolean }[];
  /** Of a table that several mappings fill: which rows are this one's. */
  constants: readonly { column: string; value: string }[];
  boundaryBits: number;
}

export interface AttestedRows extends AttestedTable {
  chunks: { rows: number; digest: string }[];
  root: string;
}

const CHUNKS = 256;
const MIN_CHUNK_BITS = 4;
const LEAF = Buffer.from([0]);
const TEXT_TYPE = /^(?:text|character|char|varchar|name|citext)/;
/** For the sort, which goes to files beyond it. */
const SORT_MEMORY = '64MB';

export function attestedTable(
  { mapping, share }: PlannedMapping,
  layout: TupleLayout,
  rows: number,
): AttestedTable {
  const { schema, table } = mapping.target;
  return {
    schema,
    table,
    columns: layout.columns.map(({ name }) => name),
    key: layout.key.map((column) => {
      const { name, type } = layout.columns[column]!;
      return { column: name, isText: TEXT_TYPE.test(type) };
    }),
    constants: share?.constants ?? [],
    boundaryBits: Math.max(MIN_CHUNK_BITS, Math.ceil(Math.log2(Math.max(1, rows / CHUNKS)))),
  };
}

/** To be called in a transaction. Comes back after each piece. Throws TARGET_*. */
export async function attestRows(
  target: TargetConnection,
  table: AttestedTable,
  digestKey: Buffer,
  onRows: (rows: number) => void = () => undefined,
): Promise<AttestedRows> {
  const { columns, key, constants } = table;
  const layout = new TupleLayout(
    columns.map((name) => ({ name, type: '' })),
    key.map(({ column }) => columns.indexOf(column)),
  );
  const chunks = new ChunkDigests(digestKey, table.boundaryBits);
  await target.query(`SET LOCAL work_mem = '${SORT_MEMORY}'`);
  const reading = targetTuples({
    target,
    select: `SELECT ${targetColumns(columns)} ${fromTable(table, constants)} ORDER BY ${orderOf(table)}`,
    layout,
    action: `read the rows of ${table.schema}.${table.table} in order`,
    onTuple: (bytes, start, end) => {
      layout.digestKey(bytes, start, end);
      chunks.add(bytes, start, end, layout.keyHash.low);
    },
  });
  for await (const _ of reading) onRows(chunks.takeRows());
  const done = chunks.end();
  return { ...table, chunks: done, root: merkleRoot(done.map(({ digest }) => digest)) };
}

function orderOf({ key, columns }: AttestedTable): string {
  if (key.length === 0) return `ROW(${targetColumns(columns)})::text COLLATE "C"`;
  return key
    .map(({ column, isText }) => `t.${quoteIdentifier(column)}${isText ? ' COLLATE "C"' : ''}`)
    .join(', ');
}

class ChunkDigests {
  readonly #key: Buffer;
  readonly #mask: number;
  readonly #chunks: { rows: number; digest: string }[] = [];
  #hmac: Hmac | null = null;
  #rows = 0;
  #unseenRows = 0;
  /** Rows that follow one another in memory are digested at once. */
  #bytes: Buffer | null = null;
  #start = 0;
  #end = 0;

  constructor(key: Buffer, boundaryBits: number) {
    this.#key = key;
    this.#mask = 2 ** boundaryBits - 1;
  }

  add(bytes: Buffer, start: number, end: number, keyDigest: number): void {
    if (this.#bytes !== bytes || this.#end !== start) {
      this.#digest();
      this.#bytes = bytes;
      this.#start = start;
    }
    this.#end = end;
    this.#rows++;
    this.#unseenRows++;
    if ((keyDigest & this.#mask) === 0) this.#close();
  }

  /** Since it was last called; after each piece, whose memory is not to be relied on any longer. */
  takeRows(): number {
    this.#digest();
    const rows = this.#unseenRows;
    this.#unseenRows = 0;
    return rows;
  }

  end(): { rows: number; digest: string }[] {
    if (this.#rows > 0) this.#close();
    return this.#chunks;
  }

  #digest(): void {
    if (!this.#bytes) return;
    this.#hmac ??= createHmac('sha256', this.#key).update(LEAF);
    this.#hmac.update(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = null;
  }

  #close(): void {
    this.#digest();
    this.#chunks.push({ rows: this.#rows, digest: this.#hmac!.digest('hex') });
    this.#hmac = null;
    this.#rows = 0;
  }
}
