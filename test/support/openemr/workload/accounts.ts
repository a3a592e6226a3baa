/** Accounts of the patient portal. */
import type { Random } from '../../../demo/clinic/random.ts';
import { passwordHash, saltOf } from '../password-hashes.ts';
import type { Desk, Shares } from './desk.ts';
import { someText } from './dirt.ts';

export const accountActs: Shares = [
  [5, open],
  [3, resetPassword],
  [4, firstLogin],
  [3, rename],
  [2, failToLogIn],
  [2, giveToOther],
  [3, close],
];

/** As the staff of the clinic does it: the patient has to choose another password. */
function open(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const pid = desk.patient();
  const opened = sql.insertUnlessTaken('patient_access_onsite', {
    id: ids.next('patient_access_onsite'),
    pid,
    portal_username: `Portal${pid}`,
    portal_login_username: loginName(random, pid),
    portal_pwd_status: 0,
    portal_onetime: random.percent(50) ? oneTime(random) : null,
    ...password(random),
  });
  return [...opened, ...sql.update('patient_data', { pid }, { allow_patient_portal: 'YES' })];
}

function resetPassword({ ids, random, sql }: Desk): string[] {
  const changes = { portal_pwd_status: 0, portal_onetime: oneTime(random), ...password(random) };
  return sql.update('patient_access_onsite', { id: ids.known('patient_access_onsite') }, changes);
}

function firstLogin({ ids, random, sql }: Desk): string[] {
  const changes = { portal_pwd_status: 1, portal_onetime: random.pick([null, '']), ...password(random) };
  return sql.update('patient_access_onsite', { id: ids.known('patient_access_onsite') }, changes);
}

/** Also to a name that another has. */
function rename({ ids, random, sql }: Desk): string[] {
  const portal_login_username = loginName(random, ids.known('patient_data'));
  return sql.update(
    'patient_access_onsite',
    { id: ids.known('patient_access_onsite') },
    { portal_login_username },
  );
}

function failToLogIn(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = { portal_fail_counter: random.below(30), portal_last_fail: desk.now() };
  return sql.update('patient_access_onsite', { id: ids.known('patient_access_onsite') }, changes);
}

function giveToOther(desk: Desk): string[] {
  const pid = desk.random.percent(10) ? null : desk.patient();
  return desk.sql.updateUnlessTaken(
    'patient_access_onsite',
    { id: desk.ids.known('patient_access_onsite') },
    { pid },
  );
}

function close({ ids, sql }: Desk): string[] {
  return sql.delete('patient_access_onsite', { id: ids.spare('patient_access_onsite') });
}

function loginName(random: Random, pid: number): string | null {
  if (random.percent(3)) return null;
  return someText(random, [
    `p${pid}@mail.example`,
    `P${pid}@Mail.Example`,
    `Portal${pid}`,
    `name${random.below(20)}`,
  ]);
}

/** 32 letters, and a PIN of six digits. */
function oneTime(random: Random): string {
  return random.hex(16) + String(random.between(100_000, 999_999));
}

/** In any of the forms that were ever written; all of them are the hash of nothing. */
export function password(random: Random): { portal_pwd: string; portal_salt: string } {
  const hash = passwordHash(random);
  return random.pick([
    { portal_pwd: hash, portal_salt: saltOf(hash) },
    { portal_pwd: hash, portal_salt: saltOf(hash) },
    { portal_pwd: hash.replace('$2y$10$', '$2a$05$'), portal_salt: saltOf(hash) },
    { portal_pwd: random.hex(20), portal_salt: '' },
    { portal_pwd: `$argon2id$v=19$m=65536,t=4,p=1$${random.hex(8)}$${random.hex(16)}`, portal_salt: '' },
    { portal_pwd: `temporary${random.below(100)}`, portal_salt: '' },
    { portal_pwd: '', portal_salt: '' },
  ]);
}
