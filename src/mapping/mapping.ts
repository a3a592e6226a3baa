/**
 * The mapping language. A mapping is data: diagnose prints it, assess counts over it, verify compares with it, and the
 * compiler turns it into the encoder that bulk and sync share (invariant 1). It must be pure: the same row gives the
 * same target row, on any machine, at any time.
 */
import type { ServiceName } from '../core/services.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import type { DocumentSource } from './document-source.ts';
import type { ValuePolicies } from './types/codec.ts';

/** How sensitive a column is: what masks it, and which columns the quick verification covers. */
export type PhiClass = 'none' | 'identifier' | 'clinical' | 'critical';

/** One source row becomes one row, or none. */
export interface RowMapping extends MappingBase {
  shape: 'row';
}

/**
 * One source row becomes one row, or none, with values that are selected from other tables beside it. A change of any table that is
 * watched has the rows that it touches selected again.
 */
export interface QueryMapping extends MappingBase {
  shape: 'query';
  query: Query;
}

/**
 * One source row becomes a set of rows, which are its own: an expanded series, the parts of a list. They are replaced together, and
 * where one of them cannot be loaded none is. A source row with an empty set counts as filtered.
 */
export interface RowsMapping extends MappingBase {
  shape: 'rows';
  query: Query;
  expansion: Expansion;
  /** Target columns that depend on the key of the source row alone, by which its rows are found: an index on them is worth having. */
  owner: readonly string[];
  /** Target columns that tell the rows of the table apart, by a unique key. */
  key: readonly string[];
}

export type Mapping = RowMapping | QueryMapping | RowsMapping;

export interface Expansion {
  /** In words, with everything that changes what it gives: part of the plan's fingerprint. */
  description: string;
  /** Source columns and fields of the query. */
  inputs: readonly string[];
  /** Values that each row has beside those of its source row, by a name of their own; `table.column` of the source whose type they have. */
  fields: Readonly<Record<string, string>>;
  /** Pure. Values in the order of `fields`, for each row of the set. Throws ValueRefused. */
  rows(...inputs: (string | null)[]): readonly (readonly (string | null)[])[];
}

export interface Query {
  /** SQL behind `FROM … AS t`, t being the source table: joins that keep each of its rows exactly once; '' for none. */
  joins: string;
  /** Values that expressions read like columns of the source table, by a name that none of these has. */
  fields: Readonly<Record<string, QueryField>>;
  /** Every other table that the query reads. What is not watched is not followed. */
  watches: readonly Watch[];
}

export interface QueryField {
  /** An expression of the source's SQL over `t` and what is joined. It must depend on rows alone, not on the time or the session. */
  sql: string;
  /** `table.column` of the source whose type it has. It may be NULL whatever that column says. */
  like: string;
}

export interface Watch {
  table: string;
  /** Columns of it that tell which rows of the source table a changed row touches, in its old and its new version. */
  inputs: readonly string[];
  /** A SELECT of the key of the source table for the values of `inputs`, a `?` for each; null where they are that key. */
  keys: string | null;
  /** Only whether a row is there matters, or which: an update that leaves `inputs` as they are touches nothing. */
  keysOnly?: true;
  /** Only that a row goes, or leaves its `inputs`, matters: `keys` that go through the table do not find what it touched then. */
  leavesOnly?: true;
}

interface MappingBase {
  /** Unique within the profile, stable between runs: the ledger is keyed by it. */
  id: string;
  service: ServiceName;
  source: { table: string };
  target: { schema: string; table: string };
  /** Source columns and fields that a reject does not keep in plain text: what the target has encrypted, or as a hash. */
  secrets?: readonly string[];
  /** Rows for which it says false are counted as filtered, not loaded. */
  where?: RowFilter;
  columns: ColumnMapping[];
}

export interface ColumnMapping {
  target: TargetColumn;
  value: Expression;
  phi: PhiClass;
}

