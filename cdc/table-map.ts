/**
 * Reads TABLE_MAP events (19): which columns the rows that follow have.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html
 */
import { TransfuseError } from '../src/core/errors.ts';
import type { SourceServer } from '../src/mysql/server-version.ts';
import { EventBytes, malformedEvent } from './event-bytes.ts';
import { FIELD_TYPE as T } from './field-type.ts';
import type { BinlogColumn, TableMap } from './model.ts';
import { readColumnTypes } from './table-map-columns.ts';
import { readOptionalMetadata, type CharsetList } from './table-map-optional.ts';

const EVENT = 'A table description';
/** The columns that have a bit of signedness. Both servers count YEAR among them. */
const NUMERIC: ReadonlySet<number> = new Set<number>([
  T.tiny,
  T.short,
  T.int24,
  T.long,
  T.longlong,
  T.float,
  T.double,
  T.decimal,
  T.year,
]);
const TEXT = [
  T.string,
  T.varString,
  T.varchar,
  T.varcharCompressed,
  T.tinyBlob,
  T.blob,
  T.mediumBlob,
  T.longBlob,
  T.blobCompressed,
];

/** The columns that have a character set, if only binary: MariaDB counts geometries among them, and MySQL vectors. */
const WITH_CHARSET = {
  mysql: new Set<number>([...TEXT, T.vector]),
  mariadb: new Set<number>([...TEXT, T.geometry]),
} as const;

/** The names alone, which costs little: enough to know whether anybody wants the rows. */
export function readTableName(body: Buffer): { tableId: number; database: string; table: string } {
  return readHead(new EventBytes(body, EVENT));
}

/**
 * Everything about the table; `flavor` is of the server that wrote it. The body is not kept. Throws CDC_METADATA_NOT_FULL where the columns have no names,
 * CDC_TYPE_UNKNOWN, CDC_EVENT_MALFORMED.
 */
export function parseTableMap(body: Buffer, flavor: SourceServer['flavor']): TableMap {
  const bytes = new EventBytes(Buffer.from(body), EVENT);
  const { tableId, database, table } = readHead(bytes);
  const count = bytes.packed();
  const qualifiedName = `${database}.${table}`;
  const types = readColumnTypes(bytes.bytes(count), bytes.packedBytes(), qualifiedName);
  const nullable = bytes.bytes((count + 7) >> 3);
  const optional = readOptionalMetadata(bytes.rest());
  const { names } = optional;
  if (!names) throw notFull(qualifiedName);
  if (names.length !== count) throw malformedEvent(EVENT, { table: qualifiedName });

  const numeric = orderAmong(types, (type) => NUMERIC.has(type));
  const texts = orderAmong(types, (type) => WITH_CHARSET[flavor].has(type));
  const enums = orderAmong(types, (type) => type === T.enum);
  const sets = orderAmong(types, (type) => type === T.set);
  const memberTypes = orderAmong(types, (type) => type === T.enum || type === T.set);
  const geometries = orderAmong(types, (type) => type === T.geometry);
  const vectors = orderAmong(types, (type) => type === T.vector);
  const collationOf = (index: number): number | null =>
    charsetAt(optional.textCharsets, texts[index]!) ??
    charsetAt(optional.memberCharsets, memberTypes[index]!);

  const columns = types.map(({ type, metadata }, index): BinlogColumn => ({
    name: names[index]!,
    type,
    metadata,
    unsigned: numeric[index]! >= 0 && highBit(optional.signedness, numeric[index]!),
    nullable: (nullable[index >> 3]! & (1 << (index & 7))) !== 0,
    collationId: collationOf(index),
    members: optional.enumMembers[enums[index]!] ?? optional.setMembers[sets[index]!] ?? null,
    geometryType: optional.geometryTypes[geometries[index]!] ?? null,
    dimensions: optional.dimensions[vectors[index]!] ?? null,
    visible: optional.visibility === null || highBit(optional.visibility, index),
  }));
  if (optional.primaryKey?.some((column) => column >= count)) {
    throw malformedEvent(EVENT, { table: qualifiedName });
  }
  return { tableId, database, table, columns, primaryKey: optional.primaryKey };
}

function readHead(bytes: EventBytes): { tableId: number; database: string; table: string } {
  const tableId = bytes.uint(6);
  bytes.uint(2); // flags
  const readName = (): string => {
    const name = bytes.packedBytes().toString('utf8');
    bytes.uint(1); // a terminating zero
    return name;
  };
  return { tableId, database: readName(), table: readName() };
}

/** For each column its number among those of certain types; -1 for the others. */
function orderAmong(columns: { type: number }[], concerns: (type: number) => boolean): number[] {
  let next = 0;
  return columns.map(({ type }) => (concerns(type) ? next++ : -1));
}

function charsetAt(list: CharsetList | null, order: number): number | null {
  if (!list || order < 0) return null;
  if ('each' in list) return list.each[order] ?? null;
  return list.others.get(order) ?? list.common;
}

function highBit(bits: Buffer | null, index: number): boolean {
  return bits !== null && (bits[index >> 3]! & (0x80 >> (index & 7))) !== 0;
}

function notFull(table: string): TransfuseError {
  return new TransfuseError(
    'CDC_METADATA_NOT_FULL',
    `The binlog describes table ${table} without column names, so that its rows cannot be read safely.`,
    { where: { table } },
  );
}
