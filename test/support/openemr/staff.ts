/** Who works at the site, who is only in the address book, and the hours of those with a calendar. */
import type { Random } from '../../demo/clinic/random.ts';
import type { AddRow, Counters } from './counters.ts';
import { passwordHash, saltOf } from './password-hashes.ts';
import { addWorkingHours } from './working-hours.ts';
import { FIRST_NAMES, LAST_NAMES } from './vocabulary.ts';

const PATIENTS_PER_DOCTOR = 400;
const MIN_DOCTORS = 6;
const FIRST_DOCTOR = 10;
const SPECIALTIES = ['Family Medicine', 'cardiology ', 'Cardiology;EP', 'Pädiatrie', ''];

/** Adds the staff for so many patients; returns the ids of those with a calendar. */
export function addStaff(
  add: AddRow,
  counters: Counters,
  facilities: readonly number[],
  patients: number,
  random: Random,
): number[] {
  addUser(add, random, 1, { username: 'admin', authorized: 0, calendar: 0, abook_type: '' }, facilities);
  addSystemUser(add, random, 2, 'phimail-service', facilities);
  addSystemUser(add, random, 3, 'portal-user', facilities);
  const doctors = Math.max(MIN_DOCTORS, Math.ceil(patients / PATIENTS_PER_DOCTOR));
  const ids = Array.from({ length: doctors }, (_, index) => FIRST_DOCTOR + index);
  for (const id of ids) {
    addUser(
      add,
      random,
      id,
      { username: `doctor${id}`, authorized: 1, calendar: 1, abook_type: '' },
      facilities,
    );
    addWorkingHours(add, counters, id, random.pick(facilities), random);
    if (random.percent(60)) addSpecialtyCode(add, counters, id, random.pick(facilities));
  }
  const first = FIRST_DOCTOR + doctors;
  for (let id = first; id < first + Math.ceil(doctors / 2); id++) {
    const isContact = random.percent(40);
    const username = isContact ? '' : `desk${id}`;
    const abook_type = isContact ? random.pick(['spe', 'ord_lab', 'vendor']) : '';
    addUser(add, random, id, { username, authorized: 0, calendar: 0, abook_type }, facilities);
  }
  return ids;
}

interface Role {
  username: string;
  authorized: number;
  calendar: number;
  abook_type: string;
  password?: string;
}

function addUser(add: AddRow, random: Random, id: number, role: Role, facilities: readonly number[]): void {
  const { username, authorized, calendar, abook_type, password = '' } = role;
  add('users', {
    id,
    username,
    password,
    authorized,
    info: '',
    fname: random.pick(FIRST_NAMES),
    mname: '',
    lname: random.pick(LAST_NAMES),
    suffix: authorized ? 'MD' : '',
    federaltaxid: '',
    federaldrugid: '',
    facility_id: random.pick(facilities),
    active: 1,
    npi: '',
    title: '',
    specialty: authorized ? random.pick(SPECIALTIES) : 'Front desk',
    email: username && `${username}@clinic.example`,
    organization: abook_type && 'Newbridge Associates',
    street: '1 Main Street',
    city: 'Newbridge',
    state: 'NY',
    zip: '10901',
    phone: '',
    phonew1: '(212) 555-0100',
    phonecell: '',
    taxonomy: '207Q00000X',
    calendar,
    abook_type,
    supervisor_id: 0,
    date_created: '2018-03-01 09:00:00',
    last_updated: '2025-11-03 10:00:00',
  });
  if (username === '' || password === 'NoLogin') return;
  const hash = passwordHash(random);
  add('users_secure', {
    id,
    username,
    password: hash,
    salt: saltOf(hash),
    last_update_password: '2025-06-01 08:00:00',
    last_update: '2025-06-01 08:00:00',
    login_fail_counter: 0,
  });
  add('groups', { id, name: 'Default', user: username });
}

/** An account that a program of the site uses. */
function addSystemUser(
  add: AddRow,
  random: Random,
  id: number,
  username: string,
  facilities: readonly number[],
): void {
  const role = { username, authorized: 0, calendar: 0, abook_type: '', password: 'NoLogin' };
  addUser(add, random, id, role, facilities);
}

function addSpecialtyCode(add: AddRow, counters: Counters, uid: number, facility_id: number): void {
  add('facility_user_ids', {
    id: counters.next('facility_user_ids'),
    uid,
    facility_id,
    field_id: 'specialty_code',
    field_value: uid % 2 === 0 ? '207Q00000X' : '207RC0000X',
    date_created: '2019-03-01 09:00:00',
    last_updated: '2019-03-01 09:00:00',
  });
  add('users_facility', { tablename: 'users', table_id: uid, facility_id, warehouse_id: '' });
}
