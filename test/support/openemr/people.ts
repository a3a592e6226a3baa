/** A patient, and what hangs on a patient alone: history, employer, insurance, portal account. */
import { day, twoDigits } from '../../demo/clinic/sql-values.ts';
import { encodedTwice } from '../../demo/clinic/vocabulary.ts';
import type { Random } from '../../demo/clinic/random.ts';
import { dateTime, TODAY, workingTime } from './calendar-days.ts';
import type { AddRow, Counters, Site } from './counters.ts';
import { passwordHash, saltOf } from './password-hashes.ts';
import { CITIES, FIRST_NAMES, LAST_NAMES, OCCUPATIONS, STREETS } from './vocabulary.ts';
import { uuidOf } from './uuid-of.ts';

export interface Person {
  pid: number;
  fname: string;
  lname: string;
  /** Of `day()`. */
  registered: number;
}

const YES_NO = ['YES', 'NO', ''];

export function addPatient(add: AddRow, pid: number, site: Site, random: Random): Person {
  const fname = random.pick(FIRST_NAMES);
  const lname = random.pick(LAST_NAMES);
  const registered = 5200 + random.below(2700);
  const [city, state, postal_code] = random.pick(CITIES);
  const hasDied = random.percent(2);
  add('patient_data', {
    id: pid,
    uuid: random.percent(70) ? uuidOf('patient_data', pid) : null,
    title: random.pick(['Mr.', 'Ms.', '']),
    language: random.pick(['english', 'spanish', 'japanese', '']),
    fname: random.percent(1) ? encodedTwice(fname) : fname,
    lname: random.percent(2) ? lname.toUpperCase() : lname + (random.percent(1) ? ' ' : ''),
    mname: random.percent(20) ? 'Q.' : '',
    DOB: birthDate(random),
    street: `${random.between(1, 300)} ${random.pick(STREETS)}`,
    street_line_2: random.percent(10) ? `Apt. ${random.between(1, 40)}` : '',
    city,
    state,
    postal_code,
    country_code: random.pick(['US', 'USA', '']),
    ss: random.percent(60)
      ? `${random.between(100, 599)}-${random.between(10, 99)}-${random.between(1000, 9999)}`
      : '',
    occupation: random.pick(OCCUPATIONS),
    phone_home: phone(random, '(212) 555-01'),
    phone_cell: phone(random, '917-555-01'),
    phone_contact: phone(random, '646 555 01'),
    contact_relationship: random.percent(50) ? `${random.pick(FIRST_NAMES)} ${lname}` : '',
    status: random.pick(['married', 'single', 'widowed', '']),
    date: dateTime(registered, '09:12:00'),
    regdate: day(registered),
    sex: random.pick(['Female', 'Male', 'Male', 'Female', 'UNK', '']),
    providerID: random.percent(80) ? random.pick(site.doctors) : 0,
    ref_providerID: null,
    email: random.percent(60) ? `p${pid}@mail.example` : '',
    race: random.pick(['white', 'Asian', 'white|Asian', '']),
    ethnicity: random.pick(['hisp_or_latin', 'not_hisp_or_latin', '']),
    pubpid: random.percent(90) ? String(pid) : `OLD-${pid}`,
    pid,
    hipaa_mail: random.pick(YES_NO),
    hipaa_voice: random.pick(YES_NO),
    hipaa_allowsms: random.pick(YES_NO),
    hipaa_allowemail: random.pick(YES_NO),
    allow_patient_portal: random.pick(YES_NO),
    usertext1: random.percent(5) ? 'prefers mornings' : '',
    mothersname: random.percent(10) ? `${random.pick(FIRST_NAMES)} ${lname}` : '',
    guardiansname: random.percent(8) ? `${random.pick(FIRST_NAMES)} ${lname}` : null,
    guardianrelationship: null,
    deceased_date: hasDied ? dateTime(registered + 100, '00:00:00') : null,
    deceased_reason: '',
    dupscore: -9,
    last_updated: dateTime(Math.min(TODAY, registered + random.below(2000)), workingTime(random)),
  });
  return { pid, fname, lname, registered };
}

