/** Single appointments: booked, moved, changed, cancelled, struck out, with one provider or with several. */
import { day } from '../../../demo/clinic/sql-values.ts';
import { workingTime } from '../calendar-days.ts';
import { eventRow } from '../event-row.ts';
import type { SourceRow } from '../source-row.ts';
import { ABSENT } from '../traps/trap.ts';
import { REASONS } from '../vocabulary.ts';
import type { Appointment, Desk, Shares } from './desk.ts';
import { someDate, someNumber, someText } from './dirt.ts';

export const EVENTS = 'openemr_postcalendar_events';

const STATUSES = [
  '-',
  '*',
  '+',
  '^',
  'x',
  '%',
  '?',
  '@',
  '~',
  '<',
  '>',
  '!',
  '$',
  '#',
  'SMS',
  'CALL',
  'site1',
  '',
];
const VISITS = [5, 9, 9, 10, 12, 13, 14];
/** Times that a clock on the wall does not show, and such as it shows twice or never: the last two on the days of the change. */
const ODD_TIMES = [
  { pc_startTime: '23:30:00', pc_endTime: '24:30:00' },
  { pc_startTime: '24:00:00', pc_endTime: '25:15:00' },
  { pc_startTime: '00:00:00', pc_endTime: '00:00:00' },
  { pc_startTime: null, pc_endTime: null },
  { pc_startTime: '', pc_endTime: '' },
  { pc_eventDate: '2026-03-08', pc_startTime: '02:30:00', pc_endTime: '02:45:00' },
  { pc_eventDate: '2026-11-01', pc_startTime: '01:30:00', pc_endTime: '01:45:00' },
];

export const calendarActs: Shares = [
  [14, book],
  [3, bookTogether],
  [10, move],
  [10, changeStatus],
  [7, changeAppointment],
  [3, changeTogether],
  [2, closeRoom],
  [6, strikeOut],
];

/** Of one appointment as it is booked: the values of its row but for what `changes` says. */
export function bookedRow(desk: Desk, appointment: Appointment, changes: SourceRow = {}): SourceRow {
  const { random } = desk;
  return eventRow({
    pc_eid: appointment.eid,
    pc_catid: category(desk, VISITS),
    pc_pid: String(appointment.pid),
    pc_aid: String(appointment.doctor),
    pc_title: someText(random, ['Office Visit']),
    pc_time: desk.now(),
    pc_hometext: someText(random, REASONS),
    pc_eventDate: someDate(random, appointment.on),
    pc_endDate: random.pick([null, '0000-00-00', day(appointment.on)]),
    pc_startTime: appointment.time,
    pc_duration: random.pick([900, 900, 1800, 3600, 0, -900]),
    pc_apptstatus: random.pick(['-', '-', '*', '^']),
    pc_facility: appointment.facility,
    pc_billing_location: appointment.facility === ABSENT ? 0 : appointment.facility,
    ...changes,
  });
}

export function newAppointment(desk: Desk): Appointment {
  return {
    eid: desk.ids.next(EVENTS),
    pid: desk.patient(),
    on: desk.today + desk.random.between(-3, 180),
    time: workingTime(desk.random),
    doctor: desk.doctor(),
    facility: desk.facility(),
  };
}

/** One of the site's own, or of none, now and then. */
export function category({ ids, random }: Desk, usual: readonly number[]): number {
  if (random.percent(5)) return ids.known('openemr_postcalendar_categories');
  return random.percent(1) ? 777 : random.pick(usual);
}

function book(desk: Desk): string[] {
  return Array.from({ length: desk.random.between(1, 3) }).flatMap(() => {
    const appointment = newAppointment(desk);
    desk.appointments.add(appointment);
    return desk.sql.insert(EVENTS, bookedRow(desk, appointment));
  });
}

/** One row for each provider. */
function bookTogether(desk: Desk): string[] {
  const pc_multiple = desk.ids.next('pc_multiple');
  const first = newAppointment(desk);
  return Array.from({ length: desk.random.between(2, 3) }).flatMap((_, index) => {
    const appointment = { ...first, ...(index > 0 && { eid: desk.ids.next(EVENTS), doctor: desk.doctor() }) };
    return desk.sql.insert(EVENTS, bookedRow(desk, appointment, { pc_multiple }));
  });
}

function move(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const start = workingTime(random);
  const changes = random.percent(10)
    ? random.pick(ODD_TIMES)
    : {
        pc_eventDate: someDate(random, desk.today + random.between(-30, 200)),
        pc_startTime: start,
        pc_endTime: start,
        pc_duration: random.pick([0, 900, 1800, 86_400]),
      };
  return sql.update(EVENTS, { pc_eid: ids.known(EVENTS) }, { ...changes, pc_time: desk.now() });
}

function changeStatus({ ids, random, sql }: Desk): string[] {
  return sql.update(EVENTS, { pc_eid: ids.known(EVENTS) }, { pc_apptstatus: random.pick(STATUSES) });
}

/** To whom it belongs, with whom it is, what it is for, where. */
function changeAppointment(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const pid = String(desk.patient());
  const doctor = String(desk.doctor());
  const changes = random.pick<SourceRow>([
    { pc_pid: random.percent(80) ? pid : random.pick(['', 'abc', `${pid}x`, ` ${pid}`, null]) },
    { pc_aid: random.percent(80) ? doctor : random.pick(['', '0', `${doctor},11`, null]) },
    { pc_catid: category(desk, VISITS), pc_title: someText(random, ['Office Visit', 'New Patient']) },
    { pc_catid: random.between(1, 15) },
    { pc_facility: someNumber(random, desk.facility()), pc_room: random.pick(['R1', 'É-3', '']) },
    { pc_hometext: someText(random, REASONS), pc_informant: random.pick(['1', doctor, '', 'admin']) },
    { pc_catid: 15, pc_gid: random.between(1, 3), pc_pid: '' },
    { pc_website: 'https://video.example/1', pc_eventstatus: 1, pc_sharing: random.below(2) },
  ]);
  return sql.update(EVENTS, { pc_eid: ids.known(EVENTS) }, changes);
}

/** All rows of an appointment with several providers, or one of them that leaves the others. */
function changeTogether(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const pc_multiple = ids.own('pc_multiple');
  if (pc_multiple === undefined) return [];
  return random.pick([
    () => sql.update(EVENTS, { pc_multiple }, { pc_eventDate: day(desk.today + random.below(60)) }),
    () => sql.update(EVENTS, { pc_multiple }, { pc_pid: String(desk.patient()) }),
    () => sql.update(EVENTS, { pc_eid: ids.known(EVENTS) }, { pc_multiple }),
    () => sql.update(EVENTS, { pc_multiple, pc_aid: String(desk.doctor()) }, { pc_multiple: 0 }),
    () => sql.delete(EVENTS, { pc_multiple }),
  ])();
}

/** All appointments of a day, by one statement. */
function closeRoom(desk: Desk): string[] {
  const pc_eventDate = day(desk.today + desk.random.between(-200, 200));
  return desk.sql.update(EVENTS, { pc_eventDate }, { pc_room: desk.random.pick(['R2', 'closed', '']) });
}

function strikeOut({ ids, sql }: Desk): string[] {
  return sql.delete(EVENTS, { pc_eid: ids.spare(EVENTS) });
}
