/** What happened to a patient: appointments, encounters with vital signs, prescriptions, referrals. */
import type { AddRow, Counters } from './rows.ts';
import { isOrphanReferral, isPlanted } from './planted.ts';
import type { Random } from './random.ts';
import { clock, day, number, text, twoDigits } from './sql-values.ts';
import { DRUGS, FINDINGS, REASONS } from './vocabulary.ts';

const STATUSES = ['booked', 'arrived', 'done', 'no show', 'cancelled'];
/** As many digits as DECIMAL has. */
const BILLS = [
  'NULL',
  '0',
  '120.5',
  '-0.000000000000000000000000000001',
  '99999999999999999999999999999999999.999999999999999999999999999999',
];
const TEMPERATURES = ['36.6', '37.2', '38.55', '-0', '41.123457', 'NULL', '1.17549e-38'];
const DRIFTS = ['00:00:00.000', '-00:00:00.250', '-838:59:59', '838:59:59', '00:01:02.345'];
/** Ids of doctors who were deleted long ago, and of appointments that were purged. */
const GONE = 900_000;

export function addCare(add: AddRow, pid: number, random: Random, counters: Counters): void {
  for (let visit = random.between(1, 3); visit > 0; visit--) addVisit(add, pid, random, counters);
  if (isPlanted('enumError', pid)) addPrescription(add, pid, '', random, counters);
  else if (random.percent(70)) {
    addPrescription(add, pid, random.pick(['active', 'paused', 'ended']), random, counters);
  }
  if (isOrphanReferral(pid)) addReferral(add, pid, GONE + pid, random, counters);
  else if (random.percent(10)) addReferral(add, pid, random.between(1, counters.doctors), random, counters);
}

function addVisit(add: AddRow, pid: number, random: Random, counters: Counters): void {
  const id = ++counters.appointments;
  const doctor = random.percent(2) ? GONE + random.below(100) : random.between(1, counters.doctors);
  const on = day(random.below(7800));
  const start = random.between(420, 1080);
  const appointment = [
    pid,
    doctor,
    text(on),
    text(clock(start)),
    text(clock(start + random.pick([10, 15, 30]))),
    text(random.pick(STATUSES)),
    text(random.pick(REASONS)),
    text(random.pick(['R1', 'R2', 'É-3', ''])),
    number(random.percent(2) ? 2 : random.below(2)),
  ];
  add('appointments', `${id},${appointment.join(',')}`);
  if (random.percent(70)) addEncounter(add, { pid, doctor, on, appointment: id }, random, counters);
}

interface Visit {
  pid: number;
  doctor: number;
  on: string;
  appointment: number;
}

function addEncounter(add: AddRow, visit: Visit, random: Random, counters: Counters): void {
  const id = ++counters.encounters;
  const seen = `${visit.on} ${twoDigits(random.between(7, 18))}:${twoDigits(random.below(60))}`;
  const encounter = [
    visit.pid,
    random.percent(5) ? GONE * 1000 + random.below(1000) : visit.appointment,
    visit.doctor,
    text(`${seen}:${twoDigits(random.below(60))}.${String(random.below(1000)).padStart(3, '0')}`),
    text(random.percent(40) ? '0000-00-00 00:00:00' : `${visit.on} 00:00:00`),
    random.percent(30)
      ? 'NULL'
      : text(`${random.percent(20) ? '-' : ''}00:${twoDigits(random.below(60))}:00`),
    random.pick(BILLS),
    text(random.pick(FINDINGS)),
  ];
  add('encounters', `${id},${encounter.join(',')}`);
  if (!random.percent(80)) return;
  const vitals = [
    random.pick(TEMPERATURES),
    random.percent(10) ? 'NULL' : String(random.between(2000, 150_000) / 997),
    random.percent(10) ? 'NULL' : random.between(-1, 250),
    random.percent(10) ? 'NULL' : random.between(0, 255),
    random.percent(50) ? 'NULL' : random.below(1 << 24),
    text(random.pick(DRIFTS)),
    random.percent(20) ? '0000' : random.between(1990, 2024),
    random.percent(5) ? 'NULL' : text(`${seen}:00.${String(random.below(1_000_000)).padStart(6, '0')}`),
  ];
  add('vitals', `${id},${vitals.join(',')}`);
}

function addPrescription(add: AddRow, pid: number, status: string, random: Random, counters: Counters): void {
  const values = [
    pid,
    random.between(1, counters.doctors),
    text(random.pick(DRUGS)),
    (random.between(1, 100_000) / 10_000).toFixed(4),
    text(random.pick(['1-0-1', 'bei Bedarf', '毎日', null, 'once daily '])),
    text(status),
    random.percent(10) ? 'NULL' : text(random.percent(5) ? '0000-00-00' : day(random.below(7800))),
    random.between(-1, 12),
  ];
  add('prescriptions', `${++counters.prescriptions},${values.join(',')}`);
}

function addReferral(add: AddRow, pid: number, doctor: number, random: Random, counters: Counters): void {
  const question = text(random.pick(['MRI?', 'Zweitmeinung – bitte früh', 'as discussed 📞', null]));
  add('referrals', `${++counters.referrals},${pid},${doctor},${text(day(random.below(7800)))},${question}`);
}
