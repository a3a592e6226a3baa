import { apply, columns, constant, flags, from, uuid } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { formatArrayLiteral } from '../../../mapping/types/format-array-literal.ts';
import { email } from '../../../mapping/transforms/index.ts';
import type { Site } from '../site.ts';
import { aside, moment } from '../text.ts';
import {
  CIRCUMSTANCES,
  CREDENTIALS,
  normalizedUsername,
  staffHash,
  staffSalt,
  staffScheme,
  staffStatus,
} from './account-status.ts';
import { staffAccountQuery } from './staff-account-query.ts';

const usernameNormalized: Transform = {
  name: 'usernameNormalized',
  apply: (username) => (username === null ? null : normalizedUsername(username)),
};

/** The texts of a JSON array, each once and in order, as text[]; of none the empty one. */
const textsOfJson: Transform = {
  name: 'textsOfJson',
  apply: (json) => {
    const texts = (JSON.parse(json ?? '[]') as (string | null)[]).map((text) => text?.trim() ?? '');
    return formatArrayLiteral([...new Set(texts)].filter((text) => text !== '').sort());
  },
};

const failedAttempts: Transform = {
  name: 'failedAttempts',
  apply: (count) => (count === null || count.startsWith('-') ? '0' : count),
};

/** users → doctor.staff_account, for those with a username. Hashes go to their own column, and to no other. */
export function staffAccountMapping(site: Site): Mapping {
  const { query, kept, hasMfa } = staffAccountQuery(site);
  return {
    shape: 'query',
    id: 'staff_account',
    service: 'doctor',
    source: { table: 'users' },
    secrets: ['password', 'hash', 'salt'],
    target: { schema: 'doctor', table: 'staff_account' },
    query,
    where: {
      inputs: ['username'],
      description: 'users with a username',
      accepts: (username) => (username ?? '').trim() !== '',
    },
    columns: columns({
      id: ['uuid!', uuid('users:account', 'id'), 'identifier'],
      doctor_id: ['uuid!', uuid('users', 'id'), 'identifier'],
      username: ['text!', from('username'), 'identifier'],
      username_normalized: ['text!', apply(usernameNormalized, 'username'), 'identifier'],
      password_hash: ['text', apply(staffHash, ...CREDENTIALS), 'critical'],
      password_scheme: ['text!', apply(staffScheme, ...CREDENTIALS)],
      password_salt: ['text', apply(staffSalt, ...CREDENTIALS), 'critical'],
      password_changed_at: [
        'timestamp with time zone',
        apply(moment(site, 'password_changed_at', 'last_update_password'), 'changed_at'),
      ],
      status: ['text!', apply(staffStatus, ...CREDENTIALS, ...CIRCUMSTANCES)],
      mfa_methods: ['text[]!', hasMfa ? apply(textsOfJson, 'mfa') : constant('{}')],
      failed_attempts: ['integer!', apply(failedAttempts, 'fails')],
      auth_groups: ['text[]!', apply(textsOfJson, 'groups_json')],
      external_login_email: [
        'text',
        site.has('users', 'google_signin_email')
          ? apply(email(aside('external_login_email', 'google_signin_email')), 'google_signin_email')
          : constant(null),
        'identifier',
      ],
      legacy_table: ['text!', constant('users')],
      legacy_id: ['text!', from('id'), 'identifier'],
      // the rest of the user's row is the doctor's; the rest of the credentials are secrets of before
      extra: ['jsonb!', { kind: 'extra', columns: kept }],
      dq_flags: ['text[]!', flags],
    }),
  };
}
