/** The flow board: a row for the day of an appointment, and its steps. */
import type { TrapRow } from './trap.ts';

const TRACKED_ON = '2026-02-03';

export function trackerRow(
  id: number,
  eid: number,
  encounter: number,
  lastseq: string,
  on = TRACKED_ON,
): TrapRow {
  const values = {
    id,
    eid,
    pid: eid,
    encounter,
    lastseq,
    date: `${on} 08:50:00`,
    apptdate: on,
    appttime: '09:00:00',
    original_user: 'admin',
  };
  return { table: 'patient_tracker', values };
}

export function stepRow(
  tracker: number,
  seq: string,
  status: string,
  time: string,
  on = TRACKED_ON,
): TrapRow {
  return {
    table: 'patient_tracker_element',
    values: { pt_tracker_id: tracker, seq, status, start_datetime: `${on} ${time}`, room: '', user: 'admin' },
  };
}
