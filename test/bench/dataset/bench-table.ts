import type { Random } from './random.ts';

/** A value as LOAD DATA reads it, before escaping. */
export type Value = string | number | null;

/** One table of the comparison, as every contestant needs to know it. */
export interface BenchTable {
  name: string;
  title: string;
  /** CREATE TABLE at the source. Its primary key is the column `id`. */
  sourceDdl: string;
  /**
   * What the native tools select so that PostgreSQL can read it: zero dates as NULL; and without carriage returns, which
   * `mariadb -B` does not escape.
   */
  nativeSelect: string;
  row(random: Random, id: number): Value[];
}

export const two = (value: number): string => String(value).padStart(2, '0');

/** A date that every calendar has. */
export function date(random: Random, firstYear: number, years: number): string {
  return `${firstYear + random.below(years)}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`;
}

export function timeOfDay(random: Random): string {
  return `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`;
}
