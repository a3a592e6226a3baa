/** Accounts of the patient portal: §2 and §3 of the facts. Whether one works is computed, never copied. */
import type { SourceRow } from '../source-row.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import { ABSENT, idOf, type Expectation, type ExpectedValue, type Trap } from './trap.ts';
import { accountRow, BCRYPT, patientRow } from './trap-rows.ts';

const SHA1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const ARGON2ID = '$argon2id$v=19$m=65536,t=4,p=1$c2FsdHNhbHRzYWx0$RdescudvJCsgt3ub+b4dWRWJTmaaJObG';
const SHA512_CRYPT = `$6$rounds=100000$saltsaltsalt$${'A'.repeat(86)}`;

type Columns = Readonly<Record<string, ExpectedValue>>;

/** A patient who may use the portal, with an account. Both have the same id. */
function accountTrap(
  id: number,
  name: string,
  changes: SourceRow,
  columns: Columns,
  options: { patient?: SourceRow; versions?: readonly OpenemrVersion[] } = {},
): Trap {
  const { patient, versions } = options;
  return {
    name,
    facts: '§2',
    ...(versions && { versions }),
    rows: [patientRow(id, { allow_patient_portal: 'YES', ...patient }), accountRow(id, id, changes)],
    expected: [account(id, { patient_id: idOf('patient_data', id), ...columns })],
  };
}

function account(id: number, columns: Columns): Expectation {
  return {
    table: 'patient.patient_account',
    key: { legacy_table: 'patient_access_onsite', legacy_id: String(id) },
    columns,
  };
}

export const accountTraps: readonly Trap[] = [
  accountTrap(
    900_000_101,
    'a hash of today, set by the patient, works',
    {},
    {
      username: 'Trap900000101',
      username_normalized: 'trap900000101',
      password_hash: BCRYPT,
      password_scheme: 'bcrypt',
      must_change_password: false,
      status: 'active',
      dq_flags: [],
    },
  ),
  accountTrap(
    900_000_102,
    'what staff set has to be changed first',
    { portal_pwd_status: 0 },
    {
      must_change_password: true,
      status: 'pending_activation',
    },
  ),
  accountTrap(
    900_000_103,
    'an unused one-time reset is pending, and its token and plain password go nowhere',
    { portal_pwd: 'Temp-Pass-4711', portal_onetime: `${'0f'.repeat(16)}123456` },
    { password_hash: null, password_scheme: 'unknown', status: 'pending_activation' },
  ),
  accountTrap(
    900_000_104,
    'without consent to the portal nobody signs in',
    {},
    { status: 'disabled' },
    {
      patient: { allow_patient_portal: 'NO' },
    },
  ),
  accountTrap(
    900_000_105,
    'consent that was never asked for is none',
    {},
    { status: 'disabled' },
    {
      patient: { allow_patient_portal: '' },
    },
  ),
  accountTrap(
    900_000_106,
    'a bare SHA-1 is too weak to sign in with again',
    { portal_pwd: SHA1, portal_salt: '' },
    { password_hash: SHA1, password_scheme: 'sha1-hex', status: 'reset_required' },
    { versions: ['5.0'] },
  ),
  accountTrap(
    900_000_107,
    'Argon2 tells its own parameters',
    { portal_pwd: ARGON2ID, portal_salt: null },
    {
      password_hash: ARGON2ID,
      password_scheme: 'argon2id',
      status: 'active',
    },
  ),
  accountTrap(
    900_000_108,
    'SHA-512 crypt is kept, for whoever can verify it',
    { portal_pwd: SHA512_CRYPT },
    { password_hash: SHA512_CRYPT, password_scheme: 'sha512crypt', status: 'active' },
    { versions: ['8'] },
  ),
  accountTrap(
    900_000_109,
    'without a password there is nothing to sign in with',
    { portal_pwd: '' },
    {
      password_hash: null,
      password_scheme: 'none',
      status: 'disabled',
    },
  ),
  accountTrap(
    900_000_110,
    'what looks like no hash is not carried over',
    { portal_pwd: 'swordfish' },
    {
      password_hash: null,
      password_scheme: 'unknown',
      status: 'reset_required',
    },
  ),
  accountTrap(
    900_000_111,
    'without a name of their own patients type the generated one',
    { portal_login_username: '' },
    { username: 'Trap900000111', username_normalized: 'trap900000111', alt_username: null },
  ),
  accountTrap(
    900_000_112,
    'a name that the patient chose stands before the generated one',
    { portal_login_username: 'ÅSA@mail.example' },
    { username: 'ÅSA@mail.example', username_normalized: 'åsa@mail.example', alt_username: 'Trap900000112' },
  ),
  {
    name: 'of two names that differ in case only the second cannot sign in',
    facts: '§2, §12 A02',
    rows: [
      patientRow(900_000_113, { allow_patient_portal: 'YES' }),
      patientRow(900_000_114, { allow_patient_portal: 'YES' }),
      accountRow(900_000_113, 900_000_113, { portal_login_username: 'Twice@mail.example' }),
      accountRow(900_000_114, 900_000_114, { portal_login_username: 'twice@mail.example' }),
    ],
    expected: [
      account(900_000_113, { status: 'active', dq_flags: [] }),
      account(900_000_114, {
        username: 'twice@mail.example',
        status: 'disabled',
        dq_flags: ['username_collision'],
      }),
    ],
  },
  {
    name: 'two accounts of one patient are two accounts',
    facts: '§2',
    versions: ['5.0'],
    rows: [
      patientRow(900_000_115, { allow_patient_portal: 'YES' }),
      accountRow(900_000_115, 900_000_115),
      accountRow(900_000_116, 900_000_115),
    ],
    expected: [900_000_115, 900_000_116].map((id) =>
      account(id, { patient_id: idOf('patient_data', 900_000_115), status: 'active' }),
    ),
  },
  {
    name: 'an account whose patient was deleted is rejected',
    facts: '§1, §12 A01',
    rows: [accountRow(900_000_117, ABSENT)],
    expected: [{ source: 'patient_access_onsite', key: { id: 900_000_117 }, reject: 'orphan' }],
  },
  {
    name: 'an account that never had a patient is rejected',
    facts: '§12 A01',
    rows: [accountRow(900_000_118, null)],
    expected: [{ source: 'patient_access_onsite', key: { id: 900_000_118 }, reject: 'orphan' }],
  },
];
