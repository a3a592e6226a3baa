/** Prescriptions, the list of medication, vaccines: §8 of the facts. */
import type { SourceRow } from '../source-row.ts';
import { listRow } from './lists.ts';
import { ofVisit, record, visitRows, type Columns } from './record-trap.ts';
import { ABSENT, flag, idOf, type Trap, type TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

function prescription(id: number, changes: SourceRow): TrapRow {
  const values = {
    id,
    patient_id: id,
    date_added: '2026-01-06',
    provider_id: 10,
    encounter: 0,
    start_date: '2026-01-06',
    end_date: null,
    drug: 'Trapicillin',
    drug_id: 0,
    form: 2,
    dosage: '1',
    quantity: '30',
    size: '500',
    unit: 1,
    interval: 1,
    refills: 2,
    active: 1,
    txDate: '2026-01-06',
    usage_category_title: '',
    request_intent_title: '',
    ...changes,
  };
  return { table: 'prescriptions', values };
}

function vaccineTrap(id: number, name: string, changes: SourceRow, columns: Columns): Trap {
  const values = {
    id,
    patient_id: id,
    administered_date: '2026-01-06 10:00:00',
    cvx_code: '141',
    administered_by_id: 10,
    update_date: '2026-01-06 10:00:00',
    added_erroneously: 0,
    completion_status: 'completed',
    ...changes,
  };
  return {
    name,
    facts: '§8 immunizations',
    rows: [patientRow(id), { table: 'immunizations', values }],
    expected: [
      record('immunization', 'immunizations', id, { patient_id: idOf('patient_data', id), ...columns }),
    ],
  };
}

export const medicationTraps: readonly Trap[] = [
  {
    name: 'a prescription says by its options how to take it',
    facts: '§8 prescriptions',
    rows: [...visitRows(900_000_441), prescription(900_000_441, { route: '1', encounter: 900_000_441 })],
    expected: [
      record('medication', 'prescriptions', 900_000_441, {
        ...ofVisit(900_000_441),
        source: 'prescription',
        prescriber_id: idOf('users', 10),
        drug_name: 'Trapicillin',
        strength: '500',
        strength_unit: 'mg',
        dose_form: 'tablet',
        route: 'Per Oris',
        frequency: 'b.i.d.',
        refills: 2,
        status: 'active',
        dq_flags: [],
      }),
    ],
  },
  {
    name: 'a route in words is what it says',
    facts: '§8 prescriptions',
    versions: ['8'],
    rows: [patientRow(900_000_442), prescription(900_000_442, { route: 'under the tongue' })],
    expected: [
      record('medication', 'prescriptions', 900_000_442, {
        route: 'under the tongue',
        dq_flags: [flag.unknownOption('route')],
      }),
    ],
  },
  {
    name: 'a prescription that is not active was stopped',
    facts: '§8 prescriptions',
    rows: [patientRow(900_000_443), prescription(900_000_443, { active: 0 })],
    expected: [record('medication', 'prescriptions', 900_000_443, { status: 'stopped' })],
  },
  {
    name: 'an encounter that was deleted is none',
    facts: '§12 R04',
    rows: [patientRow(900_000_444), prescription(900_000_444, { encounter: ABSENT })],
    expected: [
      record(
        'medication',
        'prescriptions',
        900_000_444,
        { encounter_id: null, dq_flags: [flag.orphan('encounter_id')] },
        { encounter: String(ABSENT) },
      ),
    ],
  },
  {
    name: 'what stands in the list too is one drug, by its link',
    facts: '§8 prescriptions',
    versions: ['8'],
    rows: [
      patientRow(900_000_445),
      prescription(900_000_445, { medication: 1 }),
      listRow(900_000_445, 900_000_445, { type: 'medication', title: 'Trapicillin' }),
      {
        table: 'lists_medication',
        values: {
          id: 900_000_445,
          list_id: 900_000_445,
          prescription_id: 900_000_445,
          drug_dosage_instructions: 'one at night',
          usage_category_title: '',
          request_intent_title: '',
        },
      },
    ],
    expected: [
      record('medication', 'prescriptions', 900_000_445, { linked_medication_id: null }),
      record('medication', 'lists', 900_000_445, {
        source: 'medication_list',
        linked_medication_id: idOf('prescriptions', 900_000_445),
        instructions: 'one at night',
      }),
    ],
  },
  {
    name: 'what stands in the list too is one drug, by its name',
    facts: '§8 prescriptions',
    versions: ['5.0'],
    rows: [
      patientRow(900_000_446),
      prescription(900_000_446, { medication: 1 }),
      listRow(900_000_446, 900_000_446, { type: 'medication', title: 'trapicillin' }),
    ],
    expected: [
      record('medication', 'lists', 900_000_446, {
        source: 'medication_list',
        linked_medication_id: idOf('prescriptions', 900_000_446),
      }),
    ],
  },
  vaccineTrap(
    900_000_451,
    'CVX codes have two digits at least',
    { cvx_code: '3' },
    {
      cvx_code: '03',
      status: 'completed',
      administered_at: '2026-01-06T15:00:00Z',
    },
  ),
  vaccineTrap(
    900_000_452,
    'what was entered by mistake is not a vaccination',
    { added_erroneously: 1 },
    {
      status: 'entered_in_error',
    },
  ),
  vaccineTrap(
    900_000_453,
    'what was refused was not given',
    { completion_status: 'Refused', refusal_reason: 'parental_decision' },
    { status: 'refused', refusal_reason: 'parental_decision' },
  ),
];
