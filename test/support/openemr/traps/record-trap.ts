import { idOf, type Expectation, type ExpectedValue, type TrapRow } from './trap.ts';
import { encounterRow, formRow, patientRow } from './trap-rows.ts';

export type Columns = Readonly<Record<string, ExpectedValue>>;

/** What becomes of a row of the medical records. */
export function record(
  target: string,
  legacy_table: string,
  id: number | string,
  columns: Columns,
  extra?: Readonly<Record<string, string>>,
): Expectation {
  return {
    table: `medical_records.${target}`,
    key: { legacy_table, legacy_id: String(id) },
    columns,
    ...(extra && { extra }),
  };
}

/** A patient with an encounter that has its form, all of the same id. */
export function visitRows(id: number): TrapRow[] {
  return [
    patientRow(id),
    encounterRow(id, id),
    formRow(id, id, id, { formdir: 'newpatient', form_id: id, form_name: 'New Patient Encounter' }),
  ];
}

/** The references of a row that belongs to such a visit. */
export function ofVisit(id: number): Columns {
  return { patient_id: idOf('patient_data', id), encounter_id: idOf('form_encounter', id) };
}
