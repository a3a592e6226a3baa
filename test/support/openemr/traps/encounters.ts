/** Encounters: §7 of the facts. A row counts only if its entry in the registry of forms does. */
import { record, visitRows } from './record-trap.ts';
import { ABSENT, flag, idOf, type Trap } from './trap.ts';
import { encounterRow, formRow, patientRow } from './trap-rows.ts';

const NEW_PATIENT = 'newpatient';

export const encounterTraps: readonly Trap[] = [
  {
    name: 'an encounter number under two patients is two encounters',
    facts: '§7, §12 R02',
    rows: [
      ...visitRows(900_000_401),
      patientRow(900_000_402),
      encounterRow(900_000_402, 900_000_402, { encounter: 900_000_401 }),
      formRow(900_000_402, 900_000_402, 900_000_401, { formdir: NEW_PATIENT, form_id: 900_000_402 }),
    ],
    expected: [900_000_401, 900_000_402].map((id) =>
      record('encounter', 'form_encounter', id, {
        patient_id: idOf('patient_data', id),
        encounter_number: 900_000_401,
        dq_flags: [],
      }),
    ),
  },
  {
    name: 'an encounter number twice under one patient is doubtful',
    facts: '§7, §12 R02',
    rows: [
      ...visitRows(900_000_408),
      encounterRow(900_000_409, 900_000_408, { encounter: 900_000_408 }),
      formRow(900_000_409, 900_000_408, 900_000_408, { formdir: NEW_PATIENT, form_id: 900_000_409 }),
    ],
    expected: [900_000_408, 900_000_409].map((id) =>
      record('encounter', 'form_encounter', id, {
        patient_id: idOf('patient_data', 900_000_408),
        encounter_number: 900_000_408,
        dq_flags: [flag.doubtful('encounter_number', 'shared')],
      }),
    ),
  },
  {
    name: 'an encounter without a number, a provider and an onset is one all the same',
    facts: '§7',
    rows: [
      patientRow(900_000_403),
      encounterRow(900_000_403, 900_000_403, {
        encounter: null,
        provider_id: 0,
        onset_date: '0000-00-00 00:00:00',
      }),
      formRow(900_000_403, 900_000_403, 0, { formdir: NEW_PATIENT, form_id: 900_000_403 }),
    ],
    expected: [
      record('encounter', 'form_encounter', 900_000_403, {
        encounter_number: null,
        doctor_id: null,
        onset_date: null,
        starts_at: '2026-01-06T14:00:00Z',
        deleted: false,
      }),
    ],
  },
  {
    name: 'who deleted an encounter deleted its form only',
    facts: '§7 forms',
    rows: [
      patientRow(900_000_404),
      encounterRow(900_000_404, 900_000_404),
      formRow(900_000_404, 900_000_404, 900_000_404, {
        formdir: NEW_PATIENT,
        form_id: 900_000_404,
        deleted: 1,
      }),
    ],
    expected: [record('encounter', 'form_encounter', 900_000_404, { deleted: true })],
  },
  {
    name: 'an encounter that no form knows does not count',
    facts: '§7 forms, §12 R03',
    rows: [patientRow(900_000_405), encounterRow(900_000_405, 900_000_405)],
    expected: [
      record('encounter', 'form_encounter', 900_000_405, { deleted: true, dq_flags: ['form_missing'] }),
    ],
  },
  {
    name: 'a restricted encounter stays restricted',
    facts: '§7 sensitivity',
    rows: [patientRow(900_000_406), encounterRow(900_000_406, 900_000_406, { sensitivity: 'high' })],
    expected: [record('encounter', 'form_encounter', 900_000_406, { sensitivity: 'high' })],
  },
  {
    name: 'an encounter of a patient who was deleted is rejected',
    facts: '§1, §12 R01',
    rows: [encounterRow(900_000_407, ABSENT)],
    expected: [{ source: 'form_encounter', key: { id: 900_000_407 }, reject: 'orphan' }],
  },
];
