import type { RejectReason } from '../../../src/core/reject-reasons.ts';
import type { ValuePolicies } from '../../../src/mapping/types/codec.ts';
import type { MysqlFlavor } from '../servers/index.ts';

export interface TypeCase {
  /** As CREATE TABLE has it, character set and all. */
  sourceType: string;
  targetType: string;
  /** The servers that have the type; default: both. */
  flavors?: MysqlFlavor[];
  /** Default: zero dates become NULL, NUL is rejected, TINYINT(1) is a smallint. */
  policies?: Partial<ValuePolicies>;
  /** A NULL is tested for every type and need not be listed. */
  values: ValueCase[];
}

/** A value as the source's SQL writes it, inserted with sql_mode ALLOW_INVALID_DATES, and what becomes of it. */
export type ValueCase = { sql: string; flavors?: MysqlFlavor[] } & (
  { /** What PostgreSQL prints for the loaded value. */ expected: string | null } | { reject: RejectReason }
);

/** Values that PostgreSQL prints as the source's SQL writes them. */
export function unchanged(...values: string[]): ValueCase[] {
  return values.map((sql) => ({ sql, expected: sql }));
}

/** The same for values in quotes. */
export function unchangedText(...values: string[]): ValueCase[] {
  return values.map((value) => ({
    sql: `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    expected: value,
  }));
}
