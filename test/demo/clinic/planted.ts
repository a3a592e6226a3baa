import type { RejectReason } from '../../../src/core/reject-reasons.ts';
import type { ClinicTable } from './tables.ts';

/** Rows that PostgreSQL cannot hold, which the generator put there and the load has to reject. */
export interface PlantedRejects {
  table: ClinicTable;
  reason: RejectReason;
  /** What is wrong with them, in plain words. */
  what: string;
  count: number;
  /** They have been made good at the source, so that none is rejected any more. */
  mended?: boolean;
}

/** One row of this table is such a row for every thousandth patient; no table that others refer to. */
const KINDS = {
  invalidDate: {
    table: 'insurance',
    reason: 'invalid_date',
    what: 'a date that is in no calendar (2019-02-30)',
    remainder: 5,
  },
  enumError: {
    table: 'prescriptions',
    reason: 'enum_error_value',
    what: 'the empty error value of an ENUM',
    remainder: 11,
  },
  nullByteInJson: {
    table: 'documents',
    reason: 'invalid_json',
    what: 'the escape \\u0000 in JSON',
    remainder: 17,
  },
  nullByte: { table: 'audit_log', reason: 'nul_byte', what: 'the character U+0000 in a text', remainder: 23 },
} as const satisfies Record<string, Omit<PlantedRejects, 'count'> & { remainder: number }>;

const PERIOD = 1000;

/** Whether this patient gets a row of the kind. */
export function isPlanted(kind: keyof typeof KINDS, pid: number): boolean {
  return pid % PERIOD === KINDS[kind].remainder;
}

/** What a clinic of so many patients has of them. Every kind at least once from 23 patients on. */
export function plantedRejects(patients: number): PlantedRejects[] {
  return Object.values(KINDS).map(({ table, reason, what, remainder }) => ({
    table,
    reason,
    what,
    count: occurrences(patients, remainder),
  }));
}

const ORPHAN_REMAINDER = 3;

/** Whether this patient is referred to a doctor who does not exist, against a foreign key of the source. */
export function isOrphanReferral(pid: number): boolean {
  return pid % PERIOD === ORPHAN_REMAINDER;
}

export function orphanReferrals(patients: number): number {
  return occurrences(patients, ORPHAN_REMAINDER);
}

/** Whether nothing was planted with this patient. */
export function isUnremarkable(pid: number): boolean {
  return !isOrphanReferral(pid) && Object.values(KINDS).every(({ remainder }) => pid % PERIOD !== remainder);
}

function occurrences(patients: number, remainder: number): number {
  return patients < remainder ? 0 : Math.floor((patients - remainder) / PERIOD) + 1;
}
