/** The forms filled in at an encounter, and the history: §7 and §1 of the facts. */
import type { SourceRow } from '../source-row.ts';
import { ofVisit, record, visitRows, type Columns } from './record-trap.ts';
import { flag, idOf, type Trap, type TrapRow } from './trap.ts';
import { formRow, patientRow } from './trap-rows.ts';

/** A form of the encounter of the same id needs an id of its own in the registry. */
const FORM = 1000;

function form(id: number, formdir: string, changes: SourceRow = {}): TrapRow {
  return formRow(id + FORM, id, id, { formdir, form_id: id, ...changes });
}

function vitals(id: number, values: SourceRow): TrapRow {
  return {
    table: 'form_vitals',
    values: {
      id,
      pid: id,
      date: '2026-01-06 09:10:00',
      user: 'admin',
      authorized: 1,
      activity: 1,
      ...values,
    },
  };
}

function vitalsTrap(
  id: number,
  name: string,
  values: SourceRow,
  columns: Columns,
  extra?: Record<string, string>,
): Trap {
  return {
    name,
    facts: '§7 vitals',
    rows: [...visitRows(id), vitals(id, values), form(id, 'vitals')],
    expected: [
      record('vital_signs', 'form_vitals', id, { ...ofVisit(id), deleted: false, ...columns }, extra),
    ],
  };
}

export const visitFormTraps: readonly Trap[] = [
  vitalsTrap(
    900_000_411,
    'measurements are in US units, whatever the settings say',
    { bps: '120', bpd: '80', weight: 200.5, height: 70, temperature: 98.6, pulse: 72, waist_circ: 40 },
    {
      bp_systolic: '120.00',
      bp_diastolic: '80.00',
      weight_kg: '90.9453',
      height_cm: '177.8000',
      temperature_c: '37.000',
      pulse_bpm: '72.00',
      waist_cm: '101.6000',
      measured_at: '2026-01-06T14:10:00Z',
      dq_flags: [],
    },
  ),
  vitalsTrap(
    900_000_412,
    '0 was not measured',
    { bps: '', bpd: null, weight: 0, height: 0, temperature: 0, pulse: 0, BMI: 0, oxygen_saturation: 0 },
    {
      bp_systolic: null,
      bp_diastolic: null,
      weight_kg: null,
      height_cm: null,
      temperature_c: null,
      pulse_bpm: null,
      bmi: null,
      spo2_pct: null,
      dq_flags: [],
    },
  ),
  vitalsTrap(
    900_000_413,
    'a blood pressure in words is kept beside',
    { bps: 'too low', bpd: ' 60 ' },
    { bp_systolic: null, bp_diastolic: '60.00', dq_flags: [flag.invalid('bp_systolic')] },
    { bps: 'too low' },
  ),
  vitalsTrap(
    900_000_414,
    'a temperature in the wrong unit is flagged and never mended',
    { temperature: 37 },
    { temperature_c: '2.778', dq_flags: [flag.doubtful('temperature_c', 'out_of_range')] },
  ),
  {
    name: 'vital signs that were deleted are, whatever their own row says',
    facts: '§7 forms',
    rows: [
      ...visitRows(900_000_415),
      vitals(900_000_415, { pulse: 60 }),
      form(900_000_415, 'vitals', { deleted: 1 }),
    ],
    expected: [record('vital_signs', 'form_vitals', 900_000_415, { pulse_bpm: '60.00', deleted: true })],
  },
  {
    name: 'a SOAP note keeps its lines and its sections',
    facts: '§7 SOAP',
    rows: [
      ...visitRows(900_000_416),
      {
        table: 'form_soap',
        values: {
          id: 900_000_416,
          pid: 900_000_416,
          date: '2026-01-06 09:10:00',
          user: 'admin',
          activity: 0,
          subjective: 'knee\r\nsince\u0007 Monday\0',
          objective: '<p>red &amp;amp; hot</p>',
          assessment: '',
          plan: ' rest ',
        },
      },
      form(900_000_416, 'soap'),
    ],
    expected: [
      record('clinical_note', 'form_soap', 900_000_416, {
        ...ofVisit(900_000_416),
        kind: 'soap',
        body_format: 'structured',
        sections: { subjective: 'knee\nsince Monday', objective: '<p>red &amp;amp; hot</p>', plan: 'rest' },
        author_username: 'admin',
        deleted: false,
        dq_flags: ['control_characters'],
      }),
    ],
  },
  {
    name: 'several clinical notes belong to one form, and say in a code what they are',
    facts: '§7 forms, §11.4',
    versions: ['8'],
    rows: [
      ...visitRows(900_000_417),
      note(900_000_417, { description: 'plain', code: 'LOINC:11506-3' }),
      note(900_000_418, { description: '<p>with <b>letters</b></p>', code: 'LOINC:34133-9' }),
      form(900_000_417, 'clinical_notes'),
    ],
    expected: [
      record('clinical_note', 'form_clinical_notes', 900_000_417, {
        ...ofVisit(900_000_417),
        kind: 'clinical_note',
        body: 'plain',
        body_format: 'text',
        code_system: 'LOINC',
        code: '11506-3',
      }),
      record('clinical_note', 'form_clinical_notes', 900_000_418, {
        ...ofVisit(900_000_417),
        body: '<p>with <b>letters</b></p>',
        body_format: 'html',
        code: '34133-9',
      }),
    ],
  },
  {
    name: 'only the newest of the saved histories is the history',
    facts: '§1 history_data',
    rows: [
      patientRow(900_000_419),
      history(900_000_001, { tobacco: '20 a day|current_tobacco||1' }),
      history(900_000_002, { tobacco: '|quit_tobacco|2024-05-06|3' }),
    ],
    expected: [
      { source: 'history_data', key: { id: 900_000_001 }, filtered: true },
      record('clinical_note', 'history_data', 900_000_002, {
        patient_id: idOf('patient_data', 900_000_419),
        kind: 'social_history',
        body_format: 'structured',
      }),
    ],
  },
];

function note(id: number, { description, code }: { description: string; code: string }): TrapRow {
  const values = {
    id,
    form_id: 900_000_417,
    pid: 900_000_417,
    encounter: '900000417',
    date: '2026-01-06',
    user: 'admin',
    activity: 1,
    code,
    description,
    last_updated: '2026-01-06 09:10:00',
  };
  return { table: 'form_clinical_notes', values };
}

function history(id: number, { tobacco }: { tobacco: string }): TrapRow {
  const values = { id, pid: 900_000_419, date: '2026-01-06 09:10:00', tobacco };
  return { table: 'history_data', values };
}
