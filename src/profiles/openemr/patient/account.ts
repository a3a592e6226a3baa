import { apply, columns, constant, flags, reference, uuid } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { passwordScheme } from '../../../mapping/transforms/index.ts';
import { lookUp, queryWith } from '../lookups.ts';
import { optionalColumns } from '../optional-column.ts';
import type { Site } from '../site.ts';
import { keyOfDependent, moment } from '../text.ts';
import { altUsername, lookUpNamesake, username, usernameNormalized } from './account-names.ts';
import {
  accountStatus,
  failedAttempts,
  mustChangePassword,
  passwordHash,
  passwordSalt,
} from './account-status.ts';

const ACCOUNTS = { table: 'patient_access_onsite', key: 'id' };
const PATIENTS = { table: 'patient_data', key: 'pid' };

/** Accounts of the patient portal. Nothing of theirs is left over for `extra`: a column that nobody knows may be a secret. */
export function accountMapping(site: Site): Mapping {
  const { has } = site;
  const optional = optionalColumns(site, ACCOUNTS.table);
  const salt = has(ACCOUNTS.table, 'portal_salt') ? ['portal_salt'] : [];
  const names = ['portal_login_username', 'portal_username'];
  return {
    shape: 'query',
    id: 'patient_account',
    service: 'patient',
    source: { table: ACCOUNTS.table },
    secrets: ['portal_pwd', 'portal_salt', 'portal_onetime'],
    target: { schema: 'patient', table: 'patient_account' },
    query: queryWith(
      lookUp('patient', PATIENTS, { source: ACCOUNTS, by: 'pid', columns: ['allow_patient_portal'] }),
      lookUpNamesake,
    ),
    columns: columns({
      id: ['uuid!', uuid(ACCOUNTS.table, 'id'), 'identifier'],
      patient_id: [
        'uuid!',
        reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
        'identifier',
      ],
      username: ['text!', apply(username, ...names), 'identifier'],
      username_normalized: ['text!', apply(usernameNormalized, ...names), 'identifier'],
      alt_username: ['text', apply(altUsername, ...names), 'identifier'],
      password_hash: ['text', apply(passwordHash, 'portal_pwd', ...salt), 'critical'],
      password_scheme: ['text!', apply(passwordScheme, 'portal_pwd', ...salt)],
      password_salt: [
        'text',
        salt.length === 0 ? constant(null) : apply(passwordSalt, 'portal_pwd', ...salt),
        'critical',
      ],
      must_change_password: ['boolean!', apply(mustChangePassword, 'portal_pwd_status')],
      status: [
        'text!',
        apply(
          accountStatus,
          'portal_pwd',
          'portal_pwd_status',
          'portal_onetime',
          'patient_allow_patient_portal',
          'id',
          'namesake_id',
          ...salt,
        ),
      ],
      failed_attempts: [
        'integer!',
        has(ACCOUNTS.table, 'portal_fail_counter')
          ? apply(failedAttempts, 'portal_fail_counter')
          : constant('0'),
      ],
      last_failed_at: [
        'timestamp with time zone',
        optional(moment(site, 'last_failed_at', 'portal_last_fail'), 'portal_last_fail'),
      ],
      created_at: [
        'timestamp with time zone',
        optional(moment(site, 'created_at', 'date_created'), 'date_created'),
      ],
      legacy_table: ['text!', constant(ACCOUNTS.table)],
      legacy_id: ['text!', apply(keyOfDependent, 'id', 'patient_key'), 'identifier'],
      dq_flags: ['text[]!', flags],
      extra: ['jsonb!', { kind: 'extra', columns: [] }],
    }),
  };
}
