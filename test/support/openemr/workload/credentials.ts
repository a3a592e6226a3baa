/** How the staff signs in, and where: passwords, groups, second factors, codes of specialties, facilities. */
import { password } from './accounts.ts';
import type { Desk, Shares } from './desk.ts';
import { someReference, someText } from './dirt.ts';

const SPECIALTY_CODES = ['207Q00000X', '207RC0000X', '2080P0006X', 'unknown', ''];

export const credentialActs: Shares = [
  [3, changePassword],
  [1, addStrayPassword],
  [1, removePassword],
  [2, changeGroup],
  [2, changeSecondFactor],
  [4, changeCode],
  [4, changePlaces],
];

function changePassword(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { portal_pwd, portal_salt } = password(random);
  const changes = random.percent(75)
    ? { password: portal_pwd, salt: portal_salt, last_update_password: desk.now(), login_fail_counter: 0 }
    : { login_fail_counter: random.below(9), last_login_fail: desk.now() };
  return sql.update('users_secure', { id: ids.known('users') }, changes);
}

/** Of somebody who is not there. */
function addStrayPassword({ ids, random, sql }: Desk): string[] {
  const id = ids.next('users');
  const { portal_pwd, portal_salt } = password(random);
  return sql.insert('users_secure', { id, username: `stray${id}`, password: portal_pwd, salt: portal_salt });
}

function removePassword({ ids, sql }: Desk): string[] {
  return sql.delete('users_secure', { id: ids.spare('users') });
}

function changeGroup({ ids, random, sql }: Desk): string[] {
  const user = random.pick([`desk${ids.known('users')}`, `DESK${ids.known('users')}`, 'nobody', '']);
  if (random.percent(30)) return sql.delete('groups', { id: ids.spare('groups') });
  if (random.percent(50)) return sql.update('groups', { id: ids.known('groups') }, { user });
  return sql.insert('groups', { id: ids.next('groups'), name: 'Default', user });
}

function changeSecondFactor({ random, site, sql }: Desk): string[] {
  const user_id = someReference(random, random.pick(site.doctors));
  const name = random.pick(['App', 'Key']);
  const key = { user_id, name };
  if (random.percent(30)) return sql.delete('login_mfa_registrations', key);
  const method = random.pick(['TOTP', 'U2F']);
  if (random.percent(40)) return sql.update('login_mfa_registrations', key, { method });
  const row = { ...key, last_challenge: null, method, var1: random.hex(16), var2: '' };
  return sql.insertUnlessTaken('login_mfa_registrations', row);
}

function changeCode(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const values = {
    uid: desk.doctor(),
    facility_id: desk.facility(),
    field_id: random.pick(['specialty_code', 'specialty_code', 'role_code', 'provider_id']),
    field_value: someText(random, SPECIALTY_CODES),
  };
  const id = ids.known('facility_user_ids');
  if (random.percent(25)) return sql.delete('facility_user_ids', { id: ids.spare('facility_user_ids') });
  if (random.percent(50)) return sql.update('facility_user_ids', { id }, values);
  return sql.insert('facility_user_ids', { id: ids.next('facility_user_ids'), ...values });
}

function changePlaces(desk: Desk): string[] {
  const { random, sql } = desk;
  const tablename = random.percent(90) ? 'users' : 'facility';
  const user = { tablename, table_id: desk.doctor() };
  const facility_id = desk.facility();
  if (random.percent(20)) return sql.delete('users_facility', random.pick([user, { ...user, facility_id }]));
  const changes = random.pick([{ facility_id }, { table_id: desk.doctor() }]);
  if (random.percent(40)) return sql.updateUnlessTaken('users_facility', user, changes);
  return sql.insertUnlessTaken('users_facility', { ...user, facility_id, warehouse_id: '' });
}
