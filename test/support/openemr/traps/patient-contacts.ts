/** How to reach a patient, and whom else: free text that should be an address, and people kept in columns. */
import { patientTrap } from './patient-trap.ts';
import { flag, idOf, type Trap } from './trap.ts';
import { patientRow } from './trap-rows.ts';

const GUARDED = 900_000_068;
const EMPLOYED = 900_000_069;
const NO_LONGER_EMPLOYED = 900_000_071;

export const patientContactTraps: readonly Trap[] = [
  patientTrap(
    900_000_061,
    'none is no e-mail address, and no mistake',
    { email: 'none' },
    {
      columns: { email: null, dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_062,
    'what is no address is kept beside',
    { email: 'ana.ruiz@ home' },
    {
      columns: { email: null, dq_flags: [flag.invalid('email')] },
      extra: { email: 'ana.ruiz@ home' },
    },
  ),
  patientTrap(
    900_000_063,
    'n/a is no telephone number, and no mistake',
    { phone_home: 'n/a' },
    {
      columns: { phone_home: null, dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_064,
    'an extension is kept beside the number',
    { phone_biz: '(212) 736-5000 x251' },
    {
      columns: { phone_work: '+12127365000', dq_flags: [flag.doubtful('phone_work', 'extension')] },
      extra: { phone_biz: '(212) 736-5000 x251' },
    },
  ),
  patientTrap(
    900_000_065,
    'of two numbers in one field the first counts',
    { phone_cell: '212-736-5000 or 212-736-5001' },
    {
      columns: { phone_mobile: '+12127365000', dq_flags: [flag.doubtful('phone_mobile', 'many')] },
      extra: { phone_cell: '212-736-5000 or 212-736-5001' },
    },
  ),
  patientTrap(
    900_000_066,
    'what is no number is kept beside',
    { phone_home: 'ask the neighbour' },
    {
      columns: { phone_home: null, dq_flags: [flag.invalid('phone_home')] },
      extra: { phone_home: 'ask the neighbour' },
    },
  ),
  patientTrap(
    900_000_067,
    'countries are told by their two letters',
    { country_code: 'USA', state: 'NY' },
    {
      columns: { country: 'US', state: 'NY', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_070,
    'a country that is none is kept beside',
    { country_code: 'Freedonia' },
    {
      columns: { country: null, dq_flags: [flag.invalid('country')] },
      extra: { country_code: 'Freedonia' },
    },
  ),
  {
    name: 'guardian, mother and emergency contact are contacts of their own',
    facts: '§11.1',
    rows: [
      patientRow(GUARDED, {
        guardiansname: 'Guda Case',
        guardianrelationship: 'aunt',
        guardianphone: '212-736-5000',
        mothersname: 'Mona Case',
        contact_relationship: 'Ed Case',
        phone_contact: '212-736-5001',
      }),
    ],
    expected: [
      contact('guardian', { name: 'Guda Case', relationship: 'aunt', phone: '+12127365000' }),
      contact('mother', { name: 'Mona Case' }),
      contact('emergency', { name: 'Ed Case', phone: '+12127365001' }),
    ],
  },
  {
    name: 'of several employers the newest is the present one',
    facts: '§1 employer_data',
    rows: [
      patientRow(EMPLOYED),
      employer(900_000_001, EMPLOYED, { name: 'Old Mill', date: '2019-05-06 09:00:00' }),
      employer(900_000_002, EMPLOYED, { name: 'New Mill', date: '2021-07-08 09:00:00' }),
    ],
    expected: [
      {
        table: 'patient.patient_contact',
        key: { legacy_table: 'employer_data', legacy_id: '900000001' },
        columns: {
          patient_id: idOf('patient_data', EMPLOYED),
          kind: 'employer',
          organization: 'Old Mill',
          period_end: '2021-07-08',
          is_primary: false,
        },
      },
      {
        table: 'patient.patient_contact',
        key: { legacy_table: 'employer_data', legacy_id: '900000002' },
        columns: { kind: 'employer', organization: 'New Mill', period_end: null, is_primary: true },
      },
    ],
  },
  {
    name: 'an employer that was emptied is none, but ends the one before',
    facts: '§1 employer_data',
    rows: [
      patientRow(NO_LONGER_EMPLOYED),
      employer(900_000_003, NO_LONGER_EMPLOYED, { name: 'Last Mill', date: '2019-05-06 09:00:00' }),
      employer(900_000_004, NO_LONGER_EMPLOYED, { name: '', date: '2022-03-04 09:00:00' }),
    ],
    expected: [
      {
        table: 'patient.patient_contact',
        key: { legacy_table: 'employer_data', legacy_id: '900000003' },
        columns: { organization: 'Last Mill', period_end: '2022-03-04', is_primary: false },
      },
      { source: 'employer_data', key: { id: 900_000_004 }, filtered: true },
    ],
  },
];

function contact(kind: string, columns: Readonly<Record<string, string>>): Trap['expected'][number] {
  return {
    table: 'patient.patient_contact',
    key: { legacy_table: 'patient_data', legacy_id: `${GUARDED}:${kind}` },
    columns: { patient_id: idOf('patient_data', GUARDED), kind, ...columns },
  };
}

function employer(
  id: number,
  pid: number,
  { name, date }: { name: string; date: string },
): Trap['rows'][number] {
  return { table: 'employer_data', values: { id, pid, name, date, country: 'USA' } };
}
