/** A patient, and what hangs on a patient alone. */
import type { Counters, AddRow } from './rows.ts';
import { isPlanted } from './planted.ts';
import type { Random } from './random.ts';
import { clock, day, number, text, twoDigits } from './sql-values.ts';
import { CITIES, encodedTwice, FIRST_NAMES, LAST_NAMES, NOTES } from './vocabulary.ts';

const WARNINGS = ['', '', '', 'allergy', 'implant,wheelchair', 'allergy,implant,interpreter,wheelchair'];
const PROVIDERS = ['Allgemeine Kasse', 'Mutua Niño', 'Blue Shield of Nowhere', 'Caisse générale '];
const PREFERENCES = [
  null,
  '{}',
  '{"newsletter": false, "channels": ["mail", "phone"]}',
  '{"font": 1.50, "name": "Zoë", "emoji": "🦷"}',
  '[1, 2.0, -3e2, null, true, "a\\"b"]',
  '"only a text"',
];
/** As large, as small and as exact as the type allows, and what a program with floats leaves. */
const COPAYS = ['0', '12.5', '-0.0000000001', '9999999999.9999999999', '0.1', 'NULL'];

export function addPatient(add: AddRow, pid: number, random: Random, counters: Counters): void {
  add('Patient_Data', patient(pid, random, counters));
  const doctor = random.between(1, counters.doctors);
  const since = random.percent(10)
    ? 'NULL'
    : text(random.percent(10) ? '0000-00-00' : day(random.below(7000)));
  add('patient_doctor', `${pid},${doctor},${since},${text(random.percent(80) ? 'treating' : 'Ärztin 2')}`);
  if (isPlanted('invalidDate', pid)) addInsurance(add, pid, '2019-02-30', random, counters);
  else if (random.percent(85)) {
    const from = random.percent(4) ? '2011-00-00' : day(random.below(7000));
    addInsurance(add, pid, from, random, counters);
  }
}

function patient(pid: number, random: Random, counters: Counters): string {
  const lastName = random.pick(LAST_NAMES);
  const firstName = random.pick(FIRST_NAMES);
  const registered = random.below(7000);
  const values = [
    `x'${random.hex(16)}'`,
    text(random.percent(2) ? encodedTwice(firstName) : firstName),
    text(random.percent(2) ? encodedTwice(lastName) : lastName + (random.percent(2) ? '  ' : '')),
    text(birthDate(random)),
    random.percent(5) ? 'NULL' : text(random.pick(['f', 'm', 'x'])),
    text(random.percent(20) ? '' : `+00 555 ${random.between(100_000, 999_999)}`),
    random.percent(30) ? 'NULL' : text(`p${pid}@example.org${random.percent(3) ? ' ' : ''}`),
    text(`${random.pick(['Hauptstraße', 'Rue de l’Église', 'Main Street'])} ${random.between(1, 200)}`),
    text(random.pick(CITIES)),
    text(`X${String(pid).padStart(9, '0')}`),
    number(random.percent(1) ? 2 : Number(random.percent(3))),
    (random.between(-99_999, 999_999) / 100).toFixed(2),
    text(random.pick(WARNINGS)),
    `b'${random.below(256).toString(2)}'`,
    text(random.pick(NOTES)),
    text(random.pick(PREFERENCES)),
    random.percent(10) ? 'NULL' : random.between(1, counters.doctors),
    random.percent(1)
      ? `'0000-00-00 00:00:00'`
      : text(`${day(registered)} ${clock(random.between(420, 1100))}`),
    text(`${day(registered + random.below(800))} 12:${twoDigits(random.below(60))}:07`),
  ];
  return `${pid},${values.join(',')}`;
}

/** Whole, only the year known, or not known at all. */
function birthDate(random: Random): string {
  const year = random.between(1921, 2023);
  if (random.percent(2)) return '0000-00-00';
  if (random.percent(2)) return `${year}-00-00`;
  if (random.percent(1)) return `${year}-${twoDigits(random.between(1, 12))}-00`;
  return `${year}-${twoDigits(random.between(1, 12))}-${twoDigits(random.between(1, 28))}`;
}

function addInsurance(add: AddRow, pid: number, from: string, random: Random, counters: Counters): void {
  const until = random.percent(60) ? '0000-00-00' : day(7000 + random.below(2000));
  const values = [
    pid,
    text(random.pick(PROVIDERS)),
    text(`${random.hex(4).toUpperCase()}-${pid}`),
    text(from),
    text(until),
    random.pick(COPAYS),
  ];
  add('insurance', `${++counters.insurance},${values.join(',')}`);
}
