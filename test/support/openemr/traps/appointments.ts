/** Single appointments: §4 of the facts. The clock of the site is that of New York. */
import { appointmentStatusTraps } from './appointment-status.ts';
import { appointmentOutcome, appointmentTrap } from './appointment-trap.ts';
import { appointmentSeriesTraps } from './appointment-series.ts';
import { appointmentTrackerTraps } from './appointment-trackers.ts';
import { ABSENT, flag, idOf, type Trap } from './trap.ts';
import { appointmentRow, patientRow } from './trap-rows.ts';

const SHARED = 900_000_312;

const people: Trap[] = [
  appointmentTrap(
    900_000_301,
    'a plain appointment',
    {},
    {
      patient_id: idOf('patient_data', 900_000_301),
      doctor_id: idOf('users', 10),
      facility_id: idOf('facility', 4),
      billing_facility_id: idOf('facility', 4),
      type_id: idOf('openemr_postcalendar_categories', 5),
      series_id: null,
      occurrence_date: null,
      group_key: null,
      timezone: 'America/New_York',
      local_date: '2026-02-03',
      local_start: '09:00:00',
      starts_at: '2026-02-03T14:00:00Z',
      ends_at: '2026-02-03T14:15:00Z',
      minutes: 15,
      all_day: false,
      created_at: '2026-01-05T13:00:00Z',
      dq_flags: [],
    },
  ),
  appointmentTrap(
    900_000_302,
    'nobody is patient of an appointment without one',
    { pc_pid: '' },
    { patient_id: null },
  ),
  appointmentTrap(900_000_303, 'patient 0 is nobody', { pc_pid: '0' }, { patient_id: null }),
  {
    name: 'a patient id that begins as a number is none: MySQL would take it for patient 1',
    facts: '§4 pc_pid',
    rows: [appointmentRow(900_000_304, 0, { pc_pid: '1abc' })],
    expected: [{ source: 'openemr_postcalendar_events', key: { pc_eid: 900_000_304 }, reject: 'malformed' }],
  },
  {
    name: 'an appointment of a patient who was deleted is rejected',
    facts: '§1, §12 S02',
    rows: [appointmentRow(900_000_305, ABSENT)],
    expected: [{ source: 'openemr_postcalendar_events', key: { pc_eid: 900_000_305 }, reject: 'orphan' }],
  },
  appointmentTrap(900_000_306, 'no provider is none', { pc_aid: '' }, { doctor_id: null, dq_flags: [] }),
  appointmentTrap(900_000_307, 'provider 0 is none', { pc_aid: '0' }, { doctor_id: null, dq_flags: [] }),
  appointmentTrap(
    900_000_308,
    'a provider who was deleted is none, with a flag',
    { pc_aid: String(ABSENT) },
    { doctor_id: null, dq_flags: [flag.orphan('doctor_id')] },
    { pc_aid: String(ABSENT) },
  ),
  appointmentTrap(
    900_000_309,
    'a provider in words is none, and kept',
    { pc_aid: 'dr. who' },
    { doctor_id: null, dq_flags: [flag.invalid('doctor_id')] },
    { pc_aid: 'dr. who' },
  ),
  appointmentTrap(
    900_000_310,
    'facility 0 is none',
    { pc_facility: 0, pc_billing_location: 0 },
    {
      facility_id: null,
      billing_facility_id: null,
      dq_flags: [],
    },
  ),
  appointmentTrap(
    900_000_311,
    'a therapy group has no patient',
    { pc_pid: '', pc_gid: 12, pc_catid: 15 },
    { patient_id: null, type_id: idOf('openemr_postcalendar_categories', 15) },
    { pc_gid: '12' },
  ),
  {
    name: 'one event of two providers is two appointments of one group',
    facts: '§4 pc_multiple',
    rows: [
      patientRow(SHARED),
      appointmentRow(SHARED, SHARED, { pc_multiple: 77 }),
      appointmentRow(SHARED + 1, SHARED, { pc_multiple: 77, pc_aid: '11' }),
    ],
    expected: [
      appointmentOutcome(SHARED, { group_key: '77', doctor_id: idOf('users', 10) }),
      appointmentOutcome(SHARED + 1, { group_key: '77', doctor_id: idOf('users', 11) }),
    ],
  },
  appointmentTrap(
    900_000_314,
    'a category that was deleted is a type all the same',
    { pc_catid: 4711 },
    {
      type_id: idOf('openemr_postcalendar_categories', 4711),
      dq_flags: [flag.orphan('type_id')],
    },
  ),
];

