import type { ClinicTable } from './tables.ts';

/** Takes the values of one row, as SQL without the parentheses. */
export type AddRow = (table: ClinicTable, values: string) => void;

/** The ids given out so far. */
export interface Counters {
  readonly doctors: number;
  insurance: number;
  appointments: number;
  encounters: number;
  prescriptions: number;
  documents: number;
  referrals: number;
}
