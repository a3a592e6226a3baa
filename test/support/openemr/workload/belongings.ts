/** What hangs on a patient alone: history, employer, earlier names, insurance. */
import { day } from '../../../demo/clinic/sql-values.ts';
import { FIRST_NAMES, LAST_NAMES, STREETS } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someNumber, somePhone, someReference, someText } from './dirt.ts';

const TOBACCO = [
  '|never_tobacco||4',
  '20 a day|current_tobacco|0000-00-00|1',
  '|quit_tobacco|2024-05-06|3',
  '|||',
  'x',
];
const ALCOHOL = ['beer|currentalcohol||', '|neveralcohol||', 'wine<br>beer|quitalcohol|2020-00-00', ''];
const EXAMS = ['brs:1:|cec:2:see note|', 'brs:0:', ':::|', ''];
const TYPES = ['primary', 'primary', 'secondary', 'tertiary', ''];
const RELATIONSHIPS = ['self', 'spouse', 'child', 'ward', ''];

export const belongingActs: Shares = [
  [8, saveHistory],
  [2, correctHistory],
  [1, removeHistory],
  [4, saveEmployer],
  [2, correctEmployer],
  [1, removeEmployer],
  [2, keepEarlierName],
  [6, insure],
  [7, changeInsurance],
  [3, removeInsurance],
];

/** Every save is a row of its own; the newest counts. */
function saveHistory(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  return sql.insert('history_data', {
    id: ids.next('history_data'),
    coffee: someText(random, ['2 cups|currentcoffee||']),
    tobacco: random.pick(TOBACCO),
    alcohol: random.pick(ALCOHOL),
    exercise_patterns: '||| ',
    relatives_cancer: someText(random, ['Tante väterlicherseits', '']),
    date: desk.now(),
    pid: desk.patient(),
    exams: random.pick(EXAMS),
  });
}

/** Not of the application's making. Once in a while the newest becomes another patient's, so that an older one counts again. */
function correctHistory(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = random.percent(40)
    ? { pid: desk.patient() }
    : { tobacco: random.pick(TOBACCO), alcohol: random.pick(ALCOHOL) };
  return sql.update('history_data', { id: ids.known('history_data') }, changes);
}

function removeHistory({ ids, sql }: Desk): string[] {
  return sql.delete('history_data', { id: ids.spare('history_data') });
}

function saveEmployer(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  return sql.insert('employer_data', {
    id: ids.next('employer_data'),
    name: someText(random, LAST_NAMES),
    street: someText(random, STREETS),
    city: 'Newbridge',
    state: random.pick(['NY', 'zz', '']),
    country: random.pick(['USA', '', null]),
    date: random.percent(90) ? desk.now() : null,
    pid: desk.patient(),
    occupation: random.pick(['Baker', null]),
  });
}

function correctEmployer(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = random.percent(40)
    ? { pid: desk.patient() }
    : { name: someText(random, LAST_NAMES), date: random.pick([desk.now(), '0000-00-00 00:00:00', null]) };
  return sql.update('employer_data', { id: ids.known('employer_data') }, changes);
}

function removeEmployer({ ids, sql }: Desk): string[] {
  return sql.delete('employer_data', { id: ids.spare('employer_data') });
}

function keepEarlierName(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  if (random.percent(20)) return sql.delete('patient_history', { id: ids.spare('patient_history') });
  const names = {
    previous_name_first: someText(random, FIRST_NAMES),
    previous_name_last: someText(random, LAST_NAMES),
    previous_name_enddate: someDate(random, desk.today - 900),
  };
  if (random.percent(30)) {
    const changes = { ...names, pid: desk.patient() };
    return sql.update('patient_history', { id: ids.known('patient_history') }, changes);
  }
  const row = { id: ids.next('patient_history'), date: desk.now(), pid: desk.patient(), ...names };
  return sql.insert('patient_history', { ...row, history_type_key: 'name_history' });
}

/** The old one ends on the day before, or is forgotten. */
function insure(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const pid = desk.patient();
  const type = random.pick(TYPES);
  const ended = random.percent(50)
    ? sql.update('insurance_data', { pid, type, date_end: null }, { date_end: day(desk.today - 1) })
    : [];
  const insured = sql.insertUnlessTaken('insurance_data', {
    id: ids.next('insurance_data'),
    type,
    provider: payer(desk),
    plan_name: someText(random, ['Gold', 'Basic']),
    policy_number: random.hex(5).toUpperCase(),
    group_number: random.pick(['4711', '']),
    subscriber_lname: someText(random, LAST_NAMES),
    subscriber_fname: someText(random, FIRST_NAMES),
    subscriber_relationship: random.pick(RELATIONSHIPS),
    subscriber_DOB: someDate(random, desk.today - random.between(7000, 30_000)),
    subscriber_phone: somePhone(random),
    copay: random.pick(['20.00', '$15', '']),
    date: someDate(random, desk.today),
    pid,
    subscriber_sex: random.pick(['Female', 'M', '']),
    policy_type: '',
  });
  return [...ended, ...insured];
}

function changeInsurance(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = random.pick([
    { provider: payer(desk) },
    { pid: desk.patient() },
    { type: random.pick(TYPES) },
    { date: someDate(random, desk.today - random.below(400)) },
    { date_end: random.percent(40) ? null : someDate(random, desk.today + random.below(90)) },
    { copay: String(someNumber(random, 25)), subscriber_relationship: random.pick(RELATIONSHIPS) },
  ]);
  return sql.updateUnlessTaken('insurance_data', { id: ids.known('insurance_data') }, changes);
}

function removeInsurance({ ids, sql }: Desk): string[] {
  return sql.delete('insurance_data', { id: ids.spare('insurance_data') });
}

/** `insurance_companies.id` as a text, and whatever else was put there. */
function payer({ ids, random, site }: Desk): string {
  if (random.percent(6)) return random.pick(['', '0', 'Blue Shield', '1abc', ' 1']);
  const id = random.percent(70) ? random.pick(site.insurers) : ids.known('insurance_companies');
  return String(someReference(random, id));
}