const times: Trap[] = [
  {
    name: 'an appointment without a day is rejected',
    facts: '§12 S07',
    rows: [patientRow(900_000_321), appointmentRow(900_000_321, 900_000_321, { pc_eventDate: '0000-00-00' })],
    expected: [{ source: 'openemr_postcalendar_events', key: { pc_eid: 900_000_321 }, reject: 'not_null' }],
  },
  appointmentTrap(
    900_000_322,
    'an end date of zeros is none',
    { pc_endDate: '0000-00-00' },
    {
      series_id: null,
      local_date: '2026-02-03',
      dq_flags: [],
    },
  ),
  appointmentTrap(
    900_000_323,
    'an end date that is the day itself is none',
    { pc_endDate: '2026-02-03' },
    {
      series_id: null,
      dq_flags: [],
    },
  ),
  appointmentTrap(
    900_000_324,
    'an appointment may end after midnight',
    { pc_startTime: '23:45:00', pc_duration: 2700, pc_endTime: '24:30:00' },
    {
      local_start: '23:45:00',
      starts_at: '2026-02-04T04:45:00Z',
      ends_at: '2026-02-04T05:30:00Z',
      minutes: 45,
    },
  ),
  appointmentTrap(
    900_000_325,
    'without a duration the end tells it',
    { pc_duration: 0, pc_endTime: '09:20:00' },
    { minutes: 20, ends_at: '2026-02-03T14:20:00Z', dq_flags: [flag.doubtful('minutes', 'derived')] },
  ),
  appointmentTrap(
    900_000_326,
    'without a duration and an end the type tells it',
    { pc_duration: -900, pc_endTime: '09:00:00' },
    { minutes: 15, ends_at: '2026-02-03T14:15:00Z', dq_flags: [flag.doubtful('minutes', 'derived')] },
  ),
  appointmentTrap(
    900_000_327,
    'the duration counts where the end says otherwise',
    { pc_endTime: '10:00:00' },
    {
      minutes: 15,
      ends_at: '2026-02-03T14:15:00Z',
    },
  ),
  appointmentTrap(
    900_000_328,
    'a whole day is a day',
    { pc_alldayevent: 1, pc_startTime: '00:00:00', pc_duration: 86_400, pc_endTime: '24:00:00' },
    { all_day: true, minutes: 1440, starts_at: '2026-02-03T05:00:00Z', ends_at: '2026-02-04T05:00:00Z' },
  ),
  appointmentTrap(
    900_000_329,
    'a time that the clock left out is an hour later',
    { pc_eventDate: '2026-03-08', pc_startTime: '02:30:00' },
    {
      local_start: '02:30:00',
      starts_at: '2026-03-08T07:30:00Z',
      dq_flags: [flag.doubtful('starts_at', 'dst_gap')],
    },
  ),
  appointmentTrap(
    900_000_330,
    'of a time that the clock shows twice the first is meant',
    { pc_eventDate: '2026-11-01', pc_startTime: '01:30:00' },
    { starts_at: '2026-11-01T05:30:00Z', dq_flags: [flag.doubtful('starts_at', 'dst_overlap')] },
  ),
  appointmentTrap(
    900_000_331,
    'an appointment of the interface has no recurrence',
    { pc_recurrspec: null, pc_location: null },
    {
      series_id: null,
      dq_flags: [],
    },
  ),
  appointmentTrap(
    900_000_332,
    'a link to a video call, a room and who made it are kept',
    {
      pc_website: 'https://video.example/r/1',
      pc_room: 'R 2',
      pc_informant: '1',
      pc_hometext: '  bring X-ray ',
    },
    { telehealth_url: 'https://video.example/r/1', room: 'R 2', created_by: '1', comment: 'bring X-ray' },
  ),
];

export const appointmentTraps: readonly Trap[] = [
  ...people,
  ...times,
  ...appointmentStatusTraps,
  ...appointmentSeriesTraps,
  ...appointmentTrackerTraps,
];
