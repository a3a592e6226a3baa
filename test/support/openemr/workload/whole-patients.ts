/** A patient who is deleted, and two who turn out to be one: what the application does to all tables at once. */
import type { SourceRow } from '../source-row.ts';
import { sourceColumns } from '../source-tables.ts';
import type { Desk, Shares } from './desk.ts';

/** Tables whose rows go with the patient, and how they say whose they are. */
const DELETED: readonly (readonly [table: string, column: string])[] = [
  ['prescriptions', 'patient_id'],
  ['immunizations', 'patient_id'],
  ['issue_encounter', 'pid'],
  ['lists', 'pid'],
  ['transactions', 'pid'],
  ['employer_data', 'pid'],
  ['history_data', 'pid'],
  ['insurance_data', 'pid'],
  ['form_vitals', 'pid'],
  ['form_soap', 'pid'],
  ['form_clinical_notes', 'pid'],
  ['form_encounter', 'pid'],
  ['forms', 'pid'],
];

/** What a merge gives to the other patient. */
const MOVED: readonly (readonly [table: string, column: string])[] = [
  ['patient_access_onsite', 'pid'],
  ['documents', 'foreign_id'],
  ['form_encounter', 'pid'],
  ['forms', 'pid'],
  ['form_vitals', 'pid'],
  ['form_soap', 'pid'],
  ['form_clinical_notes', 'pid'],
  ['lists', 'pid'],
  ['issue_encounter', 'pid'],
  ['prescriptions', 'patient_id'],
  ['immunizations', 'patient_id'],
  ['procedure_order', 'patient_id'],
  ['patient_tracker', 'pid'],
  ['pnotes', 'pid'],
  ['employer_data', 'pid'],
  ['transactions', 'pid'],
];

export const wholePatientActs: Shares = [
  [2, deletePatient],
  [2, mergePatients],
];

/** The account, orders, the flow board and the mail stay behind and belong to nobody. */
function deletePatient(desk: Desk): string[] {
  const { ids, sql } = desk;
  const pid = ids.spare('patient_data');
  return [
    ...sql.update('pnotes', { pid }, { deleted: 1 }),
    ...DELETED.flatMap(([table, column]) => sql.delete(table, { [column]: pid })),
    ...sql.delete('openemr_postcalendar_events', { pc_pid: String(pid) }),
    `DELETE FROM categories_to_documents WHERE document_id IN (SELECT id FROM documents WHERE foreign_id = ${pid})`,
    ...deleteDocuments(desk, { foreign_id: pid }),
    ...sql.delete('patient_data', { pid }),
  ];
}

/** Version 5.0 has no mark for it. */
export function deleteDocuments({ sql, version }: Desk, where: SourceRow): string[] {
  const hasMark = sourceColumns(version).get('documents')!.includes('deleted');
  return hasMark ? sql.update('documents', where, { deleted: 1 }) : sql.delete('documents', where);
}

/** What would take a key of the other's stays behind. */
function mergePatients({ ids, sql }: Desk): string[] {
  const pid = ids.spare('patient_data');
  const other = ids.known('patient_data');
  if (pid === other) return [];
  return [
    ...sql.delete('history_data', { pid }),
    ...sql.delete('insurance_data', { pid }),
    ...MOVED.flatMap(([table, column]) =>
      sql.updateUnlessTaken(table, { [column]: pid }, { [column]: other }),
    ),
    ...sql.update('openemr_postcalendar_events', { pc_pid: String(pid) }, { pc_pid: String(other) }),
    ...sql.delete('patient_data', { pid }),
  ];
}
