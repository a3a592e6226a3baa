/** What an account of staff is read from, beside its user. */
import type { Query, QueryField, Watch } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { NO_LOGIN, SERVICE_NAMES } from './staff-role.ts';

/** Text of two tables may be of two collations, which the servers do not compare; this one is exact, and the other is coarse. */
const exact = (sql: string): string => `LOWER(CONVERT(${sql} USING utf8mb4)) COLLATE utf8mb4_bin`;
const coarse = (sql: string): string => `CONVERT(${sql} USING utf8mb4) COLLATE utf8mb4_unicode_ci`;

const CAN_SIGN_IN = `(n.active = 1 AND COALESCE(n.info, '') NOT LIKE '%inactive%' OR n.password = '${NO_LOGIN}'
  OR n.username IN (${SERVICE_NAMES.map((name) => `'${name}'`).join(', ')}))`;

/** Neither groups nor usernames have an index: both tables are gone through once. */
const JOINS = `LEFT JOIN users_secure su ON su.id = t.id
  LEFT JOIN (
    SELECT ${exact('CAST(m.user AS CHAR(255))')} AS username, CAST(JSON_ARRAYAGG(m.name) AS CHAR) AS names
    FROM \`groups\` m GROUP BY 1
  ) g ON g.username = ${exact('t.username')}
  LEFT JOIN (
    SELECT ${coarse('n.username')} AS username, CAST(JSON_ARRAYAGG(JSON_ARRAY(n.id, n.username)) AS CHAR) AS holders
    FROM users n WHERE n.username <> '' AND ${CAN_SIGN_IN} GROUP BY 1 HAVING COUNT(*) > 1
  ) same ON same.username = ${coarse('t.username')}`;

const WATCHES: readonly Watch[] = [
  { table: 'users_secure', inputs: ['id'], keys: null },
  // its user is a longtext, which a watch cannot take; it changes seldom
  { table: 'groups', inputs: ['id'], keys: `SELECT u.id FROM users u WHERE u.username <> '' AND ? > 0` },
  {
    table: 'users',
    inputs: ['username'],
    keys: `SELECT u.id FROM users u WHERE u.username <> '' AND ${coarse('u.username')} = ${coarse('?')}`,
  },
];

const MFA = 'login_mfa_registrations';

/** How often and when somebody failed, where the version has it. */
const KEPT = ['last_login_fail', 'total_login_fail_counter', 'mfa_fail_counter', 'mfa_last_fail'] as const;

export interface StaffAccountQuery {
  query: Query;
  /** Of its fields: those with no column of their own. */
  kept: readonly string[];
  hasMfa: boolean;
}

/** The fields of the credentials are NULL where the version or the user has none. No secret of the second factor is read. */
export function staffAccountQuery(site: Site): StaffAccountQuery {
  const secure = (column: string): QueryField =>
    site.has('users_secure', column)
      ? { sql: `su.${column}`, like: `users_secure.${column}` }
      : { sql: 'NULL', like: 'users_secure.password' };
  const kept = KEPT.filter((column) => site.has('users_secure', column));
  const hasMfa = site.has(MFA, 'method');
  return {
    kept,
    hasMfa,
    query: {
      joins: JOINS,
      fields: {
        credentials_id: secure('id'),
        credentials_username: secure('username'),
        hash: secure('password'),
        // in later versions it is in the hash
        salt: secure('salt'),
        changed_at: secure('last_update_password'),
        fails: secure('login_fail_counter'),
        ...Object.fromEntries(kept.map((column) => [column, secure(column)])),
        groups_json: { sql: 'g.names', like: 'users.info' },
        namesakes: { sql: 'same.holders', like: 'users.info' },
        ...(hasMfa && {
          mfa: {
            sql: `SELECT CAST(JSON_ARRAYAGG(r.method) AS CHAR) FROM ${MFA} r WHERE r.user_id = t.id`,
            like: `${MFA}.method`,
          },
        }),
      },
      watches: [
        ...WATCHES,
        ...(hasMfa ? [{ table: MFA, inputs: ['user_id'], keys: null } satisfies Watch] : []),
      ],
    },
  };
}
