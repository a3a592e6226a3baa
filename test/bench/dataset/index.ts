import type { BenchTable } from './bench-table.ts';
import { NARROW_VISITS } from './narrow-visits.ts';
import { WIDE_PATIENTS } from './wide-patients.ts';

export type { BenchTable } from './bench-table.ts';
export { createSourceTable } from './fill-source.ts';

export const BENCH_TABLES = { wide: WIDE_PATIENTS, narrow: NARROW_VISITS } satisfies Record<
  string,
  BenchTable
>;

export type BenchTableName = keyof typeof BENCH_TABLES;
