/** What the binlog is made of, for everything in cdc/: plain shapes over the bytes that the server sent. */

/**
 * One event as the server sent it: checksum verified and removed, a compressed transaction's events taken out of it.
 * `body` starts behind the common header of 19 bytes. It is valid during the call that hands it over; who keeps it copies it.
 */
export interface BinlogEvent {
  /** Event type code, 0 to 255. */
  type: number;
  /** Seconds since 1970, by the source's clock. */
  timestamp: number;
  serverId: number;
  flags: number;
  /** Where the next event begins in the binlog file, modulo 2³². */
  nextOffset: number;
  body: Buffer;
}

/** A table as the binlog describes it in front of its rows (TABLE_MAP_EVENT with binlog_row_metadata=FULL). */
export interface TableMap {
  /** Names this description until the next one of the same id; another id says nothing about another table. */
  tableId: number;
  database: string;
  table: string;
  columns: BinlogColumn[];
  /** Indexes into `columns`, in the key's order; null where the table has no primary key. */
  primaryKey: number[] | null;
}

export interface BinlogColumn {
  name: string;
  /** enum_field_types of the server; of a CHAR, ENUM or SET the real type, taken out of the metadata. */
  type: number;
  /** The type's own two bytes or one, as a number; of a CHAR its length in bytes, of an ENUM or SET its size in bytes. */
  metadata: number;
  /** False for types without a sign. */
  unsigned: boolean;
  nullable: boolean;
  /** Collation id of the source; null for a type that has no character set. 63 is binary. */
  collationId: number | null;
  /** Members of an ENUM or SET in the column's own character set, in order. */
  members: Buffer[] | null;
  /** 0 geometry, 1 point, 2 linestring, 3 polygon, 4 to 6 their multiples, 7 collection; null for other types. */
  geometryType: number | null;
  /** Numbers of a VECTOR; null for other types, and where the source does not say. */
  dimensions: number | null;
  /** False for a column that SELECT * leaves out. */
  visible: boolean;
}

/**
 * The changed rows of one table. `body` holds their images one behind the other: of an insert the row after, of a
 * delete the row before, of an update both, before first. All columns are present in each image. It is valid as long as
 * the event's own body was, except where `isCopy` says that it was unpacked.
 */
export interface RowsEvent {
  kind: 'insert' | 'update' | 'delete';
  table: TableMap;
  body: Buffer;
  /** True for the last event of a statement: its table ids are void then. */
  endsStatement: boolean;
  /** True where `body` is memory of its own. */
  isCopy: boolean;
}
