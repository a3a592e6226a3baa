/** Demographics: §1 of the facts. */
import { ABSENT, flag, type Trap } from './trap.ts';
import { coverageTraps } from './coverage.ts';
import { patientContactTraps } from './patient-contacts.ts';
import { patientIdentityTraps } from './patient-identity.ts';
import { patientTrap } from './patient-trap.ts';
import { patientRow } from './trap-rows.ts';

const datesOfBirth: Trap[] = [
  patientTrap(
    900_000_001,
    'a birth date of zeros is not known, and says nothing',
    { DOB: '0000-00-00' },
    {
      columns: { date_of_birth: null, dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_002,
    'a birth date that was never given is no mistake',
    { DOB: null },
    {
      columns: { date_of_birth: null, dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_003,
    'a birth date without its day is kept beside',
    { DOB: '1999-05-00' },
    {
      columns: { date_of_birth: null, dq_flags: [flag.invalid('date_of_birth')] },
      extra: { DOB: '1999-05-00' },
    },
  ),
  patientTrap(
    900_000_004,
    'a birth year alone is kept beside',
    { DOB: '1999-00-00' },
    {
      columns: { date_of_birth: null, dq_flags: [flag.invalid('date_of_birth')] },
      extra: { DOB: '1999-00-00' },
    },
  ),
  patientTrap(
    900_000_005,
    'a birth date to come is kept beside',
    { DOB: '2090-01-01' },
    {
      columns: { date_of_birth: null, dq_flags: [flag.invalid('date_of_birth')] },
      extra: { DOB: '2090-01-01' },
    },
  ),
  patientTrap(
    900_000_006,
    'nobody alive was born before 1880',
    { DOB: '1879-12-31' },
    {
      columns: { date_of_birth: null, dq_flags: [flag.invalid('date_of_birth')] },
      extra: { DOB: '1879-12-31' },
    },
  ),
  patientTrap(
    900_000_007,
    'a very old birth date is a birth date',
    { DOB: '1880-01-01' },
    {
      columns: { date_of_birth: '1880-01-01', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_008,
    'born after death: both dates stay',
    { DOB: '2001-02-03', deceased_date: '2000-01-01 12:00:00' },
    {
      columns: {
        date_of_birth: '2001-02-03',
        deceased_at: '2000-01-01T17:00:00Z',
        status: 'deceased',
      },
    },
  ),
  patientTrap(
    900_000_009,
    'a date of death of zeros is no death',
    { deceased_date: '0000-00-00 00:00:00' },
    {
      columns: { deceased_at: null, status: 'active', dq_flags: [] },
    },
  ),
];

const names: Trap[] = [
  patientTrap(
    900_000_011,
    'blanks around names go, no-break spaces too',
    { fname: ' Ana\u00a0', lname: 'Ruiz  ' },
    {
      columns: { first_name: 'Ana', last_name: 'Ruiz', name_search: 'ana ruiz', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_012,
    'a patient without any name is one all the same',
    { fname: '', lname: ' ' },
    {
      columns: { first_name: null, last_name: null, name_search: null, dq_flags: ['name_missing'] },
    },
  ),
  patientTrap(
    900_000_013,
    'one of two names is enough',
    { fname: '', lname: 'Sólo' },
    {
      columns: { first_name: null, last_name: 'Sólo', name_search: 'solo', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_014,
    'U+0000 and control characters are taken out of a name',
    { lname: 'Nu\0ll\u0007' },
    {
      columns: { last_name: 'Null', dq_flags: ['control_characters'] },
    },
  ),
  patientTrap(
    900_000_015,
    'a name encoded twice is read as it was meant, with a flag',
    { lname: 'MÃ¼ller' },
    {
      columns: { last_name: 'Müller', dq_flags: ['double_encoded'] },
    },
  ),
  patientTrap(
    900_000_016,
    'a name beyond the basic plane survives in utf8mb4',
    { lname: '𠮷田', preferred_name: 'Yoshi 🙂' },
    { columns: { last_name: '𠮷田', preferred_name: 'Yoshi 🙂', dq_flags: [] }, versions: ['8'] },
  ),
];

const references: Trap[] = [
  patientTrap(
    900_000_021,
    'a doctor who was deleted is nobody, with a flag',
    { providerID: ABSENT },
    {
      columns: { primary_doctor_id: null, dq_flags: [flag.orphan('primary_doctor_id')] },
      extra: { providerID: String(ABSENT) },
    },
  ),
  patientTrap(
    900_000_022,
    'doctor 0 is no doctor, and no mistake',
    { providerID: 0, ref_providerID: 0 },
    {
      columns: { primary_doctor_id: null, referring_doctor_id: null, dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_023,
    'a UUID of zeros is none',
    { uuid: Buffer.alloc(16) },
    { columns: { fhir_uuid: null, dq_flags: [] }, versions: ['8'] },
  ),
  patientTrap(
    900_000_024,
    'a UUID is kept for the FHIR interface',
    { uuid: Buffer.from('00112233445566778899aabbccddeeff', 'hex') },
    { columns: { fhir_uuid: '00112233-4455-6677-8899-aabbccddeeff', dq_flags: [] }, versions: ['8'] },
  ),
  patientTrap(
    900_000_025,
    'not computed is no score',
    { dupscore: -9 },
    {
      columns: { duplicate_score: null },
      versions: ['8'],
    },
  ),
  patientTrap(
    900_000_026,
    'not a duplicate, as a person said, is remembered',
    { dupscore: -1 },
    {
      columns: { duplicate_score: -1 },
      versions: ['8'],
    },
  ),
  {
    name: 'patient 0, which stands for no patient everywhere, is rejected',
    facts: '§12 P14',
    rows: [patientRow(0, { id: 900_000_027, pubpid: '' })],
    expected: [{ source: 'patient_data', key: { pid: 0 }, reject: 'transform_refused' }],
  },
];

export const patientTraps: readonly Trap[] = [
  ...datesOfBirth,
  ...names,
  ...references,
  ...patientIdentityTraps,
  ...patientContactTraps,
  ...coverageTraps,
];
