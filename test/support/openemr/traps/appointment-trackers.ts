/** What the flow board knows of the occurrences of a series, and where it and the calendar do not agree. */
import { recurrenceSpec } from '../recurrence.ts';
import { appointmentOutcome } from './appointment-trap.ts';
import { stepRow, trackerRow } from './tracker-rows.ts';
import { flag, idOf, type Expectation, type LegacyId, type Trap, type TrapRow } from './trap.ts';
import { appointmentRow, encounterRow, patientRow } from './trap-rows.ts';

const TRACKED_SERIES = 900_001_391;
const FAR_SERIES = 900_001_392;
const MOVED = 900_001_393;
const TWICE = 900_001_394;
const NOT_SHOWN = 900_001_395;
const UNKNOWN_ENCOUNTER = 900_001_396;

const WEEKLY = recurrenceSpec({ event_repeat_freq: '1', event_repeat_freq_type: '1' });

function weekly(id: number, until: string): TrapRow[] {
  const repeating = {
    pc_recurrtype: 1,
    pc_recurrspec: WEEKLY,
    pc_eventDate: '2026-02-03',
    pc_endDate: until,
  };
  return [patientRow(id), appointmentRow(id, id, repeating)];
}

/** As a UUID of two columns is made: each behind its length. */
function occurrenceId(eid: number, day: string): LegacyId {
  return idOf('openemr_postcalendar_events', `${String(eid).length}:${eid},${day.length}:${day},`);
}

function statusEvent(tracker: number, step: string, columns: object): Expectation {
  return {
    table: 'appointment.appointment_status_event',
    key: { legacy_table: 'patient_tracker_element', legacy_id: `${tracker}:${step}` },
    columns: { ...columns },
  };
}

