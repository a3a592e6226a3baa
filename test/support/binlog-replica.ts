/** Keeps tables in memory by the binlog alone: each row as the bytes that a SELECT of it must deliver. */
import type { RowsEvent, TableMap } from '../../cdc/model.ts';
import { isRowsEvent, parseRowsEvent } from '../../cdc/rows-event.ts';
import { TableMaps } from '../../cdc/table-maps.ts';
import type { CharsetOfCollation } from '../../cdc/transcode/charset.ts';
import { compileRowReader, type RowReader } from '../../cdc/transcode/row-reader.ts';
import type { BinlogEvent } from '../../cdc/model.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import type { MysqlFlavor } from './servers/index.ts';

const TABLE_MAP = 19;
const MAX_EXPANDED_BYTES = 1 << 28;
const MARGIN_BYTE = 0xa5;
const MARGIN_BYTES = 8;

export class BinlogReplica {
  /** By table: its rows by their first column. */
  readonly tables = new Map<string, Map<string, Buffer>>();
  readonly #maps: TableMaps;
  readonly #readers = new Map<TableMap, RowReader>();
  readonly #columns: Map<string, SourceColumn[]>;
  readonly #charsetOf: CharsetOfCollation;

  /** `columns`: by table, in the SELECT's order; the first is its key. Other tables are ignored. */
  constructor(flavor: MysqlFlavor, columns: Map<string, SourceColumn[]>, charsetOf: CharsetOfCollation) {
    this.#maps = new TableMaps(flavor);
    this.#columns = columns;
    this.#charsetOf = charsetOf;
  }

  /** Throws where an image before a change is not the row as it was. */
  apply(events: Iterable<BinlogEvent>): void {
    for (const event of events) {
      if (event.type === TABLE_MAP) this.#maps.add(event.body);
      else if (isRowsEvent(event.type))
        this.#applyRows(parseRowsEvent(event, this.#maps, MAX_EXPANDED_BYTES));
    }
  }

  #applyRows({ kind, table, body }: RowsEvent): void {
    const columns = this.#columns.get(table.table);
    if (!columns) return;
    let reader = this.#readers.get(table);
    if (!reader) this.#readers.set(table, (reader = compileRowReader(table, columns, this.#charsetOf)));
    let rows = this.tables.get(table.table);
    if (!rows) this.tables.set(table.table, (rows = new Map()));
    for (let at = 0; at < body.length;) {
      if (kind !== 'insert') {
        const before = readRow(reader, body, at);
        at = reader.nextAt;
        if (!rows.get(keyOf(before))?.equals(before)) {
          throw new Error(`The row before the ${kind} in ${table.table} is not what was there`);
        }
        rows.delete(keyOf(before));
      }
      if (kind !== 'delete') {
        const after = readRow(reader, body, at);
        at = reader.nextAt;
        rows.set(keyOf(after), after);
      }
    }
  }
}

/** One row, in a destination of exactly the promised size. Throws where anything was written outside of it. */
export function readRow(reader: RowReader, body: Buffer, at: number): Buffer {
  // What the image takes is not known before it is read.
  reader.read(body, at, Buffer.alloc(reader.maxTextBytes(body.length - at)), 0);
  const maxBytes = reader.maxTextBytes(reader.nextAt - at);
  const dst = Buffer.alloc(maxBytes + 2 * MARGIN_BYTES, MARGIN_BYTE);
  const end = reader.read(body, at, dst, MARGIN_BYTES);
  const margins = [...dst.subarray(0, MARGIN_BYTES), ...dst.subarray(MARGIN_BYTES + maxBytes)];
  if (margins.some((byte) => byte !== MARGIN_BYTE) || end > MARGIN_BYTES + maxBytes) {
    throw new Error('The text is longer than was promised');
  }
  return dst.subarray(MARGIN_BYTES, end);
}

function keyOf(row: Buffer): string {
  return row.toString('latin1', 1, 1 + row[0]!);
}
