/**
 * Hours of providers: §5 of the facts. In Office switches availability on at its start, Out Of Office off at its start. Every trap has a
 * provider of its own, since blocks are read beside the others of their provider.
 */
import type { SourceRow } from '../source-row.ts';
import { recurrenceSpec } from '../recurrence.ts';
import { ABSENT, idOf, type Expectation, type ExpectedValue, type Trap, type TrapRow } from './trap.ts';
import { appointmentRow, userRow } from './trap-rows.ts';

const IN = 2;
const OUT = 3;
const EVENTS = 'openemr_postcalendar_events';

type Columns = Readonly<Record<string, ExpectedValue>>;

/** On one day, a Tuesday, unless said otherwise. */
function block(pc_eid: number, provider: number | null, pc_catid: number, changes: SourceRow): TrapRow {
  return appointmentRow(pc_eid, 0, {
    pc_pid: '',
    pc_catid,
    pc_aid: provider === null ? '0' : String(provider),
    pc_title: 'block',
    pc_duration: 0,
    pc_billing_location: 0,
    ...changes,
  });
}

function rule(pc_eid: number, columns: Columns): Expectation {
  return {
    table: 'doctor.schedule_rule',
    key: { legacy_table: EVENTS, legacy_id: String(pc_eid) },
    columns: { timezone: 'America/New_York', ...columns },
  };
}

/** A provider with one block; both have the same id. */
function blockTrap(id: number, name: string, category: number, changes: SourceRow, columns: Columns): Trap {
  return {
    name,
    facts: '§5',
    rows: [userRow(id), block(id, id, category, changes)],
    expected: [rule(id, { doctor_id: idOf('users', id), ...columns })],
  };
}

const PAIRED = 900_000_391;
const WEEKDAYS = {
  pc_recurrtype: 3,
  pc_recurrspec: recurrenceSpec({ event_repeat_freq: '3,5', event_repeat_freq_type: '6' }),
  pc_endDate: '2026-12-31',
};

export const scheduleTraps: readonly Trap[] = [
  {
    name: 'In and Out on the same days are one rule, and Out has none of its own',
    facts: '§5',
    rows: [
      userRow(PAIRED),
      block(PAIRED, PAIRED, IN, { pc_startTime: '08:00:00', ...WEEKDAYS }),
      block(PAIRED + 1, PAIRED, OUT, { pc_startTime: '12:00:00', ...WEEKDAYS }),
    ],
    expected: [
      rule(PAIRED, {
        doctor_id: idOf('users', PAIRED),
        facility_id: idOf('facility', 4),
        kind: 'available',
        start_date: '2026-02-03',
        end_date: '2026-12-31',
        start_time: '08:00:00',
        end_time: '12:00:00',
        rrule: 'FREQ=WEEKLY;BYDAY=TU,TH',
        derived_end: false,
      }),
      { source: EVENTS, key: { pc_eid: PAIRED + 1 }, filtered: true },
    ],
  },
  blockTrap(
    900_000_393,
    'In alone lasts to the end of the calendar day',
    IN,
    { pc_startTime: '08:00:00' },
    {
      kind: 'available',
      start_time: '08:00:00',
      end_time: '17:00:00',
      rrule: null,
      end_date: null,
      derived_end: true,
    },
  ),
  blockTrap(
    900_000_394,
    'In alone with a duration lasts as long as it says',
    IN,
    { pc_startTime: '08:00:00', pc_duration: 10_800 },
    { kind: 'available', end_time: '11:00:00', derived_end: true },
  ),
  blockTrap(
    900_000_395,
    'Out alone lasts to midnight',
    OUT,
    { pc_startTime: '13:00:00' },
    {
      kind: 'unavailable',
      start_time: '13:00:00',
      end_time: '24:00:00',
      derived_end: true,
    },
  ),
  blockTrap(
    900_000_396,
    'a vacation of the whole day',
    4,
    { pc_startTime: '00:00:00', pc_duration: 86_400, pc_alldayevent: 1 },
    { kind: 'vacation', all_day: true, start_date: '2026-02-03' },
  ),
  blockTrap(
    900_000_397,
    'lunch',
    8,
    { pc_startTime: '12:00:00', pc_duration: 3600 },
    {
      kind: 'lunch',
      start_time: '12:00:00',
      end_time: '13:00:00',
      derived_end: false,
    },
  ),
  blockTrap(
    900_000_398,
    'reserved time',
    11,
    { pc_startTime: '10:00:00', pc_duration: 900 },
    {
      kind: 'reserved',
      end_time: '10:15:00',
    },
  ),
  blockTrap(
    900_000_399,
    'hours for one type of visit only',
    IN,
    { pc_startTime: '08:00:00', pc_prefcatid: 10 },
    { preferred_type_id: idOf('openemr_postcalendar_categories', 10) },
  ),
  {
    name: 'a holiday is everybody’s',
    facts: '§4 pc_aid, §5',
    rows: [block(900_000_400, null, 6, { pc_startTime: '00:00:00', pc_duration: 86_400, pc_alldayevent: 1 })],
    expected: [rule(900_000_400, { kind: 'holiday', doctor_id: null, all_day: true })],
  },
  {
    name: 'a day on which the clinic is closed is everybody’s, with an empty provider too',
    facts: '§4 pc_aid, §5',
    rows: [block(900_000_401, null, 7, { pc_aid: '', pc_startTime: '00:00:00', pc_duration: 86_400 })],
    expected: [rule(900_000_401, { kind: 'closed', doctor_id: null })],
  },
  blockTrap(
    900_000_402,
    'a recurrence that cannot be read repeats nothing',
    8,
    {
      pc_startTime: '12:00:00',
      pc_duration: 3600,
      pc_recurrtype: 3,
      pc_recurrspec: 'a:6:{s:17:"event',
      pc_endDate: '2026-12-31',
    },
    { kind: 'lunch', rrule: null, status: 'unparsed' },
  ),
  {
    name: 'hours of a provider who was deleted are rejected: without a provider they would be everybody’s',
    facts: '§5',
    rows: [block(900_000_403, ABSENT, IN, { pc_startTime: '08:00:00' })],
    expected: [{ source: EVENTS, key: { pc_eid: 900_000_403 }, reject: 'orphan' }],
  },
];
