/** What became of an appointment: the codes of the status list, and the flow board. */
import { appointmentOutcome, appointmentTrap } from './appointment-trap.ts';
import { ABSENT, flag, idOf, type Trap } from './trap.ts';
import { stepRow, trackerRow } from './tracker-rows.ts';
import { appointmentRow, encounterRow, patientRow } from './trap-rows.ts';

const STATUSES: readonly (readonly [code: string, status: string])[] = [
  ['-', 'scheduled'],
  ['*', 'reminded'],
  ['+', 'scheduled'],
  ['^', 'requested'],
  ['x', 'cancelled'],
  ['%', 'cancelled'],
  ['?', 'no_show'],
  ['@', 'arrived'],
  ['~', 'arrived'],
  ['#', 'arrived'],
  ['<', 'in_room'],
  ['>', 'completed'],
  ['$', 'completed'],
  ['!', 'left'],
  ['AVM', 'confirmed'],
  ['SMS', 'confirmed'],
  ['EMAIL', 'confirmed'],
  ['CALL', 'scheduled'],
];
const FIRST_STATUS = 900_000_341;

const SEEN = 900_000_365;
const UNSEEN = 900_000_366;

export const appointmentStatusTraps: readonly Trap[] = [
  ...STATUSES.map(([code, status], index) =>
    appointmentTrap(
      FIRST_STATUS + index,
      `the status ${code} is ${status}`,
      { pc_apptstatus: code },
      {
        status,
        legacy_status: code,
        dq_flags: [],
      },
    ),
  ),
  appointmentTrap(
    900_000_361,
    'no status is unknown',
    { pc_apptstatus: '' },
    {
      status: 'unknown',
      legacy_status: '',
      dq_flags: [flag.unknownOption('status')],
    },
  ),
  appointmentTrap(
    900_000_362,
    'a status of the site’s own is unknown, and kept',
    { pc_apptstatus: 'FAX' },
    {
      status: 'unknown',
      legacy_status: 'FAX',
      dq_flags: [flag.unknownOption('status')],
    },
  ),
  {
    name: 'the flow board alone knows the encounter of an appointment, and the tenth step is after the ninth',
    facts: '§4 patient_tracker',
    rows: [
      patientRow(SEEN),
      appointmentRow(SEEN, SEEN, { pc_apptstatus: '>' }),
      encounterRow(SEEN, SEEN),
      trackerRow(900_000_001, SEEN, SEEN, '10'),
      stepRow(900_000_001, '9', '<', '09:05:00'),
      stepRow(900_000_001, '10', '>', '09:25:00'),
    ],
    expected: [
      appointmentOutcome(SEEN, { encounter_id: idOf('form_encounter', SEEN), status: 'completed' }),
      ...(
        [
          ['9', 9, 'in_room', '<', '2026-02-03T14:05:00Z'],
          ['10', 10, 'completed', '>', '2026-02-03T14:25:00Z'],
        ] as const
      ).map(([legacySeq, seq, status, legacy_status, at]) => ({
        table: 'appointment.appointment_status_event',
        key: { legacy_table: 'patient_tracker_element', legacy_id: `900000001:${legacySeq}` },
        columns: {
          appointment_id: idOf('openemr_postcalendar_events', SEEN),
          seq,
          status,
          legacy_status,
          at,
          changed_by: 'admin',
        },
      })),
    ],
  },
  {
    name: 'encounter 0 is none',
    facts: '§11.3 encounter_id',
    rows: [
      patientRow(UNSEEN),
      appointmentRow(UNSEEN, UNSEEN, { pc_apptstatus: '?' }),
      trackerRow(900_000_002, UNSEEN, 0, '1'),
      stepRow(900_000_002, '1', '?', '09:30:00'),
    ],
    expected: [appointmentOutcome(UNSEEN, { encounter_id: null, status: 'no_show' })],
  },
  {
    name: 'the way through the clinic of an appointment that was deleted is rejected',
    facts: '§1',
    rows: [trackerRow(900_000_003, ABSENT, 0, '1'), stepRow(900_000_003, '1', '@', '09:30:00')],
    expected: [
      {
        source: 'patient_tracker',
        key: { id: 900_000_003 },
        reject: 'orphan',
      },
    ],
  },
];
