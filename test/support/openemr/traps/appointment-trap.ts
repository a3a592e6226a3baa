import type { SourceRow } from '../source-row.ts';
import type { Expectation, ExpectedValue, Trap } from './trap.ts';
import { appointmentRow, patientRow } from './trap-rows.ts';

type Columns = Readonly<Record<string, ExpectedValue>>;

/** A patient and an appointment of the same id. */
export function appointmentTrap(
  id: number,
  name: string,
  changes: SourceRow,
  columns: Columns,
  extra?: Readonly<Record<string, string>>,
): Trap {
  const expected = { ...appointmentOutcome(id, columns), ...(extra && { extra }) };
  return {
    name,
    facts: '§4',
    rows: [patientRow(id), appointmentRow(id, id, changes)],
    expected: [expected],
  };
}

/** Of a single appointment, or of one occurrence of a series. */
export function appointmentOutcome(id: number, columns: Columns, occurrence_date?: string): Expectation {
  const key = { legacy_table: 'openemr_postcalendar_events', legacy_id: String(id) };
  return {
    table: 'appointment.appointment',
    key: { ...key, ...(occurrence_date !== undefined && { occurrence_date }) },
    columns,
  };
}
