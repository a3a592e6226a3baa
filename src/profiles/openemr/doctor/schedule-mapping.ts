import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  from,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { day, txt } from '../text.ts';
import { scheduleExpansion } from './schedule-expansion.ts';
import { SCHEDULE_FIELDS, SCHEDULE_JOINS, SCHEDULE_WATCHES } from './schedule-query.ts';
import {
  asGiven,
  endOfSeries,
  exceptionDates,
  ruleEnd,
  ruleOfSeries,
  ruleStart,
  scheduleStatus,
  specOfSeries,
} from './schedule-values.ts';

const EVENTS = 'openemr_postcalendar_events';
const SPEC = ['pc_recurrtype', 'pc_recurrspec'] as const;

/** openemr_postcalendar_events → doctor.schedule_rule, for blocks of providers and of the clinic. */
export function scheduleMapping(site: Site): Mapping {
  return {
    shape: 'rows',
    id: 'schedule_rule',
    service: 'doctor',
    source: { table: EVENTS },
    target: { schema: 'doctor', table: 'schedule_rule' },
    query: { joins: SCHEDULE_JOINS, fields: SCHEDULE_FIELDS, watches: SCHEDULE_WATCHES },
    where: {
      inputs: ['cattype'],
      description: 'events of a category of providers (1) or of the clinic (2)',
      accepts: (cattype) => cattype === '1' || cattype === '2',
      atSource:
        'pc_catid IN (SELECT k.pc_catid FROM openemr_postcalendar_categories k WHERE k.pc_cattype IN (1, 2))',
    },
    expansion: scheduleExpansion,
    owner: ['id'],
    key: ['id'],
    columns: columns({
      id: ['uuid!', uuid(EVENTS, 'pc_eid')],
      // never NULL where it should not be: without a provider hours are everybody's
      doctor_id: [
        'uuid',
        reference('users', { input: 'pc_aid', found: 'user_id', onOrphan: 'reject' }),
        'identifier',
      ],
      facility_id: [
        'uuid',
        reference('facility', {
          input: 'pc_facility',
          found: 'at_facility',
          onOrphan: { flag: 'facility_id' },
        }),
      ],
      kind: ['text!', apply(asGiven, 'kind')],
      timezone: ['text!', constant(site.timeZone)],
      start_date: ['date!', apply(day('start_date', 'pc_eventDate'), 'pc_eventDate')],
      end_date: ['date', apply(endOfSeries, 'pc_recurrtype', 'pc_eventDate', 'pc_endDate')],
      start_time: ['time without time zone', apply(ruleStart, 'start_time', 'pc_startTime')],
      end_time: ['time without time zone', apply(ruleEnd, 'end_time')],
      all_day: ['boolean!', apply(asGiven, 'all_day')],
      rrule: ['text', apply(ruleOfSeries, ...SPEC, 'pc_eventDate', 'weekend_days')],
      exdates: ['text[]!', apply(exceptionDates, ...SPEC)],
      preferred_type_id: [
        'uuid',
        reference('openemr_postcalendar_categories', {
          input: 'pc_prefcatid',
          found: 'preferred_type',
          onOrphan: { flag: 'preferred_type_id' },
        }),
      ],
      derived_end: ['boolean!', apply(asGiven, 'derived_end')],
      legacy_spec: ['jsonb', apply(specOfSeries, ...SPEC)],
      status: ['text!', apply(scheduleStatus(site.cutoverDate), ...SPEC, 'pc_eventDate', 'pc_endDate')],
      title: ['text', apply(txt, 'pc_title')],
      note: ['text', apply(txt, 'pc_hometext'), 'identifier'],
      legacy_table: ['text!', constant(EVENTS)],
      legacy_id: ['text!', from('pc_eid')],
      extra: ['jsonb!', everythingElse, 'identifier'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
