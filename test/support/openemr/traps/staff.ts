/** Staff, their accounts, specialties and facilities: §3 and §6 of the facts. */
import type { SourceRow } from '../source-row.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import { staffAccountTraps } from './staff-accounts.ts';
import { ABSENT, flag, idOf, type Expectation, type ExpectedValue, type Trap } from './trap.ts';
import { userRow } from './trap-rows.ts';

const SPECIALIST = 900_000_211;
const CARDIOLOGY = '207RC0000X';

interface Outcome {
  columns: Readonly<Record<string, ExpectedValue>>;
  extra?: Readonly<Record<string, string>>;
  versions?: readonly OpenemrVersion[];
}

/** A user who does not sign in, unless said otherwise. */
function staffTrap(id: number, name: string, changes: SourceRow, outcome: Outcome): Trap {
  const { columns, extra, versions } = outcome;
  const key = { legacy_table: 'users', legacy_id: String(id) };
  return {
    name,
    facts: '§3, §6',
    ...(versions && { versions }),
    rows: [userRow(id, changes)],
    expected: [{ table: 'doctor.doctor', key, columns, ...(extra && { extra }) }],
  };
}

function facility(id: number, changes: SourceRow): Trap['rows'][number] {
  const values = {
    id,
    name: 'Trap Facility',
    country_code: 'US',
    service_location: 1,
    inactive: 0,
    ...changes,
  };
  return { table: 'facility', values };
}

function facilityOutcome(id: number, columns: Readonly<Record<string, ExpectedValue>>): Expectation {
  return { table: 'doctor.facility', key: { legacy_table: 'facility', legacy_id: String(id) }, columns };
}

export const staffTraps: readonly Trap[] = [
  staffTrap(
    900_000_201,
    'who may treat is a provider',
    { authorized: 1, calendar: 1, facility_id: 4 },
    {
      columns: {
        kind: 'provider',
        bookable: true,
        active: true,
        primary_facility_id: idOf('facility', 4),
        supervisor_id: null,
      },
    },
  ),
  staffTrap(
    900_000_202,
    'without a username it is an address',
    { username: '', authorized: 0, calendar: 0, abook_type: 'spe' },
    {
      columns: { kind: 'external', bookable: false },
    },
  ),
  staffTrap(
    900_000_203,
    'a missing username is none',
    { username: null, authorized: 0, abook_type: 'ord_lab' },
    {
      columns: { kind: 'external' },
    },
  ),
  staffTrap(
    900_000_204,
    'who only signs in is staff',
    { authorized: 0, calendar: 0 },
    {
      columns: { kind: 'staff', bookable: false },
    },
  ),
  staffTrap(
    900_000_205,
    'old versions say in words who has gone',
    { info: 'Inactive' },
    { columns: { active: false } },
  ),
  staffTrap(900_000_206, 'who is switched off has gone', { active: 0 }, { columns: { active: false } }),
  staffTrap(
    900_000_207,
    'a valid NPI is valid',
    { npi: '1234567893' },
    {
      columns: { npi: '1234567893', npi_valid: true },
    },
  ),
  staffTrap(
    900_000_208,
    'an NPI with a wrong digit is kept, and is not valid',
    { npi: '1234567890' },
    {
      columns: { npi: '1234567890', npi_valid: false },
    },
  ),
  staffTrap(
    900_000_209,
    'the taxonomy that everybody gets is no evidence',
    { authorized: 0, specialty: 'Front desk' },
    {
      columns: { taxonomy_code: '207Q00000X', taxonomy_is_default: true, specialty_text: 'Front desk' },
    },
  ),
  staffTrap(
    900_000_210,
    'a facility that was deleted is none',
    { facility_id: ABSENT, supervisor_id: ABSENT },
    {
      columns: {
        primary_facility_id: null,
        supervisor_id: null,
        dq_flags: [flag.orphan('primary_facility_id'), flag.orphan('supervisor_id')],
      },
      extra: { facility_id: String(ABSENT), supervisor_id: String(ABSENT) },
    },
  ),
  {
    name: 'a specialty that has a code needs no guess',
    facts: '§6',
    versions: ['8'],
    rows: [
      userRow(SPECIALIST, { specialty: 'Cardiovascular Disease' }),
      {
        table: 'facility_user_ids',
        values: {
          id: 900_000_001,
          uid: SPECIALIST,
          facility_id: 4,
          field_id: 'specialty_code',
          field_value: CARDIOLOGY,
          date_created: '2020-02-03 09:00:00',
          last_updated: '2020-02-03 09:00:00',
        },
      },
    ],
    expected: [
      {
        table: 'doctor.doctor_specialty',
        key: { legacy_table: 'facility_user_ids', legacy_id: '900000001' },
        columns: {
          doctor_id: idOf('users', SPECIALIST),
          facility_id: idOf('facility', 4),
          confidence: 'coded',
        },
      },
      {
        table: 'doctor.doctor_specialty',
        key: { legacy_table: 'users:specialty', legacy_id: `${SPECIALIST}:${CARDIOLOGY}` },
        rows: 0,
      },
    ],
  },
  {
    name: 'the facility that every installation begins with is one',
    facts: '§6',
    rows: [facility(900_000_001, { name: 'Your Clinic Name Here' })],
    expected: [
      facilityOutcome(900_000_001, {
        name: 'Your Clinic Name Here',
        timezone: 'America/New_York',
        country: 'US',
        active: true,
      }),
    ],
  },
  {
    name: 'a facility that was closed is not active',
    facts: '§6',
    versions: ['8'],
    rows: [facility(900_000_002, { inactive: 1 })],
    expected: [facilityOutcome(900_000_002, { active: false })],
  },
  {
    name: 'a facility without a name has one made of its id',
    facts: '§6',
    rows: [facility(900_000_003, { name: null })],
    expected: [facilityOutcome(900_000_003, { name: 'facility 900000003', dq_flags: ['name_missing'] })],
  },
  ...staffAccountTraps,
];
