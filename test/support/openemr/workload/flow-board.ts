/** The way of patients through the practice on the day of their appointment. */
import { day } from '../../../demo/clinic/sql-values.ts';
import { EVENTS } from './calendar.ts';
import type { Appointment, Desk, Shares } from './desk.ts';
import { someNumber, someReference } from './dirt.ts';
import { Recent } from './recent.ts';

interface Tracked {
  id: number;
  eid: number;
  steps: number;
}

const STEPS = ['@', '~', '<', '>', '!', '?', 'x', '-', 'site1', ''];

export function flowBoardActs(): Shares {
  const board = new Recent<Tracked>();
  return [
    [6, (desk) => checkIn(desk, board)],
    [9, (desk) => goOn(desk, board)],
    [2, (desk) => takeBack(desk, board)],
    [2, correctStep],
    [3, connect],
    [1, remove],
  ];
}

function checkIn(desk: Desk, board: Recent<Tracked>): string[] {
  const { ids, random, sql } = desk;
  const { eid, pid, on, time } = someAppointment(desk);
  const tracked = { id: ids.next('patient_tracker'), eid, steps: 1 };
  board.add(tracked);
  return [
    ...sql.insert('patient_tracker', {
      id: tracked.id,
      date: desk.now(),
      apptdate: random.percent(95) ? day(on) : '0000-00-00',
      appttime: time,
      eid,
      pid,
      original_user: 'admin',
      encounter: 0,
      lastseq: '1',
      drug_screen_completed: 0,
    }),
    ...addStep(desk, tracked, '@'),
    ...sql.update(EVENTS, { pc_eid: eid }, { pc_apptstatus: '@' }),
  ];
}

function goOn(desk: Desk, board: Recent<Tracked>): string[] {
  const tracked = board.pick(desk.random);
  if (!tracked) return [];
  const { sql } = desk;
  const status = desk.random.pick(STEPS);
  tracked.steps++;
  return [
    ...sql.update('patient_tracker', { id: tracked.id }, { lastseq: String(tracked.steps) }),
    ...addStep(desk, tracked, status),
    ...sql.update(EVENTS, { pc_eid: tracked.eid }, { pc_apptstatus: status }),
  ];
}

/** What was clicked by mistake. */
function takeBack(desk: Desk, board: Recent<Tracked>): string[] {
  const tracked = board.pick(desk.random);
  if (!tracked) return [];
  const seq = String(tracked.steps);
  tracked.steps = Math.max(0, tracked.steps - 1);
  return [
    ...desk.sql.delete('patient_tracker_element', { pt_tracker_id: tracked.id, seq }),
    ...desk.sql.update('patient_tracker', { id: tracked.id }, { lastseq: String(tracked.steps) }),
  ];
}

function correctStep(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const key = { pt_tracker_id: ids.known('patient_tracker'), seq: String(random.between(1, 4)) };
  return sql.update(
    'patient_tracker_element',
    key,
    random.pick([
      { status: random.pick(STEPS), room: 'R1' },
      { start_datetime: random.pick([desk.now(), '0000-00-00 00:00:00', null]) },
      { pt_tracker_id: ids.known('patient_tracker') },
      { seq: String(someNumber(random, 7)) },
    ]),
  );
}

/** With a visit, with another appointment, or with another day. */
function connect(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { eid, on } = someAppointment(desk);
  const changes = random.pick([
    { encounter: someReference(random, desk.visit().encounter) },
    { eid, apptdate: day(on) },
    { pid: desk.patient() },
    { apptdate: day(desk.today - random.below(30)) },
  ]);
  return sql.update('patient_tracker', { id: ids.known('patient_tracker') }, changes);
}

/** The steps go too, as a rule. */
function remove({ ids, random, sql }: Desk): string[] {
  const id = ids.spare('patient_tracker');
  const steps = random.percent(80) ? sql.delete('patient_tracker_element', { pt_tracker_id: id }) : [];
  return [...steps, ...sql.delete('patient_tracker', { id })];
}

function addStep(desk: Desk, { id, steps }: Tracked, status: string): string[] {
  return desk.sql.insert('patient_tracker_element', {
    pt_tracker_id: id,
    start_datetime: desk.now(),
    room: desk.random.pick(['', 'R1']),
    status,
    seq: String(steps),
    user: 'admin',
  });
}

/** Of an old one neither the patient nor the day is known here: the row is then as wrong as some are. */
function someAppointment(desk: Desk): Appointment {
  const recent = desk.random.percent(85) ? desk.appointments.pick(desk.random) : undefined;
  const on = desk.today - desk.random.below(90);
  const doctor = desk.doctor();
  return (
    recent ?? { eid: desk.ids.known(EVENTS), pid: desk.patient(), on, time: '09:00:00', doctor, facility: 4 }
  );
}
