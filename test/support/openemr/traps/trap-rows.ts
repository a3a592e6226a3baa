/** Rows with nothing wrong in them, to be changed by what the trap is about. */
import { eventRow } from '../event-row.ts';
import type { SourceRow } from '../source-row.ts';
import type { TrapRow } from './trap.ts';

export function patientRow(pid: number, changes: SourceRow = {}): TrapRow {
  const values = {
    id: pid,
    pid,
    pubpid: String(pid),
    fname: 'Trap',
    lname: 'Case',
    DOB: '1980-04-05',
    sex: 'Female',
    regdate: '2020-02-03',
    date: '2020-02-03 09:00:00',
    last_updated: '2020-02-03 09:00:00',
    ...changes,
  };
  return { table: 'patient_data', values };
}

/** A portal account that works. */
export function accountRow(id: number, pid: number | null, changes: SourceRow = {}): TrapRow {
  const values = {
    id,
    pid,
    portal_username: `Trap${id}`,
    portal_login_username: `Trap${id}`,
    portal_pwd: BCRYPT,
    portal_pwd_status: 1,
    portal_onetime: null,
    portal_salt: `${BCRYPT.slice(0, 29)}$`,
    date_created: '2020-02-03 10:00:00',
    ...changes,
  };
  return { table: 'patient_access_onsite', values };
}

export const BCRYPT = '$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234';

export function userRow(id: number, changes: SourceRow = {}): TrapRow {
  const values = {
    id,
    username: `trap${id}`,
    password: '',
    authorized: 1,
    info: '',
    fname: 'Trap',
    mname: '',
    lname: `Doctor ${id}`,
    federaltaxid: '',
    facility_id: 4,
    active: 1,
    npi: '',
    specialty: '',
    taxonomy: '207Q00000X',
    calendar: 1,
    abook_type: '',
    supervisor_id: 0,
    date_created: '2020-02-03 09:00:00',
    last_updated: '2020-02-03 09:00:00',
    ...changes,
  };
  return { table: 'users', values };
}

export function credentialsRow(id: number, changes: SourceRow = {}): TrapRow {
  const values = {
    id,
    username: `trap${id}`,
    password: BCRYPT,
    salt: `${BCRYPT.slice(0, 29)}$`,
    last_update: '2020-02-03 09:00:00',
    last_update_password: '2020-02-03 09:00:00',
    ...changes,
  };
  return { table: 'users_secure', values };
}

export function groupRow(id: number, user: string): TrapRow {
  return { table: 'groups', values: { id, name: 'Default', user } };
}

/** A quarter of an hour with doctor 10 in facility 4, on a Tuesday in winter: 14:00 UTC. */
export function appointmentRow(pc_eid: number, pid: number, changes: SourceRow = {}): TrapRow {
  const plain = {
    pc_eid,
    pc_catid: 5,
    pc_pid: String(pid),
    pc_aid: '10',
    pc_title: 'Office Visit',
    pc_time: '2026-01-05 08:00:00',
    pc_eventDate: '2026-02-03',
    pc_startTime: '09:00:00',
    pc_duration: 900,
    pc_facility: 4,
    pc_billing_location: 4,
  };
  return { table: 'openemr_postcalendar_events', values: { ...eventRow({ ...plain, ...changes }) } };
}

export function encounterRow(id: number, pid: number, changes: SourceRow = {}): TrapRow {
  const values = {
    id,
    pid,
    encounter: id,
    date: '2026-01-06 09:00:00',
    reason: 'trap',
    facility_id: 4,
    onset_date: null,
    sensitivity: 'normal',
    pc_catid: 5,
    provider_id: 10,
    supervisor_id: 0,
    class_code: 'AMB',
    last_update: '2026-01-06 09:00:00',
    ...changes,
  };
  return { table: 'form_encounter', values };
}

export function formRow(id: number, pid: number, encounter: number, changes: SourceRow): TrapRow {
  const values = {
    id,
    pid,
    encounter,
    date: '2026-01-06 09:00:00',
    form_name: 'trap',
    user: 'admin',
    groupname: 'Default',
    authorized: 1,
    deleted: 0,
    ...changes,
  };
  return { table: 'forms', values };
}
