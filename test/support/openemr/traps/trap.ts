/**
 * A trap: rows that a migration of OpenEMR gets wrong easily, and what must become of them. Traps are the same in every database,
 * whatever its seed and size; their ids are their own, above all that the generator gives out. They refer to the first staff,
 * facilities and categories that the generator makes.
 */
import { insertInto, sqlLiteral, type SourceRow } from '../source-row.ts';
import { columnsInVersion, OPENEMR_VERSIONS, type OpenemrVersion } from '../source-tables.ts';

export interface Trap {
  /** What is difficult, as a test can be named. Unique within its area. */
  name: string;
  /** The section of the facts that names it. */
  facts: string;
  /** Where it occurs; everywhere if not said. */
  versions?: readonly OpenemrVersion[];
  rows: readonly TrapRow[];
  expected: readonly Expectation[];
}

export interface TrapRow {
  table: string;
  /** The key is always among them. Columns that a version does not have are left out in it. */
  values: SourceRow;
}

/** By the default policies: orphans are rejected where their parent is needed, zero dates become NULL, U+0000 is stripped. */
export type Expectation =
  | {
      /** Of the target, with its schema. */
      table: string;
      key: { legacy_table: string; legacy_id: string; occurrence_date?: string };
      /**
       * Those that matter. Dates and times as PostgreSQL prints them, instants in UTC with a Z, numerics as texts of their exact
       * digits, jsonb as a value. dq_flags, where named, are all of them, in order.
       */
      columns: Readonly<Record<string, ExpectedValue>>;
      /** Must be in `extra`, among others. */
      extra?: Readonly<Record<string, string>>;
    }
  | {
      table: string;
      key: { legacy_table: string; legacy_id: string };
      /** How many rows of the table come from this legacy row. */
      rows: number;
    }
  | (SourceKey & {
      /** The reason; `orphan` for a parent that is not there. */
      reject: 'orphan' | 'transform_refused' | 'malformed' | 'not_null';
    })
  | (SourceKey & {
      /** It is counted and has no row of the target, by a rule. */
      filtered: true;
    });

interface SourceKey {
  source: string;
  key: Readonly<Record<string, string | number>>;
}

export type ExpectedValue = string | number | boolean | null | LegacyId | readonly unknown[] | object;

/** Stands for the UUIDv5 that this legacy row has in the target, in whatever service. */
export interface LegacyId {
  idOf: `${string}:${string | number}`;
}

export function idOf(table: string, key: string | number): LegacyId {
  return { idOf: `${table}:${key}` };
}

/**
 * How flags are called. A flag is about a target column: `email_invalid` where its value had to be set aside, else what is doubtful
 * about it. Flags about the whole row have names of their own.
 */
export const flag = {
  invalid: (column: string): string => `${column}_invalid`,
  doubtful: (column: string, doubt: string): string => `${column}_${doubt}`,
  orphan: (column: string): string => `${column}_orphan`,
  unknownOption: (column: string): string => `${column}_unknown_option`,
};

/** The id of nobody and nothing, in any table. */
export const ABSENT = 987_654_321;

export function occursIn(trap: Trap, version: OpenemrVersion): boolean {
  return (trap.versions ?? OPENEMR_VERSIONS).includes(version);
}

/** The values that a row has in this version. */
export function plantedValues({ table, values }: TrapRow, version: OpenemrVersion): SourceRow {
  const columns = columnsInVersion(table, Object.keys(values), version);
  return Object.fromEntries(columns.map((column) => [column, values[column]!]));
}

/** One INSERT for each row. None where the trap does not occur in this version. */
export function trapStatements(trap: Trap, version: OpenemrVersion): string[] {
  if (!occursIn(trap, version)) return [];
  return trap.rows.map((row) => {
    const values = plantedValues(row, version);
    const literals = Object.values(values).map(sqlLiteral).join(',');
    return `${insertInto(row.table, Object.keys(values))}(${literals})`;
  });
}
