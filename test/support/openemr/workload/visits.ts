/** Encounters, and the registry of the forms that were filled in at them. */
import { workingTime } from '../calendar-days.ts';
import type { SourceRow } from '../source-row.ts';
import { addVisit } from '../visits.ts';
import { REASONS } from '../vocabulary.ts';
import { category } from './calendar.ts';
import type { Desk, Shares, Visit } from './desk.ts';
import { someDateTime, someNumber, someReference, someText } from './dirt.ts';

/** Names of forms, and with them of the tables that their ids are of. */
const DIRECTORIES = ['vitals', 'soap', 'dictation', 'ros', 'LBFsite', 'newpatient', 'unheard_of', ''];

export const visitActs: Shares = [
  [10, begin],
  [9, changeVisit],
  [3, giveToOther],
  [2, renumber],
  [2, deleteVisit],
  [1, purgeVisit],
  [4, markForm],
  [3, changeForm],
  [1, purgeForm],
  [4, sign],
];

/** With the forms of the visit, and what connects it to the appointment. An earlier visit is over by then. */
function begin(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const appointment = random.percent(70) ? desk.appointments.pick(random) : undefined;
  const pid = appointment?.pid ?? desk.patient();
  const booking = {
    eid: appointment?.eid ?? 0,
    on: desk.today,
    time: workingTime(random),
    doctor: desk.doctor(),
    facility: desk.facility(),
    seen: true,
  };
  const visit: Visit = { id: 0, encounter: 0, pid, on: desk.today };
  const statements = desk.rows((add, counters) => {
    const dirt = random.percent(20) ? visitValues(desk) : {};
    visit.encounter = addVisit(
      (table, row) => {
        if (table === 'form_encounter') visit.id = Number(row['id']);
        add(table, table === 'form_encounter' ? { ...row, ...dirt } : row);
      },
      booking,
      pid,
      desk.site,
      random,
      counters,
    );
  });
  desk.visits.add(visit);
  const tracked = { eid: booking.eid };
  const isTracked = appointment !== undefined && random.percent(50);
  const earlier = { id: ids.known('form_encounter') };
  return [
    ...statements,
    ...(isTracked ? sql.update('patient_tracker', tracked, { encounter: visit.encounter }) : []),
    ...sql.update('form_encounter', earlier, { date_end: desk.now() }),
  ];
}

function changeVisit(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const all = Object.entries(visitValues(desk));
  const changes: SourceRow = Object.fromEntries(all.filter(() => random.percent(35)));
  return sql.update('form_encounter', { id: ids.known('form_encounter') }, changes);
}

/** All of the columns that the generator writes, too. */
function visitValues(desk: Desk): SourceRow {
  const { random } = desk;
  const at = workingTime(random);
  return {
    date: someDateTime(random, desk.today - random.below(30), at),
    reason: someText(random, REASONS),
    facility: someText(random, ['Newbridge Family Practice']),
    facility_id: someNumber(random, desk.facility()),
    onset_date: someDateTime(random, desk.today - random.below(60), '00:00:00'),
    sensitivity: random.pick(['normal', 'high', '', null]),
    pc_catid: category(desk, [5, 9, 10, 12]),
    provider_id: desk.doctor(),
    supervisor_id: someNumber(random, desk.doctor()),
    class_code: random.pick(['AMB', 'VR', 'unheard_of', '']),
    date_end: random.percent(50) ? null : someDateTime(random, desk.today, at),
  };
}

/** With its forms, or without: then they are another patient's. */
function giveToOther(desk: Desk): string[] {
  const { random, sql } = desk;
  const { id, encounter } = desk.visit();
  const pid = desk.patient();
  const forms = random.percent(60) ? sql.update('forms', { encounter }, { pid }) : [];
  return [...sql.update('form_encounter', { id }, { pid }), ...forms];
}

/** To a number that another visit has, or to none. What belonged to it belongs to nothing. */
function renumber(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const other = random.pick([ids.next('encounter'), ids.known('encounter'), 0, null]);
  return sql.update('form_encounter', { id: ids.known('form_encounter') }, { encounter: other });
}

function deleteVisit(desk: Desk): string[] {
  const { pid, encounter } = desk.visit();
  return desk.sql.update('forms', { pid, encounter }, { deleted: 1 });
}

/** As it goes where the application deletes more than a mark. */
function purgeVisit(desk: Desk): string[] {
  const { random, sql } = desk;
  const { id, encounter } = desk.visits.take(random) ?? desk.visit();
  const forms = random.percent(60) ? sql.delete('forms', { encounter }) : [];
  return [...sql.delete('form_encounter', { id }), ...forms];
}

/** Deletes a form, or takes that back. */
function markForm({ ids, random, sql }: Desk): string[] {
  return sql.update('forms', { id: ids.known('forms') }, { deleted: Number(random.percent(70)) });
}

function changeForm(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { pid, encounter } = desk.visit();
  const changes = random.pick<SourceRow>([
    { pid, encounter },
    { encounter: random.percent(80) ? encounter : null },
    { pid },
    { pid: random.pick([0, null]) },
    { form_id: someReference(random, ids.known('form_vitals')) },
    { formdir: random.pick(DIRECTORIES) },
    { user: someText(random, ['admin', 'doctor10']), date: desk.now() },
  ]);
  return sql.update('forms', { id: ids.known('forms') }, changes);
}

function purgeForm({ ids, sql }: Desk): string[] {
  return sql.delete('forms', { id: ids.spare('forms') });
}

/** A visit or one of its forms; a signature may lock it, and amend what was signed before. */
function sign(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const table = random.pick(['forms', 'form_encounter', 'lists']);
  const tid = table === 'forms' ? ids.known('forms') : desk.visit().encounter;
  const values = {
    tid: someReference(random, tid),
    table,
    uid: desk.doctor(),
    datetime: desk.now(),
    is_lock: random.below(2),
    amendment: random.pick([null, 'corrected']),
    hash: random.hex(20),
  };
  const signatures = 'esign_signatures';
  if (random.percent(15)) return sql.delete(signatures, { id: ids.spare(signatures) });
  if (random.percent(20)) return sql.update(signatures, { id: ids.known(signatures) }, values);
  return sql.insert(signatures, { id: ids.next(signatures), ...values, signature_hash: random.hex(20) });
}
