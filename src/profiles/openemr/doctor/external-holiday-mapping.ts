import { apply, columns, constant, everythingElse, flags, from, uuid } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { day, txt } from '../text.ts';

const CATEGORIES = 'openemr_postcalendar_categories';
const EVENTS = 'openemr_postcalendar_events';

const isHoliday = (category: string): string =>
  `${category}.pc_cattype = 2 AND (${category}.pc_constant_id = 'holidays' OR ${category}.pc_catid = 6)`;

const statusOfDay = (cutoverDate: string): Transform => ({
  name: `statusOfDay(${cutoverDate})`,
  apply: (date) => (date !== null && date < cutoverDate ? 'expired' : 'active'),
});

/** calendar_external → doctor.schedule_rule: imported holidays. The application makes events of them, which stand before these. */
export function externalHolidayMapping(site: Site): Mapping {
  return {
    shape: 'query',
    id: 'schedule_rule_external',
    service: 'doctor',
    source: { table: 'calendar_external' },
    target: { schema: 'doctor', table: 'schedule_rule' },
    query: {
      joins: '',
      fields: {
        event: {
          sql: `SELECT MIN(e.pc_eid) FROM ${EVENTS} e JOIN ${CATEGORIES} c ON c.pc_catid = e.pc_catid
            WHERE e.pc_eventDate = t.date AND e.pc_recurrtype = 0 AND COALESCE(e.pc_aid, '') IN ('', '0') AND ${isHoliday('c')}`,
          like: `${EVENTS}.pc_eid`,
        },
      },
      watches: [
        {
          table: EVENTS,
          inputs: ['pc_catid'],
          keys: `SELECT x.id FROM ${CATEGORIES} c JOIN calendar_external x WHERE c.pc_catid = ? AND ${isHoliday('c')}`,
        },
        {
          table: CATEGORIES,
          inputs: ['pc_catid'],
          keys: 'SELECT x.id FROM calendar_external x WHERE ? > 0',
        },
      ],
    },
    where: {
      inputs: ['event'],
      description: 'holidays that are not in the calendar',
      accepts: (event) => event == null,
    },
    columns: columns({
      id: ['uuid!', uuid('calendar_external', 'id')],
      kind: ['text!', constant('holiday')],
      timezone: ['text!', constant(site.timeZone)],
      start_date: ['date!', apply(day('start_date', 'date'), 'date')],
      start_time: ['time without time zone', constant('00:00:00')],
      end_time: ['time without time zone', constant('24:00:00')],
      all_day: ['boolean!', constant('t')],
      status: ['text!', apply(statusOfDay(site.cutoverDate), 'date')],
      title: ['text', apply(txt, 'description')],
      legacy_table: ['text!', constant('calendar_external')],
      legacy_id: ['text!', from('id')],
      extra: ['jsonb!', everythingElse],
      dq_flags: ['text[]!', flags],
    }),
  };
}
