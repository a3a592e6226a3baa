/** Events that repeat, as series. */
import { apply, columns, constant, flags, from, uuid } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { everythingElseOfEvent } from './blank-values.ts';
import { day } from '../text.ts';
import { whoAndWhat } from './appointment-columns.ts';
import { seriesOfAppointments } from './event-filters.ts';
import {
  EVENT_FIELDS,
  EVENT_JOINS,
  EVENTS,
  eventWatches,
  WEEKEND_FIELD,
  weekendWatch,
} from './event-query.ts';
import { SERIES_INPUTS } from './legacy-series.ts';
import { localStart, requiredDay } from './moments.ts';
import { exdates, isExact, legacySpec, rrule, seriesStatus } from './series-values.ts';

export function seriesMapping(site: Site): Mapping {
  return {
    shape: 'query',
    id: 'appointment_series',
    service: 'appointment',
    source: { table: EVENTS },
    target: { schema: 'appointment', table: 'appointment_series' },
    where: seriesOfAppointments,
    query: {
      joins: EVENT_JOINS,
      fields: { ...EVENT_FIELDS, ...WEEKEND_FIELD },
      watches: [
        ...eventWatches('e.pc_recurrtype <> 0'),
        weekendWatch(`SELECT e.pc_eid FROM ${EVENTS} e WHERE e.pc_recurrtype <> 0`),
      ],
    },
    columns: columns({
      id: ['uuid!', uuid(EVENTS, 'pc_eid'), 'identifier'],
      ...whoAndWhat(site),
      start_date: ['date!', apply(requiredDay, 'pc_eventDate'), 'clinical'],
      until_date: ['date', apply(day('until_date', 'pc_endDate'), 'pc_endDate'), 'clinical'],
      start_time: ['time without time zone', apply(localStart, 'pc_startTime', 'pc_alldayevent'), 'clinical'],
      rrule: ['text', apply(rrule, ...SERIES_INPUTS), 'clinical'],
      rrule_exact: ['boolean!', apply(isExact, ...SERIES_INPUTS)],
      exdates: ['text[]!', apply(exdates, ...SERIES_INPUTS), 'clinical'],
      legacy_spec: ['jsonb!', apply(legacySpec, 'pc_recurrspec'), 'clinical'],
      status: ['text!', apply(seriesStatus(site.cutoverDate), ...SERIES_INPUTS)],
      legacy_table: ['text!', constant(EVENTS)],
      legacy_id: ['text!', from('pc_eid'), 'identifier'],
      extra: ['jsonb!', everythingElseOfEvent, 'clinical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
