/** Insurance: §1 of the facts. Which row is the present one shows only beside the others of its patient and rank. */
import type { SourceRow } from '../source-row.ts';
import { ABSENT, flag, idOf, type Expectation, type ExpectedValue, type Trap, type TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

const INSURED = 900_000_081;
const ODD = 900_000_082;
const NO_LONGER = 900_000_083;

/** What the generator calls its first insurer. */
const FIRST_INSURER = '1';

function insurance(id: number, pid: number, changes: SourceRow): TrapRow {
  const values = {
    id,
    pid,
    type: 'primary',
    provider: FIRST_INSURER,
    policy_number: `T${id}`,
    date: '2020-01-01',
    date_end: null,
    accept_assignment: 'TRUE',
    policy_type: '',
    ...changes,
  };
  return { table: 'insurance_data', values };
}

function coverage(id: number, columns: Readonly<Record<string, ExpectedValue>>): Expectation {
  return {
    table: 'patient.patient_coverage',
    key: { legacy_table: 'insurance_data', legacy_id: String(id) },
    columns,
  };
}

export const coverageTraps: readonly Trap[] = [
  {
    name: 'a later insurance of the same rank ends the former the day before',
    facts: '§1 insurance_data',
    rows: [
      patientRow(INSURED),
      insurance(900_000_001, INSURED, { date: '2019-01-01' }),
      insurance(900_000_002, INSURED, { date: '2022-04-01' }),
      insurance(900_000_003, INSURED, { date: '2018-01-01', type: 'secondary' }),
    ],
    expected: [
      coverage(900_000_001, {
        patient_id: idOf('patient_data', INSURED),
        effective_from: '2019-01-01',
        effective_to: '2022-03-31',
        is_current: false,
        accept_assignment: true,
        payer_legacy_id: FIRST_INSURER,
        payer_name: 'Blue Shield of Nowhere',
      }),
      coverage(900_000_002, { effective_from: '2022-04-01', effective_to: null, is_current: true }),
      coverage(900_000_003, { rank: 'secondary', effective_from: '2018-01-01', is_current: true }),
    ],
  },
  {
    name: 'an insurance without a start and without a company is one all the same',
    facts: '§1 insurance_data',
    rows: [
      patientRow(ODD),
      insurance(900_000_004, ODD, { date: '0000-00-00', provider: '' }),
      insurance(900_000_005, ODD, { type: 'secondary', provider: 'cash' }),
      insurance(900_000_006, ODD, { type: 'tertiary', provider: String(ABSENT) }),
    ],
    expected: [
      coverage(900_000_004, { effective_from: null, payer_legacy_id: null, is_current: true, dq_flags: [] }),
      {
        ...coverage(900_000_005, { payer_legacy_id: null, dq_flags: [flag.invalid('payer_legacy_id')] }),
        extra: { provider: 'cash' },
      },
      {
        ...coverage(900_000_006, { payer_legacy_id: null, dq_flags: [flag.orphan('payer_legacy_id')] }),
        extra: { provider: String(ABSENT) },
      },
    ],
  },
  {
    name: 'insurance of a patient who was deleted is rejected',
    facts: '§1',
    rows: [insurance(900_000_007, ABSENT, {})],
    expected: [{ source: 'insurance_data', key: { id: 900_000_007 }, reject: 'orphan' }],
  },
  {
    name: 'an empty form is no insurance, but ends the one before',
    facts: '§1 insurance_data',
    rows: [
      patientRow(NO_LONGER),
      insurance(900_000_008, NO_LONGER, { date: '2019-01-01' }),
      insurance(900_000_009, NO_LONGER, { date: '2023-05-01', provider: '', policy_number: '' }),
    ],
    expected: [
      coverage(900_000_008, { effective_to: '2023-04-30', is_current: false }),
      { source: 'insurance_data', key: { id: 900_000_009 }, filtered: true },
    ],
  },
];
