/** Accounts of staff: §3 of the facts. */
import type { SourceRow } from '../source-row.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import { ABSENT, idOf, type Expectation, type ExpectedValue, type Trap } from './trap.ts';
import { BCRYPT, credentialsRow, groupRow, userRow } from './trap-rows.ts';

const SHA1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const MD5 = '900150983cd24fb0d6963f7d28e17f72';

interface Changes {
  user?: SourceRow;
  credentials?: SourceRow;
  /** Default: the group that everybody is in. */
  inGroup?: boolean;
  versions?: readonly OpenemrVersion[];
}

function accountTrap(
  id: number,
  name: string,
  { user, credentials, inGroup = true, versions }: Changes,
  columns: Readonly<Record<string, ExpectedValue>>,
): Trap {
  return {
    name,
    facts: '§3',
    ...(versions && { versions }),
    rows: [
      userRow(id, user),
      credentialsRow(id, credentials),
      ...(inGroup ? [groupRow(id, `trap${id}`)] : []),
    ],
    expected: [account(id, { doctor_id: idOf('users', id), ...columns })],
  };
}

function account(id: number, columns: Readonly<Record<string, ExpectedValue>>): Expectation {
  return {
    table: 'doctor.staff_account',
    key: { legacy_table: 'users', legacy_id: String(id) },
    columns,
  };
}

export const staffAccountTraps: readonly Trap[] = [
  accountTrap(
    900_000_221,
    'staff with a sound hash and a group signs in',
    {},
    {
      username: 'trap900000221',
      password_hash: BCRYPT,
      password_scheme: 'bcrypt',
      status: 'active',
      auth_groups: ['Default'],
    },
  ),
  accountTrap(
    900_000_222,
    'without a group nobody signs in',
    { inGroup: false },
    {
      status: 'disabled',
      auth_groups: [],
    },
  ),
  accountTrap(900_000_223, 'who has gone does not sign in', { user: { active: 0 } }, { status: 'disabled' }),
  accountTrap(
    900_000_224,
    'a hash of a salt that is too short cannot be verified by anybody',
    {
      credentials: { password: `$2a$05$${BCRYPT.slice(7)}`, salt: '$2a$05$abcdefghijklmnopqrstu$' },
      versions: ['5.0'],
    },
    { password_scheme: 'bcrypt-broken', status: 'reset_required' },
  ),
  accountTrap(
    900_000_225,
    'a salted SHA-1 takes its salt along',
    { credentials: { password: `$SHA1$${SHA1}`, salt: '$SHA1$pepper' }, versions: ['5.0'] },
    { password_scheme: 'sha1-salted', password_salt: '$SHA1$pepper', status: 'reset_required' },
  ),
  accountTrap(
    900_000_226,
    'a site that signs in elsewhere has no hashes',
    { credentials: { password: '', salt: '' } },
    { password_hash: null, password_scheme: 'none', status: 'disabled' },
  ),
  {
    name: 'an account of a program is a service, and its name is no password',
    facts: '§3',
    rows: [userRow(900_000_227, { username: 'oe-trap', password: 'NoLogin', authorized: 0, calendar: 0 })],
    expected: [
      {
        table: 'doctor.doctor',
        key: { legacy_table: 'users', legacy_id: '900000227' },
        columns: { kind: 'system', bookable: false },
      },
      account(900_000_227, { password_hash: null, password_scheme: 'none', status: 'service' }),
    ],
  },
  {
    name: 'an MD5 of old days is where the user is',
    facts: '§3',
    versions: ['5.0'],
    rows: [userRow(900_000_228, { password: MD5 }), groupRow(900_000_228, 'trap900000228')],
    expected: [
      account(900_000_228, { password_hash: MD5, password_scheme: 'md5-hex', status: 'reset_required' }),
    ],
  },
  {
    name: 'staff without credentials has an account that is switched off',
    facts: '§3, §12 A07',
    rows: [userRow(900_000_229), groupRow(900_000_229, 'trap900000229')],
    expected: [account(900_000_229, { password_hash: null, password_scheme: 'none', status: 'disabled' })],
  },
  {
    name: 'credentials of nobody are rejected',
    facts: '§3, §12 A07',
    rows: [credentialsRow(ABSENT)],
    expected: [{ source: 'users_secure', key: { id: ABSENT }, reject: 'orphan' }],
  },
  {
    name: 'of two usernames that differ in case only the second cannot sign in',
    facts: '§3, §12 A02',
    rows: [
      userRow(900_000_231, { username: 'TrapTwice' }),
      credentialsRow(900_000_231, { username: 'TrapTwice' }),
      groupRow(900_000_231, 'TrapTwice'),
      userRow(900_000_232, { username: 'traptwice' }),
      credentialsRow(900_000_232, { username: 'traptwice' }),
      groupRow(900_000_232, 'traptwice'),
    ],
    expected: [
      account(900_000_231, { username: 'TrapTwice', username_normalized: 'traptwice', status: 'active' }),
      account(900_000_232, {
        username: 'traptwice',
        status: 'disabled',
        dq_flags: ['username_collision'],
      }),
    ],
  },
  {
    name: 'an address in the book has no account',
    facts: '§3',
    rows: [userRow(900_000_233, { username: '', authorized: 0, calendar: 0, abook_type: 'vendor' })],
    expected: [
      {
        table: 'doctor.doctor',
        key: { legacy_table: 'users', legacy_id: '900000233' },
        columns: { kind: 'external' },
      },
    ],
  },
];