export function addBelongings(
  add: AddRow,
  person: Person,
  site: Site,
  random: Random,
  counters: Counters,
): void {
  const { pid, registered } = person;
  for (let save = random.below(3); save > 0; save--) {
    add('history_data', {
      id: counters.next('history_data'),
      coffee: '2 cups|currentcoffee||',
      tobacco: random.pick(['|never_tobacco||4', '10 a day|current_tobacco||1', '']),
      alcohol: random.pick(['beer|currentalcohol||', '|neveralcohol||', '']),
      exercise_patterns: '||| ',
      relatives_cancer: random.percent(10) ? 'Tante väterlicherseits' : '',
      date: dateTime(registered, '09:30:00'),
      pid,
      exams: 'brs:1:|cec:2:see note|',
    });
  }
  if (random.percent(30)) {
    add('employer_data', {
      id: counters.next('employer_data'),
      name: `${random.pick(LAST_NAMES)} & Co.`,
      street: `${random.between(1, 90)} ${random.pick(STREETS)}`,
      postal_code: '10901',
      city: 'Newbridge',
      state: 'NY',
      country: 'USA',
      date: dateTime(registered, '09:12:00'),
      pid,
    });
  }
  if (random.percent(85)) addInsurance(add, person, 'primary', site, random, counters);
  if (random.percent(15)) addInsurance(add, person, 'secondary', site, random, counters);
  if (random.percent(30)) addAccount(add, person, random, counters);
}

function addInsurance(
  add: AddRow,
  { pid, fname, lname, registered }: Person,
  type: string,
  site: Site,
  random: Random,
  counters: Counters,
): void {
  add('insurance_data', {
    id: counters.next('insurance_data'),
    type,
    provider: String(random.pick(site.insurers)),
    plan_name: random.pick(['Gold', 'Basic', '']),
    policy_number: random.hex(5).toUpperCase(),
    group_number: random.percent(50) ? String(random.between(1000, 9999)) : '',
    subscriber_lname: lname,
    subscriber_mname: '',
    subscriber_fname: fname,
    subscriber_relationship: random.pick(['self', 'spouse', 'child']),
    subscriber_ss: '',
    subscriber_DOB: birthDate(random),
    subscriber_city: 'Newbridge',
    copay: random.pick(['20.00', '15', '']),
    date: day(registered),
    date_end: random.percent(10) ? day(registered + 400) : null,
    pid,
    subscriber_sex: random.pick(['Female', 'Male']),
    accept_assignment: random.pick(['TRUE', 'FALSE']),
    policy_type: '',
  });
}

function addAccount(add: AddRow, { pid, registered }: Person, random: Random, counters: Counters): void {
  const hash = passwordHash(random);
  add('patient_access_onsite', {
    id: counters.next('patient_access_onsite'),
    pid,
    portal_username: `Portal${pid}`,
    portal_pwd: hash,
    portal_pwd_status: Number(random.percent(80)),
    portal_login_username: random.percent(70) ? `p${pid}@mail.example` : `Portal${pid}`,
    portal_onetime: null,
    portal_salt: saltOf(hash),
    date_created: dateTime(registered, '10:00:00'),
  });
}

/** A few are not known, or only in part. */
function birthDate(random: Random): string | null {
  if (random.percent(1)) return null;
  if (random.percent(2)) return '0000-00-00';
  const year = random.between(1926, 2024);
  if (random.percent(1)) return `${year}-00-00`;
  return `${year}-${twoDigits(random.between(1, 12))}-${twoDigits(random.between(1, 28))}`;
}

function phone(random: Random, beginning: string): string {
  if (random.percent(40)) return '';
  return random.percent(2) ? 'none' : beginning + twoDigits(random.below(100));
}
