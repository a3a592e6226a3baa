/** What is selected beside a tracker of the flow board: its steps, and the event that it is about. */
import type { Query } from '../../../mapping/mapping.ts';
import { CATEGORIES, EVENTS, keyInText, WEEKEND_FIELD, weekendWatch } from './event-query.ts';

export const TRACKERS = 'patient_tracker';

const OF_EVENT = `SELECT k.id FROM ${EVENTS} e JOIN ${TRACKERS} k ON k.eid = e.pc_eid WHERE`;

export const TRACKED_EVENT_QUERY: Query = {
  joins: `LEFT JOIN ${EVENTS} v ON v.pc_eid = t.eid
LEFT JOIN ${CATEGORIES} c ON c.pc_catid = v.pc_catid
LEFT JOIN patient_data p ON p.pid = ${keyInText('v.pc_pid')}`,
  fields: {
    ...WEEKEND_FIELD,
    event_key: { sql: 'v.pc_eid', like: `${EVENTS}.pc_eid` },
    category_type: { sql: 'c.pc_cattype', like: `${CATEGORIES}.pc_cattype` },
    event_patient: { sql: 'v.pc_pid', like: `${EVENTS}.pc_pid` },
    patient_key: { sql: 'p.pid', like: 'patient_data.pid' },
    event_type: { sql: 'v.pc_recurrtype', like: `${EVENTS}.pc_recurrtype` },
    event_spec: { sql: 'IF(v.pc_recurrtype = 0, NULL, v.pc_recurrspec)', like: `${EVENTS}.pc_recurrspec` },
    event_start: { sql: 'v.pc_eventDate', like: `${EVENTS}.pc_eventDate` },
    event_until: { sql: 'v.pc_endDate', like: `${EVENTS}.pc_endDate` },
    steps: {
      sql: `SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(
          s.seq, s.status, s.room, s.user, CAST(s.start_datetime AS CHAR))) AS CHAR)
        FROM patient_tracker_element s WHERE s.pt_tracker_id = t.id`,
      like: `${EVENTS}.pc_recurrspec`,
    },
  },
  watches: [
    { table: 'patient_tracker_element', inputs: ['pt_tracker_id'], keys: null },
    { table: EVENTS, inputs: ['pc_eid'], keys: `SELECT k.id FROM ${TRACKERS} k WHERE k.eid = ?` },
    { table: CATEGORIES, inputs: ['pc_catid'], keys: `${OF_EVENT} e.pc_catid = ?` },
    { table: 'patient_data', inputs: ['pid'], keys: `${OF_EVENT} e.pc_pid = ?`, keysOnly: true },
    weekendWatch(`${OF_EVENT} e.pc_recurrtype <> 0`),
  ],
};

/** In the order of `readTracked`. */
export const TRACKED_INPUTS = [
  'apptdate',
  'event_key',
  'category_type',
  'event_patient',
  'patient_key',
  'event_type',
  'event_spec',
  'event_start',
  'event_until',
  'weekend_days',
] as const;
