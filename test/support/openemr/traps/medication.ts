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

function detailsRow(id: number, list_id: number, instructions: string, changes: SourceRow): TrapRow {
  const values = {
    id,
    list_id,
    drug_dosage_instructions: instructions,
    usage_category_title: '',
    request_intent_title: '',
    ...changes,
  };
  return { table: 'lists_medication', values };
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
  {
    name: 'a prescription of somebody else is no twin',
    facts: '§8 prescriptions',
    versions: ['8'],
    rows: [
      patientRow(900_000_621),
      patientRow(900_000_622),
      prescription(900_000_622, {}),
      listRow(900_000_621, 900_000_621, { type: 'medication' }),
      detailsRow(900_000_621, 900_000_621, 'one', { prescription_id: 900_000_622 }),
    ],
    expected: [
      record(
        'medication',
        'lists',
        900_000_621,
        { linked_medication_id: null, dq_flags: [flag.orphan('linked_medication_id')] },
        { prescription_id: '900000622' },
      ),
    ],
  },
  {
    name: 'of several details the newest count, and all are kept',
    facts: '§8 lists_medication',
    versions: ['8'],
    rows: [
      patientRow(900_000_623),
      listRow(900_000_623, 900_000_623, { type: 'medication', diagnosis: 'RXCUI:308182' }),
      detailsRow(900_000_623, 900_000_623, 'one "at" night', { request_intent: 'plan' }),
      detailsRow(900_000_624, 900_000_623, 'two', { request_intent: 'order', request_intent_title: 'Order' }),
    ],
    expected: [
      record(
        'medication',
        'lists',
        900_000_623,
        {
          instructions: 'two',
          intent: 'order',
          rxnorm_code: '308182',
          status: 'active',
          linked_medication_id: null,
          dq_flags: ['medication_details_several'],
        },
        {
          request_intent_title: 'Order',
          all_details: JSON.stringify([
            {
              id: '900000623',
              drug_dosage_instructions: 'one "at" night',
              is_primary_record: '1',
              request_intent: 'plan',
            },
            {
              id: '900000624',
              drug_dosage_instructions: 'two',
              is_primary_record: '1',
              request_intent: 'order',
              request_intent_title: 'Order',
            },
          ]),
        },
      ),
    ],
  },
  {
    name: 'a prescription that has ended is completed, and an unknown unit none',
    facts: '§8 prescriptions',
    rows: [
      patientRow(900_000_625),
      prescription(900_000_625, { end_date: '2026-01-10', unit: 77, form: 0, provider_id: ABSENT }),
    ],
    expected: [
      record(
        'medication',
        'prescriptions',
        900_000_625,
        {
          status: 'completed',
          end_date: '2026-01-10',
          strength_unit: null,
          dose_form: null,
          prescriber_id: null,
          dq_flags: [flag.orphan('prescriber_id'), flag.unknownOption('strength_unit')],
        },
        { unit: '77', provider_id: String(ABSENT) },
      ),
    ],
  },
  vaccineTrap(
    900_000_626,
    'whether a vaccine was given is not guessed from a status of the site’s own',
    { completion_status: 'see chart', cvx_code: 'flu', amount_administered: 0.1 },
    {
      status: 'unknown',
      cvx_code: null,
      dose_amount: '0.1000',
      dq_flags: [flag.invalid('cvx_code'), flag.unknownOption('status')],
    },
  ),
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
