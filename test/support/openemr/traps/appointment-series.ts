/**
 * Appointments that repeat: §4 of the facts. Expected of a plan that gives the occurrences from 2026-01-15 to the end of 2026. The days
 * are those that the legacy calendar showed.
 */
import { recurrenceSpec, type RecurrenceKeys } from '../recurrence.ts';
import type { SourceRow } from '../source-row.ts';
import { appointmentOutcome } from './appointment-trap.ts';
import { flag, idOf, type Expectation, type ExpectedValue, type Trap } from './trap.ts';
import { appointmentRow, patientRow } from './trap-rows.ts';

interface Repeating {
  /** 1: every so often, 2: a weekday of the month, 3: weekdays. */
  type: 1 | 2 | 3;
  spec: Partial<RecurrenceKeys> | string | null;
  from: string;
  until: string | null;
  changes?: SourceRow;
}

interface Outcome {
  series: Readonly<Record<string, ExpectedValue>>;
  days: readonly string[];
}

function seriesTrap(id: number, name: string, repeating: Repeating, outcome: Outcome): Trap {
  const { type, spec, from, until, changes } = repeating;
  const { series, days } = outcome;
  const event = {
    pc_recurrtype: type,
    pc_recurrspec: typeof spec === 'string' || spec === null ? spec : recurrenceSpec(spec),
    pc_eventDate: from,
    pc_endDate: until,
    ...changes,
  };
  const key = { legacy_table: 'openemr_postcalendar_events', legacy_id: String(id) };
  return {
    name,
    facts: '§4 recurrence',
    rows: [patientRow(id), appointmentRow(id, id, event)],
    expected: [
      {
        table: 'appointment.appointment_series',
        key,
        columns: { patient_id: idOf('patient_data', id), start_date: from, ...series },
      },
      { table: 'appointment.appointment', key, rows: days.length },
      ...days.map((day): Expectation =>
        appointmentOutcome(
          id,
          { series_id: idOf('openemr_postcalendar_events', id), local_date: day, local_start: '09:00:00' },
          day,
        ),
      ),
    ],
  };
}

const WEEKLY = { event_repeat_freq: '1', event_repeat_freq_type: '1' };

/** As versions before 4.2 wrote it. */
const FIVE_KEYS =
  'a:5:{s:17:"event_repeat_freq";s:1:"1";s:22:"event_repeat_freq_type";s:1:"1";s:19:"event_repeat_on_num";s:1:"1";' +
  's:19:"event_repeat_on_day";s:1:"0";s:20:"event_repeat_on_freq";s:1:"0";}';

export const appointmentSeriesTraps: readonly Trap[] = [
  seriesTrap(
    900_000_371,
    'a day that was taken out of a series is not in it',
    { type: 1, spec: { ...WEEKLY, exdate: '20260209' }, from: '2026-02-02', until: '2026-02-16' },
    {
      series: {
        rrule: 'FREQ=WEEKLY',
        rrule_exact: true,
        exdates: ['2026-02-09'],
        until_date: '2026-02-16',
        start_time: '09:00:00',
        minutes: 15,
        dq_flags: [],
      },
      days: ['2026-02-02', '2026-02-16'],
    },
  ),
  seriesTrap(
    900_000_372,
    'a day that the interface took out is still shown by the calendar, and flagged',
    { type: 1, spec: { ...WEEKLY, exdate: '2026-02-09' }, from: '2026-02-02', until: '2026-02-16' },
    {
      series: { rrule: 'FREQ=WEEKLY', exdates: [], dq_flags: [flag.doubtful('exdates', 'ignored')] },
      days: ['2026-02-02', '2026-02-09', '2026-02-16'],
    },
  ),
  seriesTrap(
    900_000_373,
    'a series of the 31st drifts to the 3rd and stays there',
    {
      type: 1,
      spec: { event_repeat_freq: '1', event_repeat_freq_type: '2' },
      from: '2026-01-31',
      until: '2026-05-31',
    },
    {
      series: { rrule: 'FREQ=MONTHLY', rrule_exact: false },
      days: ['2026-01-31', '2026-03-03', '2026-04-03', '2026-05-03'],
    },
  ),
  seriesTrap(
    900_000_374,
    'the fifth Friday of the month is the last',
    {
      type: 2,
      spec: { event_repeat_on_num: '5', event_repeat_on_day: '5', event_repeat_on_freq: '1' },
      from: '2026-02-27',
      until: '2026-04-30',
    },
    {
      series: { rrule: 'FREQ=MONTHLY;BYDAY=-1FR', rrule_exact: true },
      days: ['2026-02-27', '2026-03-27', '2026-04-24'],
    },
  ),
  seriesTrap(
    900_000_375,
    'weekdays are counted from 1 for Sunday',
    {
      type: 3,
      spec: { event_repeat_freq: '2,4', event_repeat_freq_type: '6' },
      from: '2026-02-02',
      until: '2026-02-11',
    },
    {
      series: { rrule: 'FREQ=WEEKLY;BYDAY=MO,WE', rrule_exact: true },
      days: ['2026-02-02', '2026-02-04', '2026-02-09', '2026-02-11'],
    },
  ),
  seriesTrap(
    900_000_376,
    'every workday leaves out the weekend',
    {
      type: 1,
      spec: { event_repeat_freq: '1', event_repeat_freq_type: '4' },
      from: '2026-02-05',
      until: '2026-02-10',
    },
    {
      series: { rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', rrule_exact: true },
      days: ['2026-02-05', '2026-02-06', '2026-02-09', '2026-02-10'],
    },
  ),
  seriesTrap(
    900_000_377,
    'every second workday is no rule, but has its days',
    {
      type: 1,
      spec: { event_repeat_freq: '2', event_repeat_freq_type: '4' },
      from: '2026-02-02',
      until: '2026-02-10',
    },
    {
      series: { rrule: null, rrule_exact: false },
      days: ['2026-02-02', '2026-02-04', '2026-02-06', '2026-02-10'],
    },
  ),
  seriesTrap(
    900_000_378,
    'a frequency of 0 repeats nothing',
    {
      type: 1,
      spec: { event_repeat_freq: '0', event_repeat_freq_type: '1' },
      from: '2026-02-02',
      until: '2026-03-02',
    },
    { series: { rrule: null, rrule_exact: false, status: 'unparsed' }, days: [] },
  ),
  seriesTrap(
    900_000_379,
    'a recurrence that was cut off has no days, and is kept',
    { type: 1, spec: recurrenceSpec(WEEKLY).slice(0, 60), from: '2026-02-02', until: '2026-03-02' },
    {
      series: { rrule: null, status: 'unparsed', legacy_spec: recurrenceSpec(WEEKLY).slice(0, 60) },
      days: [],
    },
  ),
  seriesTrap(
    900_000_380,
    'a series without an end was never shown',
    { type: 1, spec: WEEKLY, from: '2026-02-02', until: '0000-00-00' },
    { series: { rrule: 'FREQ=WEEKLY', until_date: null, status: 'unbounded' }, days: [] },
  ),
  seriesTrap(
    900_000_381,
    'a series that ends before it begins has no days',
    { type: 1, spec: WEEKLY, from: '2026-02-16', until: '2026-02-02' },
    { series: { until_date: '2026-02-02' }, days: [] },
  ),
  seriesTrap(
    900_000_382,
    'an old recurrence knows of no days taken out',
    { type: 1, spec: FIVE_KEYS, from: '2026-02-02', until: '2026-02-09' },
    { series: { rrule: 'FREQ=WEEKLY', exdates: [] }, days: ['2026-02-02', '2026-02-09'] },
  ),
];
