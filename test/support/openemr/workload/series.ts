/** Appointments that repeat. The application changes one of them by splitting the series. */
import { day } from '../../../demo/clinic/sql-values.ts';
import type { Random } from '../../../demo/clinic/random.ts';
import { recurrenceSpec, type RecurrenceKeys } from '../recurrence.ts';
import type { SourceRow } from '../source-row.ts';
import { bookedRow, EVENTS, newAppointment } from './calendar.ts';
import type { Appointment, Desk, Shares } from './desk.ts';
import { Recent } from './recent.ts';

interface Series {
  appointment: Appointment;
  type: number;
  keys: Partial<RecurrenceKeys>;
  /** Of `day()`. */
  until: number;
}

/** Cut off, of something else, with lengths that are wrong, and with keys of an old version. */
const UNREADABLE = [
  'a:6:{s:17:"event_repeat_freq";s:1:"1"',
  'O:8:"stdClass":0:{}',
  'a:1:{s:3:"event_repeat_freq";s:9:"1";}',
  'a:1:{s:17:"event_repeat_freq";s:1:"1";}',
  '',
  null,
];

export function seriesActs(): Shares {
  const known = new Recent<Series>();
  return [
    [4, (desk) => begin(desk, known)],
    [4, (desk) => exceptOne(desk, known)],
    [3, (desk) => splitFuture(desk, known)],
    [3, (desk) => endEarlier(desk, known)],
    [2, (desk) => remove(desk, known)],
    [2, spoil],
    [2, repeatOrNot],
  ];
}

function begin(desk: Desk, known: Recent<Series>): string[] {
  const appointment = newAppointment(desk);
  const series = { appointment, until: appointment.on + desk.random.between(7, 200), ...rule(desk.random) };
  known.add(series);
  return insert(desk, series);
}

/** As it does with "only this one": left out there, and booked by itself. */
function exceptOne(desk: Desk, known: Recent<Series>): string[] {
  const series = known.pick(desk.random);
  if (!series) return [];
  const { random, sql } = desk;
  const on = series.appointment.on + 7 * random.below(8);
  // What programs beside the application write has dashes, which it does not read.
  const left = random.percent(80) ? day(on).replaceAll('-', '') : day(on);
  const { exdate = '' } = series.keys;
  series.keys = { ...series.keys, exdate: exdate === '' ? left : `${exdate},${left}` };
  const { eid } = series.appointment;
  const single = { ...series.appointment, eid: desk.ids.next(EVENTS), on };
  return [
    ...sql.update(EVENTS, { pc_eid: eid }, { pc_recurrspec: recurrenceSpec(series.keys) }),
    ...(random.percent(70) ? sql.insert(EVENTS, bookedRow(desk, single)) : []),
  ];
}

function splitFuture(desk: Desk, known: Recent<Series>): string[] {
  const series = known.pick(desk.random);
  if (!series) return [];
  const from = series.appointment.on + 7 * desk.random.between(1, 8);
  const { until } = series;
  series.until = from - 1;
  const eid = desk.ids.next(EVENTS);
  const later = { ...series, appointment: { ...series.appointment, eid, on: from }, until };
  known.add(later);
  return [...end(desk, series), ...insert(desk, later)];
}

function endEarlier(desk: Desk, known: Recent<Series>): string[] {
  const series = known.pick(desk.random);
  if (!series) return [];
  series.until -= desk.random.between(1, 40);
  return end(desk, series);
}

function remove({ random, sql }: Desk, known: Recent<Series>): string[] {
  const series = known.take(random);
  return series ? sql.delete(EVENTS, { pc_eid: series.appointment.eid }) : [];
}

function spoil({ ids, random, sql }: Desk): string[] {
  return sql.update(
    EVENTS,
    { pc_eid: ids.known(EVENTS) },
    random.pick<SourceRow>([
      { pc_recurrspec: random.pick(UNREADABLE) },
      { pc_endDate: random.pick([null, '0000-00-00', '1999-05-00', '2020-01-01']) },
      { pc_recurrtype: random.pick([4, 9]) },
    ]),
  );
}

/** Any appointment or block becomes a series, any series a single one. */
function repeatOrNot(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { type, keys } = rule(random);
  const changes = random.percent(50)
    ? { pc_recurrtype: 0, pc_recurrspec: recurrenceSpec(), pc_endDate: null }
    : { pc_recurrtype: type, pc_recurrspec: recurrenceSpec(keys), pc_endDate: day(desk.today + 90) };
  return sql.update(EVENTS, { pc_eid: ids.known(EVENTS) }, changes);
}

function insert(desk: Desk, { appointment, type, keys, until }: Series): string[] {
  const changes = {
    pc_eventDate: day(appointment.on),
    pc_endDate: day(until),
    pc_recurrtype: type,
    pc_recurrspec: recurrenceSpec(keys),
  };
  return desk.sql.insert(EVENTS, bookedRow(desk, appointment, changes));
}

function end({ sql }: Desk, { appointment, until }: Series): string[] {
  return sql.update(EVENTS, { pc_eid: appointment.eid }, { pc_endDate: day(until) });
}

/** Every so often, on a weekday of the month, on days of the week; with steps of nothing now and then. */
function rule(random: Random): { type: number; keys: Partial<RecurrenceKeys> } {
  const every = random.percent(5) ? random.pick(['0', '']) : String(random.between(1, 3));
  return random.pick([
    {
      type: 1,
      keys: { event_repeat_freq: every, event_repeat_freq_type: String(random.below(5)) },
    },
    {
      type: 2,
      keys: {
        event_repeat_on_num: String(random.between(1, 5)),
        event_repeat_on_day: String(random.below(7)),
        event_repeat_on_freq: every,
      },
    },
    {
      type: 3,
      keys: { event_repeat_freq: random.pick(['2,4', '6', '1,7', '2,3,4,5,6']), event_repeat_freq_type: '6' },
    },
  ]);
}
