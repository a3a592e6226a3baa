import type { SourceRow } from '../source-row.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import type { ExpectedValue, Trap, TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

interface Outcome {
  columns: Readonly<Record<string, ExpectedValue>>;
  extra?: Readonly<Record<string, string>>;
  versions?: readonly OpenemrVersion[];
}

/** One patient, and what becomes of it. */
export function patientTrap(pid: number, name: string, changes: SourceRow, outcome: Outcome): Trap {
  const { columns, extra, versions } = outcome;
  const row: TrapRow = patientRow(pid, changes);
  const key = { legacy_table: 'patient_data', legacy_id: String(pid) };
  return {
    name,
    facts: '§1',
    ...(versions && { versions }),
    rows: [row],
    expected: [{ table: 'patient.patient', key, columns, ...(extra && { extra }) }],
  };
}
