/**
 * The optional part of a TABLE_MAP event: fields of type, length, value. With binlog_row_metadata=FULL it has names,
 * members and keys of the columns. How many bytes a column takes never depends on it, so that a field of an unknown type
 * can be left unread.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html
 */
import { EventBytes } from './event-bytes.ts';

const FIELD = {
  signedness: 1,
  defaultCharset: 2,
  columnCharset: 3,
  columnNames: 4,
  setMembers: 5,
  enumMembers: 6,
  geometryTypes: 7,
  simplePrimaryKey: 8,
  primaryKeyWithPrefix: 9,
  memberDefaultCharset: 10,
  memberColumnCharset: 11,
  visibility: 12,
  dimensions: 13,
} as const;

/** What the fields say. Each list is in the order of the columns that it concerns, and leaves the others out. */
export interface OptionalMetadata {
  /** One bit for each numeric column, highest first; set: unsigned. */
  signedness: Buffer | null;
  textCharsets: CharsetList | null;
  memberCharsets: CharsetList | null;
  names: string[] | null;
  setMembers: Buffer[][];
  enumMembers: Buffer[][];
  geometryTypes: number[];
  dimensions: number[];
  primaryKey: number[] | null;
  /** One bit for each column, highest first; set: visible. */
  visibility: Buffer | null;
}

/** Collation ids: one for each column, or a default and those that differ. */
export type CharsetList = { each: number[] } | { common: number; others: Map<number, number> };

/** Throws CDC_EVENT_MALFORMED. Nothing of `body` is kept but subarrays. */
export function readOptionalMetadata(body: Buffer): OptionalMetadata {
  const found: OptionalMetadata = {
    signedness: null,
    textCharsets: null,
    memberCharsets: null,
    names: null,
    setMembers: [],
    enumMembers: [],
    geometryTypes: [],
    dimensions: [],
    primaryKey: null,
    visibility: null,
  };
  const fields = new EventBytes(body, 'A table description');
  while (!fields.isAtEnd) {
    const type = fields.uint(1);
    const value = fields.packedBytes();
    const bytes = new EventBytes(value, 'A table description');
    switch (type) {
      case FIELD.signedness:
        found.signedness = value;
        break;
      case FIELD.defaultCharset:
        found.textCharsets = readCommonCharset(bytes);
        break;
      case FIELD.columnCharset:
        found.textCharsets = { each: readAll(bytes, () => bytes.packed()) };
        break;
      case FIELD.columnNames:
        found.names = readAll(bytes, () => bytes.packedBytes().toString('utf8'));
        break;
      case FIELD.setMembers:
        found.setMembers = readAll(bytes, () => readMembers(bytes));
        break;
      case FIELD.enumMembers:
        found.enumMembers = readAll(bytes, () => readMembers(bytes));
        break;
      case FIELD.geometryTypes:
        found.geometryTypes = readAll(bytes, () => bytes.packed());
        break;
      case FIELD.simplePrimaryKey:
        found.primaryKey = readAll(bytes, () => bytes.packed());
        break;
      case FIELD.primaryKeyWithPrefix:
        found.primaryKey = readAll(bytes, () => {
          const column = bytes.packed();
          bytes.packed(); // length of the prefix
          return column;
        });
        break;
      case FIELD.memberDefaultCharset:
        found.memberCharsets = readCommonCharset(bytes);
        break;
      case FIELD.memberColumnCharset:
        found.memberCharsets = { each: readAll(bytes, () => bytes.packed()) };
        break;
      case FIELD.visibility:
        found.visibility = value;
        break;
      case FIELD.dimensions:
        found.dimensions = readAll(bytes, () => bytes.packed());
        break;
    }
  }
  return found;
}

function readCommonCharset(bytes: EventBytes): CharsetList {
  const common = bytes.packed();
  return { common, others: new Map(readAll(bytes, () => [bytes.packed(), bytes.packed()] as const)) };
}

function readMembers(bytes: EventBytes): Buffer[] {
  const count = bytes.packed();
  const members: Buffer[] = [];
  while (members.length < count) members.push(bytes.packedBytes());
  return members;
}

function readAll<Item>(bytes: EventBytes, read: () => Item): Item[] {
  const items: Item[] = [];
  while (!bytes.isAtEnd) items.push(read());
  return items;
}
