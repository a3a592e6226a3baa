import { accountTraps } from './accounts.ts';
import { appointmentTraps } from './appointments.ts';
import { documentTraps } from './documents.ts';
import { patientTraps } from './patients.ts';
import { recordTraps } from './records.ts';
import { scheduleTraps } from './schedule.ts';
import { staffTraps } from './staff.ts';
import type { Trap } from './trap.ts';

/** All traps, by area. */
export const TRAPS = {
  patients: patientTraps,
  accounts: accountTraps,
  staff: staffTraps,
  appointments: appointmentTraps,
  schedule: scheduleTraps,
  records: recordTraps,
  documents: documentTraps,
} as const satisfies Readonly<Record<string, readonly Trap[]>>;