export const appointmentTrackerTraps: readonly Trap[] = [
  {
    name: 'the occurrences of a series have one event, and each day of the flow board is of one of them',
    facts: '§4 patient_tracker',
    rows: [
      ...weekly(TRACKED_SERIES, '2026-02-17'),
      encounterRow(TRACKED_SERIES, TRACKED_SERIES),
      trackerRow(900_000_011, TRACKED_SERIES, TRACKED_SERIES, '10'),
      stepRow(900_000_011, '10', '>', '09:25:00'),
      stepRow(900_000_011, '9', '<', '09:05:00'),
      trackerRow(900_000_012, TRACKED_SERIES, 0, '1', '2026-02-10'),
      stepRow(900_000_012, '1', '?', '09:30:00', '2026-02-10'),
    ],
    expected: [
      appointmentOutcome(
        TRACKED_SERIES,
        {
          id: occurrenceId(TRACKED_SERIES, '2026-02-03'),
          status: 'completed',
          legacy_status: '>',
          encounter_id: idOf('form_encounter', TRACKED_SERIES),
          dq_flags: [],
        },
        '2026-02-03',
      ),
      appointmentOutcome(TRACKED_SERIES, { status: 'no_show', encounter_id: null }, '2026-02-10'),
      appointmentOutcome(TRACKED_SERIES, { status: 'scheduled', encounter_id: null }, '2026-02-17'),
      statusEvent(900_000_011, '10', {
        appointment_id: occurrenceId(TRACKED_SERIES, '2026-02-03'),
        seq: 10,
        tracker_legacy_id: '900000011',
        dq_flags: [],
      }),
      statusEvent(900_000_012, '1', { appointment_id: occurrenceId(TRACKED_SERIES, '2026-02-10') }),
    ],
  },
  {
    name: 'a day of the flow board on which the series is not is of no appointment',
    facts: '§4 patient_tracker',
    rows: [
      ...weekly(NOT_SHOWN, '2026-02-17'),
      trackerRow(900_000_013, NOT_SHOWN, 0, '1', '2026-02-04'),
      stepRow(900_000_013, '1', '@', '09:30:00', '2026-02-04'),
    ],
    expected: [{ source: 'patient_tracker', key: { id: 900_000_013 }, reject: 'orphan' }],
  },
  {
    name: 'a series that goes on for years has occurrences for two, and says so',
    facts: '§4 recurrence',
    rows: weekly(FAR_SERIES, '2031-02-03'),
    expected: [
      {
        table: 'appointment.appointment_series',
        key: { legacy_table: 'openemr_postcalendar_events', legacy_id: String(FAR_SERIES) },
        columns: { until_date: '2031-02-03', status: 'active', dq_flags: ['occurrences_until_horizon'] },
      },
      {
        table: 'appointment.appointment',
        key: { legacy_table: 'openemr_postcalendar_events', legacy_id: String(FAR_SERIES) },
        rows: 102,
      },
      appointmentOutcome(FAR_SERIES, { local_date: '2028-01-11' }, '2028-01-11'),
    ],
  },
  {
    name: 'an appointment that was moved keeps what happened on the day before',
    facts: '§4 patient_tracker',
    rows: [
      patientRow(MOVED),
      appointmentRow(MOVED, MOVED),
      trackerRow(900_000_014, MOVED, 0, '1', '2026-02-02'),
      stepRow(900_000_014, '1', 'x', '08:30:00', '2026-02-02'),
    ],
    expected: [
      appointmentOutcome(MOVED, { status: 'scheduled', encounter_id: null }),
      statusEvent(900_000_014, '1', {
        appointment_id: idOf('openemr_postcalendar_events', MOVED),
        status: 'cancelled',
        dq_flags: [flag.doubtful('appointment_id', 'other_day')],
      }),
    ],
  },
  {
    name: 'of two steps of one number neither is lost, nor one without a number',
    facts: '§4 patient_tracker',
    rows: [
      patientRow(TWICE),
      appointmentRow(TWICE, TWICE),
      trackerRow(900_000_015, TWICE, 0, '2'),
      stepRow(900_000_015, '1', '<', '09:10:00'),
      stepRow(900_000_015, '1', '@', '09:00:00'),
      stepRow(900_000_015, '', '>', '09:20:00'),
    ],
    expected: [
      statusEvent(900_000_015, '1', { seq: 1, status: 'arrived', dq_flags: [] }),
      statusEvent(900_000_015, '1#2', {
        seq: 1,
        status: 'in_room',
        dq_flags: [flag.doubtful('seq', 'repeated')],
      }),
      statusEvent(900_000_015, '?1', { seq: 2, status: 'completed', dq_flags: [flag.invalid('seq')] }),
    ],
  },
  {
    name: 'an encounter that is gone is none, with a flag, and its number kept',
    facts: '§11.3 encounter_id',
    rows: [
      ...weekly(UNKNOWN_ENCOUNTER, '2026-02-03'),
      trackerRow(900_000_016, UNKNOWN_ENCOUNTER, 987_654_321, '0'),
    ],
    expected: [
      {
        ...appointmentOutcome(
          UNKNOWN_ENCOUNTER,
          { status: 'scheduled', encounter_id: null, dq_flags: [flag.orphan('encounter_id')] },
          '2026-02-03',
        ),
        extra: { tracked_encounter: '987654321' },
      },
    ],
  },
  {
    name: 'the first event of a category that was deleted gives the type',
    facts: '§11.3 appointment_type',
    rows: [4712, 4712].map((pc_catid, index) =>
      appointmentRow(900_001_397 + index, 0, { pc_pid: '', pc_catid }),
    ),
    expected: [
      {
        table: 'appointment.appointment_type',
        key: { legacy_table: 'openemr_postcalendar_events', legacy_id: '900001397' },
        columns: {
          id: idOf('openemr_postcalendar_categories', 4712),
          name: 'Category 4712',
          active: false,
          dq_flags: ['category_missing'],
        },
      },
      {
        table: 'appointment.appointment_type',
        key: { legacy_table: 'openemr_postcalendar_events', legacy_id: '900001398' },
        rows: 0,
      },
      appointmentOutcome(900_001_398, { type_id: idOf('openemr_postcalendar_categories', 4712) }),
    ],
  },
];
