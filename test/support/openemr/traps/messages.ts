/** Notes of staff and mail of the portal: §8 of the facts. */
import type { SourceRow } from '../source-row.ts';
import { record } from './record-trap.ts';
import { ABSENT, flag, idOf, type Trap, type TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

function noteRow(id: number, pid: number, changes: SourceRow): TrapRow {
  const values = {
    id,
    pid,
    date: '2026-01-06 15:20:00',
    body: 'one line',
    user: 'admin',
    groupname: 'Default',
    activity: 1,
    authorized: 1,
    title: 'Chart Note',
    assigned_to: 'desk20',
    deleted: 0,
    message_status: 'New',
    ...changes,
  };
  return { table: 'pnotes', values };
}

function mailRow(id: number, owner: string, pid: number): TrapRow {
  const values = {
    id,
    owner,
    date: '2026-01-06 16:00:00',
    title: 'Appointment',
    body: '<p>Please call</p>',
    recipient_id: 'admin',
    sender_id: `Trap${pid}`,
    mail_chain: 900_000_001,
    deleted: 0,
    message_status: 'New',
    is_msg_encrypted: 0,
  };
  return { table: 'onsite_mail', values };
}

export const messageTraps: readonly Trap[] = [
  {
    name: 'one note is a whole conversation',
    facts: '§8 pnotes',
    rows: [
      patientRow(900_000_471),
      noteRow(900_000_471, 900_000_471, {
        body:
          '2026-01-06 15:20 (admin to desk20) Please call\nbefore noon\n' +
          '2026-01-06 15:40 (desk20 to -patient-) Done',
      }),
    ],
    expected: [
      record('patient_message', 'pnotes', 900_000_471, {
        patient_id: idOf('patient_data', 900_000_471),
        channel: 'staff_note',
        entries: [
          { at: '2026-01-06T20:20:00Z', from: 'admin', to: 'desk20', text: 'Please call\nbefore noon' },
          { at: '2026-01-06T20:40:00Z', from: 'desk20', to: '-patient-', text: 'Done' },
        ],
        deleted: false,
      }),
    ],
  },
  {
    name: 'a note about patient 0 is about nobody',
    facts: '§8 pnotes',
    rows: [noteRow(900_000_472, 0, {})],
    expected: [record('patient_message', 'pnotes', 900_000_472, { patient_id: null, dq_flags: [] })],
  },
  {
    name: 'a note outlives its patient, deleted',
    facts: '§1',
    rows: [noteRow(900_000_473, ABSENT, { deleted: 1 })],
    expected: [
      record(
        'patient_message',
        'pnotes',
        900_000_473,
        { patient_id: null, deleted: true, dq_flags: [flag.orphan('patient_id')] },
        { pid: String(ABSENT) },
      ),
    ],
  },
  {
    name: 'of the copies of a mail one is the mail',
    facts: '§8 onsite_mail',
    rows: [
      patientRow(900_000_474),
      {
        table: 'patient_access_onsite',
        values: {
          id: 900_000_474,
          pid: 900_000_474,
          portal_username: 'Trap900000474',
          portal_login_username: 'Trap900000474',
          portal_pwd: '',
          portal_pwd_status: 1,
          date_created: '2026-01-06 10:00:00',
        },
      },
      mailRow(900_000_001, 'admin', 900_000_474),
      mailRow(900_000_002, 'Trap900000474', 900_000_474),
    ],
    expected: [
      record('patient_message', 'onsite_mail', 900_000_001, {
        patient_id: idOf('patient_data', 900_000_474),
        channel: 'portal_mail',
        thread_key: '900000001',
        body: '<p>Please call</p>',
        body_format: 'html',
        sender: 'Trap900000474',
        recipient: 'admin',
        sent_at: '2026-01-06T21:00:00Z',
      }),
      { source: 'onsite_mail', key: { id: 900_000_002 }, filtered: true },
    ],
  },
];
