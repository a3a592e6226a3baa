/** What the mappings of the legacy calendar's events select beside an event, and what has them selected again. */
import type { QueryField, Watch } from '../../../mapping/mapping.ts';

export const EVENTS = 'openemr_postcalendar_events';
export const CATEGORIES = 'openemr_postcalendar_categories';

/** NULL for nobody. Text that begins as a number finds that number's row: references look at the text too. */
export const keyInText = (column: string): string => `NULLIF(CAST(${column} AS UNSIGNED), 0)`;

export const EVENT_JOINS = `LEFT JOIN ${CATEGORIES} c ON c.pc_catid = t.pc_catid
LEFT JOIN patient_data p ON p.pid = ${keyInText('t.pc_pid')}
LEFT JOIN users u ON u.id = ${keyInText('t.pc_aid')}
LEFT JOIN facility f ON f.id = t.pc_facility`;

export const EVENT_FIELDS = {
  category_key: { sql: 'c.pc_catid', like: `${CATEGORIES}.pc_catid` },
  category_type: { sql: 'c.pc_cattype', like: `${CATEGORIES}.pc_cattype` },
  category_seconds: { sql: 'c.pc_duration', like: `${CATEGORIES}.pc_duration` },
  patient_key: { sql: 'p.pid', like: 'patient_data.pid' },
  doctor_key: { sql: 'u.id', like: 'users.id' },
  facility_key: { sql: 'f.id', like: 'facility.id' },
} as const satisfies Record<string, QueryField>;

/** Events by what they name. `also` keeps to those that the mapping is about. */
export function eventWatches(also: string): Watch[] {
  const where = (condition: string): string =>
    `SELECT e.pc_eid FROM ${EVENTS} e WHERE ${condition} AND ${also}`;
  return [
    { table: CATEGORIES, inputs: ['pc_catid'], keys: where('e.pc_catid = ?') },
    { table: 'patient_data', inputs: ['pid'], keys: where('e.pc_pid = ?'), keysOnly: true },
    { table: 'users', inputs: ['id'], keys: where('e.pc_aid = ?'), keysOnly: true },
    {
      table: 'facility',
      inputs: ['id'],
      keys: where('? IN (e.pc_facility, e.pc_billing_location)'),
      keysOnly: true,
    },
  ];
}

/** The days on which nobody works, by which workdays are stepped: a setting of the site. */
export const WEEKEND_FIELD = {
  weekend_days: {
    sql: `SELECT g.gl_value FROM globals g WHERE g.gl_name = 'weekend_days' AND g.gl_index = 0`,
    like: 'globals.gl_value',
  },
} as const satisfies Record<string, QueryField>;

/** `keys` selects everything that repeats. */
export const weekendWatch = (keys: string): Watch => ({
  table: 'globals',
  inputs: ['gl_name'],
  keys: `${keys} AND ? = 'weekend_days'`,
});
