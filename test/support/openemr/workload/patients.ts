/** Patients as they are registered and as their demographics change. */
import { day } from '../../../demo/clinic/sql-values.ts';
import type { Random } from '../../../demo/clinic/random.ts';
import { addBelongings, addPatient } from '../people.ts';
import type { SourceRow } from '../source-row.ts';
import { CITIES, FIRST_NAMES, LAST_NAMES, STREETS } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someDateTime, someMail, someNumber, somePhone, someText } from './dirt.ts';

const YES_NO = ['YES', 'NO', '', 'yes'];
const SSNS = ['123-45-6789', '000-00-0000', '999999999', '078051120', 'unknown', ''];

export const patientActs: Shares = [
  [10, register],
  [24, changeDemographics],
  [4, blankDemographics],
  [3, changeDoctor],
  [2, decease],
  [1, renumber],
];

/** With history, employer, insurance and account, in one transaction. */
function register(desk: Desk): string[] {
  const { ids, random, site } = desk;
  const pid = ids.next('patient_data');
  return desk.rows((add, counters) => {
    const dirt = random.percent(25) ? demographics(desk, pid) : {};
    const addDirty: typeof add = (table, row) => add(table, { ...row, ...onlyKnown(row, dirt) });
    const person = addPatient(addDirty, pid, site, random);
    addBelongings(add, person, site, random, counters);
  });
}

function changeDemographics(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const pid = ids.known('patient_data');
  const all = Object.entries(demographics(desk, pid));
  const chosen = Object.fromEntries(all.filter(() => random.percent(25)));
  return sql.update('patient_data', { pid }, { date: desk.now(), ...chosen });
}

function blankDemographics({ ids, random, sql }: Desk): string[] {
  const columns = ['fname', 'phone_home', 'phone_contact', 'email', 'mothersname', 'city', 'race', 'ss'];
  const blank = { [random.pick(columns)]: '', [random.pick(columns)]: '', guardiansname: null };
  return sql.update('patient_data', { pid: ids.known('patient_data') }, blank);
}

function changeDoctor(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = random.percent(70)
    ? { providerID: desk.doctor() }
    : { ref_providerID: random.percent(20) ? null : desk.doctor(), providerID: someNumber(random, 10) };
  return sql.update('patient_data', { pid: ids.known('patient_data') }, changes);
}

/** Or not, after all. */
function decease(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const deceased_date = random.percent(30) ? null : someDateTime(random, desk.today - 1, '00:00:00');
  const deceased_reason = deceased_date === null ? '' : 'Alter';
  return sql.update(
    'patient_data',
    { pid: ids.known('patient_data') },
    { deceased_date, deceased_reason, allow_patient_portal: 'NO' },
  );
}

/** By somebody with an SQL client: everything else of the patient stays behind. */
function renumber({ ids, sql }: Desk): string[] {
  const pid = ids.own('patient_data');
  if (pid === undefined) return [];
  return sql.update('patient_data', { pid }, { pid: ids.next('patient_data') });
}

function demographics(desk: Desk, pid: number): SourceRow {
  const { random } = desk;
  const [city, state, postal_code] = random.pick(CITIES);
  return {
    ...identity(desk, pid),
    street: `${random.between(1, 300)} ${someText(random, STREETS)}`,
    city: someText(random, [city]),
    state: random.pick([state, 'New York', 'zz', '']),
    postal_code,
    country_code: random.pick(['US', 'USA', 'Deutschland', '']),
    email: someMail(random, `p${pid}`),
    phone_home: somePhone(random),
    phone_cell: somePhone(random),
    phone_contact: somePhone(random),
    contact_relationship: someText(random, FIRST_NAMES),
    status: random.pick(['married', 'Married', 'single', 'entangled', '']),
    language: random.pick(['english', 'German', 'klingon', '']),
    race: random.pick(['white', 'white|Asian', 'Asian|', 'unheard_of', '']),
    ethnicity: random.pick(['hisp_or_latin', 'not_hisp_or_latin', '']),
    providerID: someNumber(random, desk.doctor()),
    hipaa_mail: random.pick(YES_NO),
    hipaa_allowsms: random.pick(YES_NO),
    hipaa_allowemail: random.pick(YES_NO),
    allow_patient_portal: random.pick(YES_NO),
    guardiansname: someText(random, LAST_NAMES),
    mothersname: someText(random, FIRST_NAMES),
    usertext1: someText(random, ['prefers mornings', '']),
    dupscore: random.pick([-9, -1, 12]),
    ...rarelyFilled(random),
  };
}

function identity({ random, today }: Desk, pid: number): SourceRow {
  return {
    fname: someText(random, FIRST_NAMES),
    lname: someText(random, LAST_NAMES),
    DOB: someDate(random, today - random.between(0, 35_000)),
    sex: random.pick(['Female', 'Male', 'F', 'male', 'UNK', 'X', '']),
    ss: random.pick(SSNS),
    pubpid: random.pick([String(pid), `A${random.below(50)}`, `a${random.below(50)}`, '']),
    regdate: random.percent(90) ? day(today) : '0000-00-00',
  };
}

/** Columns that the generator leaves to their defaults. */
function rarelyFilled(random: Random): SourceRow {
  return {
    suffix: random.pick(['Jr.', null]),
    preferred_name: someText(random, FIRST_NAMES),
    interpreter: random.pick(['Spanish', '']),
    interpreter_needed: random.pick(['yes', 'no', null]),
    family_size: String(someNumber(random, random.between(1, 6))),
    monthly_income: random.pick(['1,200', '$900', '']),
    homeless: random.pick(['YES', 'NO', '']),
    religion: random.pick(['catholicism', 'Catholicism', 'jedi', '']),
    gender_identity: random.pick(['446151000124109', null]),
    guardianphone: somePhone(random),
    guardianemail: someMail(random, 'guardian'),
    county: random.pick(['Rockland', '']),
  };
}

/** The rows of one table must have the same columns. */
function onlyKnown(row: SourceRow, changes: SourceRow): SourceRow {
  return Object.fromEntries(Object.entries(changes).filter(([column]) => column in row));
}
