/**
 * What the rule of an event is read from, beside the event. Most events are appointments: for them nothing of it is looked up. The index
 * of events begins with category and provider, by which the In and Out events of a provider are found.
 */
import type { QueryField, Watch } from '../../../mapping/mapping.ts';

const CATEGORIES = 'openemr_postcalendar_categories';
const EVENTS = 'openemr_postcalendar_events';

const isBlock = (category: string): string => `${category}.pc_cattype IN (1, 2)`;
/** In Office and Out Of Office, as schedule-rules.ts knows them. */
const isSwitch = (category: string): string =>
  `${isBlock(category)} AND (${category}.pc_catid IN (2, 3) OR ${category}.pc_constant_id IN ('in_office', 'out_of_office'))`;

export const SCHEDULE_JOINS = `LEFT JOIN ${CATEGORIES} c ON c.pc_catid = t.pc_catid
  LEFT JOIN users u ON u.id = IF(${isBlock('c')}, CAST(t.pc_aid AS UNSIGNED), NULL)
  LEFT JOIN facility f ON f.id = IF(${isBlock('c')}, t.pc_facility, NULL)
  LEFT JOIN ${CATEGORIES} p ON p.pc_catid = IF(${isBlock('c')}, t.pc_prefcatid, NULL) AND p.pc_cattype IN (0, 3)`;

/** In the order of the inputs of the expansion. Everything as text, which JSON does not round. */
const SWITCH = `JSON_ARRAY(CAST(e.pc_eid AS CHAR), CAST(e.pc_catid AS CHAR), k.pc_constant_id, CAST(e.pc_eventDate AS CHAR),
  CAST(e.pc_endDate AS CHAR), CAST(e.pc_startTime AS CHAR), CAST(e.pc_duration AS CHAR), CAST(e.pc_alldayevent AS CHAR),
  CAST(e.pc_recurrtype AS CHAR), e.pc_recurrspec)`;

const switchesWhere = (condition: string): string =>
  `(SELECT CAST(JSON_ARRAYAGG(${SWITCH}) AS CHAR) FROM ${CATEGORIES} k JOIN ${EVENTS} e ON e.pc_catid = k.pc_catid
    WHERE ${isSwitch('k')} AND e.pc_aid = t.pc_aid AND e.pc_facility = t.pc_facility AND ${condition})`;

/** A single event is beside those of its day only: there may be one for each day of years. */
const SWITCHES = `IF(${isSwitch('c')}, IF(t.pc_recurrtype = 0,
  ${switchesWhere('e.pc_recurrtype = 0 AND e.pc_eventDate = t.pc_eventDate')},
  ${switchesWhere('e.pc_recurrtype <> 0')}), NULL)`;

const setting = (name: string): QueryField => ({
  sql: `IF(${isBlock('c')}, (SELECT MIN(g.gl_value) FROM globals g WHERE g.gl_name = '${name}'), NULL)`,
  like: 'globals.gl_value',
});

export const SCHEDULE_FIELDS: Readonly<Record<string, QueryField>> = {
  cattype: { sql: 'c.pc_cattype', like: `${CATEGORIES}.pc_cattype` },
  constant_id: { sql: 'c.pc_constant_id', like: `${CATEGORIES}.pc_constant_id` },
  user_id: { sql: 'u.id', like: 'users.id' },
  at_facility: { sql: 'f.id', like: 'facility.id' },
  preferred_type: { sql: 'p.pc_catid', like: `${CATEGORIES}.pc_catid` },
  switches: { sql: SWITCHES, like: `${EVENTS}.pc_recurrspec` },
  weekend_days: setting('weekend_days'),
  schedule_end: setting('schedule_end'),
};

const blocksWhere = (condition: string): string =>
  `SELECT e.pc_eid FROM ${CATEGORIES} k JOIN ${EVENTS} e ON e.pc_catid = k.pc_catid WHERE ${isBlock('k')} AND ${condition}`;

export const SCHEDULE_WATCHES: readonly Watch[] = [
  { table: CATEGORIES, inputs: ['pc_catid'], keys: `SELECT e.pc_eid FROM ${EVENTS} e WHERE e.pc_catid = ?` },
  // a category that becomes In or Out, or is one no more, moves the ends of others
  {
    table: CATEGORIES,
    inputs: ['pc_catid'],
    keys: blocksWhere(`(${isSwitch('k')} OR e.pc_prefcatid = ?)`),
  },
  // a text and not a number, so that the index serves
  { table: 'users', inputs: ['id'], keys: blocksWhere('e.pc_aid = CAST(? AS CHAR)') },
  { table: 'facility', inputs: ['id'], keys: blocksWhere('e.pc_facility = ?') },
  {
    table: 'globals',
    inputs: ['gl_name'],
    keys: blocksWhere(`? IN ('weekend_days', 'schedule_end')`),
  },
  // a changed In or Out moves the ends of the others of its provider, by whatever day, which a watch cannot take; a changed appointment nothing
  {
    table: EVENTS,
    inputs: ['pc_catid', 'pc_aid', 'pc_recurrtype'],
    keys: `SELECT e.pc_eid FROM ${CATEGORIES} changed JOIN ${CATEGORIES} k ON ${isSwitch('k')}
      JOIN ${EVENTS} e ON e.pc_catid = k.pc_catid
      WHERE changed.pc_catid = ? AND ${isSwitch('changed')} AND e.pc_aid = ?
        AND (e.pc_recurrtype = 0) = (? = 0)`,
  },
];
