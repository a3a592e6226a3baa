/** What the source is made of, as plain data: it can be sent to a worker thread and digested. */
export interface SourceCatalog {
  database: string;
  flavor: 'mysql' | 'mariadb';
  tables: SourceTable[];
  /** What is in the source and does not come along, for the reports. */
  others: { views: string[]; routines: string[]; triggers: string[]; events: string[]; sequences: string[] };
}

export interface SourceTable {
  name: string;
  engine: string;
  comment: string;
  collation: string | null;
  /** An estimate of the storage engine; exact only for MyISAM. */
  rowEstimate: number;
  dataBytes: number;
  partitioned: boolean;
  /** The next value AUTO_INCREMENT would give, as decimal digits; null where the table has none. */
  nextAutoIncrement: string | null;
  columns: SourceColumn[];
  /** Every index; the primary key is the one named PRIMARY. */
  indexes: SourceIndex[];
  foreignKeys: SourceForeignKey[];
  checks: SourceCheck[];
  /** Columns of other tables that a mapping of this one reads besides, by table. Of a plan, not of the catalog. */
  beside?: Readonly<Record<string, SourceColumn[]>>;
}

export interface SourceColumn {
  name: string;
  /** Base type in lower case, as information_schema.DATA_TYPE says it: `int`, `varchar`, `inet6`. */
  dataType: string;
  /** The whole type, such as `int(10) unsigned zerofill`. */
  columnType: string;
  unsigned: boolean;
  /** Characters for text, bytes for binary; bits for BIT; dimensions for VECTOR. */
  length: number | null;
  /** Digits of a DECIMAL, and digits after the point of DECIMAL and of FLOAT(m,d). */
  precision: number | null;
  scale: number | null;
  /** Digits of a second's fraction for DATETIME, TIMESTAMP and TIME. */
  fractionalDigits: number;
  charset: string | null;
  collation: string | null;
  nullable: boolean;
  default: SourceDefault | null;
  onUpdateCurrentTimestamp: boolean;
  autoIncrement: boolean;
  generated: { expression: string; stored: boolean } | null;
  /** Members of an ENUM or SET, in order. */
  members: string[] | null;
  srid: number | null;
  /** MariaDB stores JSON as LONGTEXT with a json_valid CHECK: true for those, and for MySQL's JSON. */
  json: boolean;
  invisible: boolean;
  comment: string;
}

/**
 * A literal is the value itself, unquoted: of a BIT its digits, of a binary column `0x` and hexadecimal digits. An
 * expression is SQL of the source; the current time is always `CURRENT_TIMESTAMP` or `CURRENT_TIMESTAMP(n)`.
 */
export type SourceDefault = { kind: 'literal'; value: string } | { kind: 'expression'; sql: string };

export interface SourceIndex {
  name: string;
  unique: boolean;
  kind: 'btree' | 'fulltext' | 'spatial';
  /** The source keeps it as a hash, which finds values but knows no order. */
  hashed?: true;
  visible: boolean;
  comment: string;
  parts: SourceIndexPart[];
}

export interface SourceIndexPart {
  /** null for a functional part. */
  column: string | null;
  /** SQL of the source for a functional part. */
  expression: string | null;
  /** Characters (bytes for binary) that are indexed; null for the whole value. */
  prefixLength: number | null;
  descending: boolean;
}

export type ReferentialAction = 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT';

export interface SourceForeignKey {
  name: string;
  columns: string[];
  referencedDatabase: string;
  referencedTable: string;
  referencedColumns: string[];
  onDelete: ReferentialAction;
  onUpdate: ReferentialAction;
}

export interface SourceCheck {
  name: string;
  expression: string;
  enforced: boolean;
}
