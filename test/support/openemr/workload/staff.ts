/** Who works at the practice, and who is only in its address book. */
import { FIRST_NAMES, LAST_NAMES } from '../vocabulary.ts';
import { password } from './accounts.ts';
import type { Desk, Shares } from './desk.ts';
import { someMail, someNumber, somePhone, someReference, someText } from './dirt.ts';

const SPECIALTIES = ['Family Medicine', 'cardiology ', 'Cardiology;EP', 'Pädiatrie', 'Front desk', ''];
const TAXONOMIES = ['207Q00000X', '207RC0000X', '2080P0006X', 'none', ''];
/** The first is right by its check digit. */
const NPIS = ['1234567893', '1234567890', '12345', ''];

export const staffActs: Shares = [
  [2, hire],
  [2, addToAddressBook],
  [5, changePerson],
  [2, changeRole],
  [1, renameLogin],
  [1, leave],
  [1, remove],
];

function hire(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('users');
  const isDoctor = random.percent(40);
  const username = `${isDoctor ? 'doctor' : 'desk'}${id}`;
  const { portal_pwd, portal_salt } = password(random);
  return [
    ...sql.insert('users', {
      id,
      username,
      password: 'NoLongerUsed',
      authorized: Number(isDoctor),
      info: '',
      active: 1,
      calendar: Number(isDoctor),
      abook_type: '',
      ...personal(desk, username),
    }),
    ...sql.insert('users_secure', { id, username, password: portal_pwd, salt: portal_salt }),
    ...sql.insert('groups', { id: ids.next('groups'), name: 'Default', user: username }),
  ];
}

function addToAddressBook(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('users');
  return sql.insert('users', {
    id,
    username: random.pick(['', null]),
    password: '',
    authorized: 0,
    info: '',
    active: 1,
    calendar: 0,
    abook_type: random.pick(['spe', 'ord_lab', 'vendor', 'unheard_of']),
    organization: someText(random, ['Newbridge Associates']),
    ...personal(desk, `contact${id}`),
  });
}

function changePerson(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.known('users');
  const all = Object.entries(personal(desk, `user${id}`));
  return sql.update('users', { id }, Object.fromEntries(all.filter(() => random.percent(30))));
}

/** From a clerk to a provider and back, from working to not working any more. */
function changeRole({ ids, random, sql }: Desk): string[] {
  const id = ids.known('users');
  const changes = random.pick([
    { authorized: random.pick([0, 1, null]), calendar: random.below(2) },
    { active: random.below(2), info: random.pick(['', 'Inactive', 'inactive since May']) },
    { supervisor_id: someReference(random, 10), abook_type: random.pick(['', 'spe']) },
  ]);
  return sql.update('users', { id }, changes);
}

/** The password and the group go along, or are forgotten. */
function renameLogin({ ids, random, sql }: Desk): string[] {
  const id = ids.known('users');
  const username = random.pick([`renamed${id}`, `Desk${id}`, '']);
  return [
    ...sql.update('users', { id }, { username }),
    ...(random.percent(70) ? sql.updateUnlessTaken('users_secure', { id }, { username }) : []),
    ...(random.percent(70) ? sql.update('groups', { id }, { user: username }) : []),
  ];
}

function leave({ ids, random, sql }: Desk): string[] {
  const id = random.percent(50) ? ids.own('users') : ids.known('users');
  if (id === undefined) return [];
  return [...sql.update('users', { id }, { active: 0 }), ...sql.delete('groups', { id })];
}

/** The application cannot. What the person did remains, and now and then the password. */
function remove({ ids, random, sql }: Desk): string[] {
  const id = ids.own('users');
  if (id === undefined) return [];
  const rest = random.percent(50) ? sql.delete('users_secure', { id }) : [];
  return [...sql.delete('users', { id }), ...rest];
}

function personal(desk: Desk, name: string): Record<string, string | number | null> {
  const { random } = desk;
  return {
    fname: someText(random, FIRST_NAMES),
    lname: someText(random, LAST_NAMES),
    suffix: random.pick(['MD', '', null]),
    federaltaxid: random.pick(['12-3456789', '']),
    federaldrugid: random.pick(['AB1234563', '']),
    facility_id: someNumber(random, desk.facility()),
    npi: random.pick(NPIS),
    specialty: someText(random, SPECIALTIES),
    email: someMail(random, name),
    street: '1 Main Street',
    city: someText(random, ['Newbridge']),
    state: random.pick(['NY', '']),
    zip: '10901',
    phone: somePhone(random),
    phonew1: somePhone(random),
    taxonomy: random.pick(TAXONOMIES),
    physician_type: random.pick(['general_physician', null]),
  };
}
