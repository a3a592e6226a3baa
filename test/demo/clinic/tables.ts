/** The columns that the generator fills, in its order. */
const COLUMNS = {
  departments: 'id, name, head_doctor_id, floor',
  doctors:
    'id, department_id, supervisor_id, fname, lname, `Specialty`, license, signature, hired, active, shift_start',
  option_list: 'list_id, option_id, title, seq, is_default, `group`',
  Patient_Data:
    'pid, uuid, fname, lname, `DOB`, sex, phone, email, street, city, insured_number, deceased, balance, warnings, ' +
    'consents, notes, preferences, doctor_id, registered, updated',
  patient_doctor: 'pid, doctor_id, since, `role`',
  insurance: 'id, pid, provider, policy, valid_from, valid_to, copay',
  appointments: 'id, pid, doctor_id, `Date`, `start`, `end`, status, reason, room, reminded',
  encounters: 'id, pid, appointment_id, doctor_id, seen, onset, delay, billed, findings',
  vitals: 'encounter_id, temperature, weight, systolic, pulse, steps, clock_drift, device_year, measured',
  prescriptions: 'id, pid, doctor_id, drug, dose, `interval`, status, start_date, refills',
  documents: 'id, pid, title, mime_type, content, checksum, metadata, deleted',
  referrals: 'id, pid, to_doctor_id, referred, question',
  audit_log: 'at, `user`, action, pid, detail',
} as const;

export type ClinicTable = keyof typeof COLUMNS;

export const CLINIC_TABLES = Object.keys(COLUMNS) as ClinicTable[];

export function insertInto(table: ClinicTable): string {
  return `INSERT INTO \`${table}\` (${COLUMNS[table]}) VALUES `;
}
