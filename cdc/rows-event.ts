/**
 * Reads rows events down to their row images, which stay as they are.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Rows__event.html;
 * MariaDB's compressed ones: https://mariadb.com/kb/en/compressing-events-to-reduce-size-of-the-binary-log/
 */
import { TransfuseError } from '../src/core/errors.ts';
import { EventBytes, malformedEvent } from './event-bytes.ts';
import { expandRows } from './expand-rows.ts';
import type { RowsEvent } from './model.ts';
import type { TableMaps } from './table-maps.ts';

interface RowsEventType {
  kind: RowsEvent['kind'];
  /** The second version has a field of extra data. */
  version: 1 | 2;
  compressed: boolean;
}

const PARTIAL_UPDATE = 39;
const KINDS = ['insert', 'update', 'delete'] as const;
const TYPES: ReadonlyMap<number, RowsEventType> = new Map(
  [
    { first: 23, version: 1 as const, compressed: false },
    { first: 30, version: 2 as const, compressed: false },
    { first: 166, version: 1 as const, compressed: true },
    { first: 169, version: 2 as const, compressed: true },
  ].flatMap(({ first, version, compressed }) =>
    KINDS.map((kind, index) => [first + index, { kind, version, compressed }] as const),
  ),
);
const STATEMENT_END_FLAG = 1;

/** Whether this type of event changes rows. Each such event either parses, or throws. */
export function isRowsEvent(type: number): boolean {
  return TYPES.has(type) || type === PARTIAL_UPDATE;
}

/**
 * The rows of an event whose table `tableMaps` knows. A compressed one expands to at most `maxExpandedBytes`.
 * Throws CDC_IMAGE_NOT_FULL where a column is absent from an image, CDC_EVENT_TOO_LARGE, CDC_EVENT_MALFORMED.
 */
export function parseRowsEvent(
  { type, body }: { type: number; body: Buffer },
  tableMaps: TableMaps,
  maxExpandedBytes: number,
): RowsEvent {
  const bytes = new EventBytes(body, 'A rows event');
  const table = tableMaps.get(bytes.uint(6));
  const name = `${table.database}.${table.table}`;
  const rowsType = TYPES.get(type);
  if (!rowsType) throw notFull(name, 'a partial update of a JSON column');
  const { kind, version, compressed } = rowsType;
  const flags = bytes.uint(2);
  if (version === 2) bytes.bytes(Math.max(0, bytes.uint(2) - 2)); // its length counts itself
  const count = bytes.packed();
  if (count !== table.columns.length) throw malformedEvent('A rows event', { table: name });
  for (let images = kind === 'update' ? 2 : 1; images > 0; images--) {
    if (!hasAll(bytes.bytes((count + 7) >> 3), count)) throw notFull(name, 'a row without all its columns');
  }
  const rest = bytes.rest();
  return {
    kind,
    table,
    body: compressed ? expandRows(rest, maxExpandedBytes, name) : rest,
    endsStatement: (flags & STATEMENT_END_FLAG) !== 0,
    isCopy: compressed,
  };
}

function hasAll(present: Buffer, count: number): boolean {
  for (let column = 0; column < count; column++) {
    if ((present[column >> 3]! & (1 << (column & 7))) === 0) return false;
  }
  return true;
}

function notFull(table: string, what: string): TransfuseError {
  return new TransfuseError('CDC_IMAGE_NOT_FULL', `The binlog has ${what} for table ${table}.`, {
    where: { table },
  });
}