export interface TargetColumn {
  name: string;
  /** As PostgreSQL's format_type() prints it: `integer`, `numeric(10,2)`, `text[]`. */
  type: string;
  nullable: boolean;
}

export type Expression =
  /** The source column as it is, converted only in its type. */
  | { kind: 'column'; column: string }
  /** The result of a pure function of one or more source columns, given as text (null for NULL). */
  | { kind: 'transform'; inputs: string[]; transform: Transform }
  /** UUIDv5 of (entity, legacy key): an id that needs no lookup. NULL where an input is NULL. */
  | { kind: 'uuid'; entity: string; inputs: string[] }
  /** The uuid of a row that another one names, which may not be there. */
  | Reference
  | { kind: 'constant'; value: string | null }
  /** The quality flags that the transforms of the row have raised: text[]. */
  | { kind: 'flags' }
  /**
   * Source columns that have no column of their own, and what transforms have kept as it was: jsonb, an object of texts by column
   * name, empty values left out. `unmapped` stands for every column of the source table that nothing else in the mapping reads, and that is not in `except`.
   */
  | {
      kind: 'extra';
      columns: readonly string[] | 'unmapped';
      except?: readonly string[];
      /** Of a column, the values that are as good as none, and are left out like NULL and the empty text. */
      blank?: Readonly<Record<string, readonly string[]>>;
    };

export interface Reference {
  kind: 'reference';
  entity: string;
  /** How the row is named: a whole number, in a column of any type. NULL, the empty text and 0 name none. */
  input: string;
  /** The legacy key of the row that is named, NULL where there is none: a field that is joined. */
  found: string;
  /**
   * What becomes of a name of nothing: the row is rejected (`orphan`; `malformed` where it is no whole number), or the reference is
   * NULL, the row has the flag `<flag>_orphan` or `<flag>_invalid`, and the name is kept.
   */
  onOrphan: 'reject' | { flag: string };
}

export interface Transform {
  /** What a person calls it; diagnose prints it. */
  name: string;
  /** Pure. Gets each input as text or null and returns the text form of the target value. Throws ValueRefused. */
  apply(...inputs: (string | null)[]): string | null;
  /**
   * The same for a single input, on bytes, without making strings: writes length and value to `dst` as a text value.
   * Optional, must agree with `apply` for every input; a property test holds both against each other.
   */
  applyBytes?: (src: Buffer, start: number, end: number, dst: Buffer, at: number) => number;
}

export interface RowFilter {
  inputs: string[];
  description: string;
  accepts(...inputs: (string | null)[]): boolean;
  /**
   * A condition in SQL over the columns of the source table, true for every row that is accepted, perhaps for others: a load counts the
   * rest at the source, and does not read it.
   */
  atSource?: string;
}

/** A named set of mappings, made for one source. Pure: the same catalog and options give the same mappings. */
export interface Profile {
  name: string;
  /** The services whose databases its mappings fill; no mapping may name another. */
  services: readonly ServiceName[];
  mappings(source: SourceCatalog, options: MappingOptions): Mapping[];
  /** The files that rows of its mappings stand for; none where it is left out. */
  documents?(source: SourceCatalog, options: MappingOptions): DocumentSource[];
}

export interface MappingOptions {
  policies: ValuePolicies;
  identifierCase: 'lower' | 'keep';
  targetSchema: string;
  /** Extensions of the target that change the type map. */
  extensions: { postgis: boolean; pgvector: boolean };
  /** IANA name of the zone whose wall clock the legacy system shows; null where the operator has not said. */
  timeZone: string | null;
  /** `YYYY-MM-DD`: what is over, current or still to come is judged by it, since a mapping knows no today. */
  cutoverDate: string | null;
  /** What becomes of a row that needs a row which does not exist, where a profile leaves that to the operator. */
  orphans: OrphanPolicy;
}

export type OrphanPolicy = 'reject' | 'null';

/** What a mapping reads beside its own table; null for one that reads nothing else. */
export function queryOf(mapping: Mapping): Query | null {
  return mapping.shape === 'row' ? null : mapping.query;
}
