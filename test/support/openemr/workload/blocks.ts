/** When providers are there and when not: blocks of the calendar without a patient. */
import { day } from '../../../demo/clinic/sql-values.ts';
import { eventRow } from '../event-row.ts';
import { recurrenceSpec } from '../recurrence.ts';
import type { SourceRow } from '../source-row.ts';
import { EVENTS } from './calendar.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someText } from './dirt.ts';
import { Recent } from './recent.ts';

const IN = 2;
const OUT = 3;
const VACATION = 4;
const HOLIDAYS = 6;
const CLOSED = 7;
const LUNCH = 8;
const RESERVED = 11;
const BLOCKS = [IN, OUT, VACATION, HOLIDAYS, CLOSED, LUNCH, RESERVED];
/** The generator begins the calendar with so many for each provider. */
const BLOCKS_OF_GENERATOR = 3;

export function blockActs(): Shares {
  const known = new Recent<number>();
  return [
    [3, (desk) => addHours(desk, known)],
    [3, (desk) => addAbsence(desk, known)],
    [1, (desk) => addClosedDay(desk, known)],
    [6, (desk) => change(desk, known)],
    [3, (desk) => remove(desk, known)],
    [3, changeHoliday],
  ];
}

/** In and out, on the same days; one of the two is forgotten now and then. */
function addHours(desk: Desk, known: Recent<number>): string[] {
  const { random } = desk;
  const on = desk.today + random.between(-30, 60);
  const shared = {
    pc_aid: String(desk.doctor()),
    pc_eventDate: day(on),
    pc_facility: desk.facility(),
    pc_duration: random.pick([0, 0, 0, 14_400]),
    pc_prefcatid: random.percent(10) ? 10 : 0,
    ...(random.percent(70) && weekly(desk, on)),
  };
  const [from, to] = random.pick([
    ['08:00:00', '12:00:00'],
    ['13:00:00', '17:30:00'],
    ['20:00:00', '24:30:00'],
  ] as const);
  return [
    ...(random.percent(90) ? insert(desk, known, IN, { ...shared, pc_startTime: from }) : []),
    ...(random.percent(90) ? insert(desk, known, OUT, { ...shared, pc_startTime: to }) : []),
  ];
}

function addAbsence(desk: Desk, known: Recent<number>): string[] {
  const { random } = desk;
  const on = desk.today + random.below(120);
  const who = { pc_aid: String(desk.doctor()), pc_eventDate: someDate(random, on) };
  const lunch = { pc_startTime: '12:00:00', pc_duration: 3600, ...weekly(desk, on) };
  if (random.percent(40)) return insert(desk, known, LUNCH, { ...who, ...lunch });
  if (random.percent(40))
    return insert(desk, known, RESERVED, { ...who, pc_startTime: '10:00:00', pc_duration: 900 });
  return insert(desk, known, VACATION, { ...who, ...WHOLE_DAY });
}

function addClosedDay(desk: Desk, known: Recent<number>): string[] {
  const { random } = desk;
  const who = { pc_aid: random.pick(['0', '', String(desk.doctor())]), pc_eventDate: day(desk.today + 30) };
  return insert(desk, known, random.pick([HOLIDAYS, CLOSED]), { ...who, ...WHOLE_DAY });
}

const WHOLE_DAY = { pc_startTime: '00:00:00', pc_duration: 86_400, pc_alldayevent: 1 };

/** Moved, given to another provider, made another kind of block, or an appointment. */
function change(desk: Desk, known: Recent<number>): string[] {
  const { random, sql } = desk;
  const changes = random.pick<SourceRow>([
    { pc_startTime: random.pick(['07:30:00', '12:30:00', '18:00:00', '24:15:00']) },
    { pc_duration: random.pick([0, 3600, 14_400, -60]), pc_endTime: '13:00:00' },
    { pc_aid: random.percent(90) ? String(desk.doctor()) : random.pick(['', '0', null]) },
    { pc_catid: random.pick(BLOCKS), pc_title: someText(random, ['block']) },
    { pc_catid: 5, pc_pid: String(desk.patient()) },
    { pc_facility: desk.facility(), pc_prefcatid: random.pick([0, 9, 10, 777]) },
    { pc_eventDate: someDate(random, desk.today + random.between(-60, 60)) },
    { pc_endDate: random.percent(80) ? day(desk.today + random.between(-60, 300)) : null },
    weekly(desk, desk.today),
    { pc_alldayevent: random.below(2) },
  ]);
  return sql.update(EVENTS, { pc_eid: block(desk, known) }, changes);
}

/** In or out alone stays behind when the other goes. */
function remove(desk: Desk, known: Recent<number>): string[] {
  const own = desk.random.percent(75) ? known.take(desk.random) : undefined;
  return desk.sql.delete(EVENTS, { pc_eid: own ?? block(desk, known) });
}

/** Of the list that is kept beside the calendar. */
function changeHoliday({ ids, random, sql, today }: Desk): string[] {
  const table = 'calendar_external';
  if (random.percent(30)) return sql.delete(table, { id: ids.spare(table) });
  const values = { date: someDate(random, today + random.below(300)), description: 'Founders’ Day' };
  if (random.percent(40)) return sql.update(table, { id: ids.known(table) }, values);
  return sql.insert(table, { id: ids.next(table), ...values, source: 'import' });
}

function block({ opening, random, site }: Desk, known: Recent<number>): number {
  const old = Math.min(opening[EVENTS], BLOCKS_OF_GENERATOR * site.doctors.length);
  const own = random.percent(50) ? known.pick(random) : undefined;
  return own ?? random.between(1, Math.max(1, old));
}

function insert(desk: Desk, known: Recent<number>, pc_catid: number, values: SourceRow): string[] {
  const pc_eid = desk.ids.next(EVENTS);
  known.add(pc_eid);
  const row = { pc_eid, pc_catid, pc_aid: '', pc_title: 'block', pc_time: desk.now(), pc_eventDate: '' };
  return desk.sql.insert(EVENTS, eventRow({ ...row, pc_startTime: null, pc_duration: 0, ...values }));
}

function weekly({ random }: Desk, on: number): SourceRow {
  const days = random.pick(['2,3,4,5,6', '2,4,6', '3,5', '1,7', '']);
  return {
    pc_recurrtype: 3,
    pc_recurrspec: recurrenceSpec({ event_repeat_freq: days, event_repeat_freq_type: '6' }),
    pc_endDate: day(on + random.between(30, 300)),
  };
}
