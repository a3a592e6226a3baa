/** What can be booked: the categories of patients and therapy groups, and those that only events know of. */
import { apply, columns, constant, everythingElse, flags, from, uuid } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { clean, txt } from '../text.ts';
import { isAppointment } from './event-filters.ts';
import { CATEGORIES, EVENTS } from './event-query.ts';
import { defaultMinutes } from './minutes.ts';

/** Of its own name, else its constant, else its number. */
const typeName: Transform = {
  name: 'typeName',
  apply: (name, constantId, category) => {
    const own = clean(name ?? null);
    if (own !== null) return own;
    raiseFlag('name_missing');
    return clean(constantId ?? null) ?? `Category ${category}`;
  },
};

const isActive: Transform = { name: 'isActive', apply: (active) => (active === '0' ? 'f' : 't') };
const isGroup: Transform = { name: 'isGroup', apply: (categoryType) => (categoryType === '3' ? 't' : 'f') };

const TARGET = { schema: 'appointment', table: 'appointment_type' };

export const typesMapping: Mapping = {
  shape: 'query',
  id: 'appointment_types',
  service: 'appointment',
  source: { table: CATEGORIES },
  target: TARGET,
  where: {
    inputs: ['pc_cattype'],
    description: 'categories of patients and therapy groups; those of time blocks are in the schedule rules',
    accepts: (categoryType = null) => isAppointment(categoryType),
  },
  query: { joins: '', fields: {}, watches: [] },
  columns: columns({
    id: ['uuid!', uuid(CATEGORIES, 'pc_catid')],
    code: ['text', apply(txt, 'pc_constant_id')],
    name: ['text!', apply(typeName, 'pc_catname', 'pc_constant_id', 'pc_catid')],
    description: ['text', apply(txt, 'pc_catdesc')],
    default_minutes: ['integer', apply(defaultMinutes, 'pc_duration')],
    color: ['text', apply(txt, 'pc_catcolor')],
    is_group: ['boolean!', apply(isGroup, 'pc_cattype')],
    active: ['boolean!', apply(isActive, 'pc_active')],
    legacy_table: ['text!', constant(CATEGORIES)],
    legacy_id: ['text!', from('pc_catid')],
    extra: ['jsonb!', everythingElse],
    dq_flags: ['text[]!', flags],
  }),
};

/** Of a category that does not exist: its number is all that is left. It can be booked no more. */
const missingName: Transform = {
  name: 'missingName',
  apply: (category) => {
    raiseFlag('category_missing');
    return `Category ${category}`;
  },
};

/**
 * The event with the smallest pc_eid of a category that does not exist stands for it. That there is none smaller is asked only of
 * such events, and ends at the first: a site may have deleted a category of a million events.
 */
export const missingTypesMapping: Mapping = {
  shape: 'rows',
  id: 'missing_appointment_types',
  service: 'appointment',
  source: { table: EVENTS },
  target: TARGET,
  query: {
    joins: `LEFT JOIN ${CATEGORIES} c ON c.pc_catid = t.pc_catid`,
    fields: {
      stands_for_missing: {
        sql: `IF(c.pc_catid IS NULL AND t.pc_catid > 0,
          NOT EXISTS (SELECT 1 FROM ${EVENTS} e WHERE e.pc_catid = t.pc_catid AND e.pc_eid < t.pc_eid), 0)`,
        like: `${EVENTS}.pc_recurrtype`,
      },
    },
    watches: [
      {
        table: CATEGORIES,
        inputs: ['pc_catid'],
        keys: `SELECT e.pc_eid FROM ${EVENTS} e WHERE e.pc_catid = ? ORDER BY e.pc_eid + 0 LIMIT 1`,
      },
      {
        // What comes before the first, or goes, makes the second another. By `+ 0` the category's index is used, not the key's order.
        table: EVENTS,
        inputs: ['pc_catid'],
        keys: `SELECT e.pc_eid FROM ${EVENTS} e LEFT JOIN ${CATEGORIES} c ON c.pc_catid = e.pc_catid
          WHERE e.pc_catid = ? AND c.pc_catid IS NULL ORDER BY e.pc_eid + 0 LIMIT 2`,
      },
    ],
  },
  where: {
    inputs: ['stands_for_missing'],
    description: 'the first event of a category that does not exist gives its type',
    accepts: (standsForMissing) => standsForMissing === '1',
    atSource: `pc_catid NOT IN (SELECT c.pc_catid FROM ${CATEGORIES} c)`,
  },
  expansion: {
    description: 'one type, which the next event of the category takes over',
    inputs: [],
    fields: {},
    rows: () => [[]],
  },
  owner: ['legacy_id'],
  key: ['id'],
  columns: columns({
    id: ['uuid!', uuid(CATEGORIES, 'pc_catid')],
    code: ['text', constant(null)],
    name: ['text!', apply(missingName, 'pc_catid')],
    description: ['text', constant(null)],
    default_minutes: ['integer', constant(null)],
    color: ['text', constant(null)],
    is_group: ['boolean!', constant('f')],
    active: ['boolean!', constant('f')],
    legacy_table: ['text!', constant(EVENTS)],
    legacy_id: ['text!', from('pc_eid')],
    extra: ['jsonb!', { kind: 'extra', columns: [] }],
    dq_flags: ['text[]!', flags],
  }),
};
