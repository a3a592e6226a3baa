import { columns, constant, from, reference, uuid } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';

/** users_secure: credentials of nobody, which are rejected. Those of somebody are a part of the account, and count as filtered. */
export function strayCredentialsMapping(): Mapping {
  return {
    shape: 'query',
    id: 'staff_account_stray',
    service: 'doctor',
    source: { table: 'users_secure' },
    target: { schema: 'doctor', table: 'staff_account' },
    query: {
      joins: 'LEFT JOIN users u ON u.id = t.id',
      fields: { user_id: { sql: 'u.id', like: 'users.id' } },
      watches: [{ table: 'users', inputs: ['id'], keys: null }],
    },
    where: {
      inputs: ['user_id'],
      description: 'credentials without a user',
      accepts: (user) => user == null,
    },
    columns: columns({
      id: ['uuid!', uuid('users_secure', 'id'), 'identifier'],
      doctor_id: [
        'uuid!',
        reference('users', { input: 'id', found: 'user_id', onOrphan: 'reject' }),
        'identifier',
      ],
      username: ['text!', from('username'), 'identifier'],
      username_normalized: ['text!', from('username'), 'identifier'],
      password_scheme: ['text!', constant('none')],
      status: ['text!', constant('disabled')],
      legacy_table: ['text!', constant('users_secure')],
      legacy_id: ['text!', from('id'), 'identifier'],
    }),
  };
}
