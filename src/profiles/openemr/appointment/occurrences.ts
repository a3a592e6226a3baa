/** Events that repeat: an appointment for each day on which the legacy calendar shows one. */
import { apply, columns, constant, flags, uuid } from '../../../mapping/declare.ts';
import type { Expansion, Mapping, Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { formatDate } from '../../../mapping/transforms/civil-date.ts';
import type { Site } from '../site.ts';
import { ofDay, optional, whoAndWhat } from './appointment-columns.ts';
import { seriesOfAppointments } from './event-filters.ts';
import {
  EVENT_FIELDS,
  EVENT_JOINS,
  EVENTS,
  eventWatches,
  WEEKEND_FIELD,
  weekendWatch,
} from './event-query.ts';
import { horizonAfter, MAX_OCCURRENCES, occurrenceDays, readSeries, SERIES_INPUTS } from './legacy-series.ts';
import { trackedStatus, trackedStatusCode } from './statuses.ts';
import { readTrackedDays, TRACKED_DAYS_FIELD, TRACKED_DAYS_WATCHES } from './tracked-days.ts';

function expansion(cutoverDate: string): Expansion {
  const horizon = horizonAfter(cutoverDate);
  return {
    description:
      `the days of the legacy calendar from the first to ${formatDate(horizon)}, ${MAX_OCCURRENCES} at most, ` +
      'with what the flow board says of each',
    inputs: [...SERIES_INPUTS, 'tracked_days'],
    fields: {
      occurrence_date: `${EVENTS}.pc_eventDate`,
      taken_out: `${EVENTS}.pc_apptstatus`,
      tracked_status: 'patient_tracker_element.status',
      tracked_encounter: 'patient_tracker.encounter',
      encounter_key: 'form_encounter.id',
    },
    rows: (type, spec, start, until, weekend, trackedDays) => {
      const series = readSeries(type, spec, start, until, weekend);
      const tracked = readTrackedDays(trackedDays);
      const takenOut = new Set(series.exceptions.ignored);
      return occurrenceDays(series, horizon).map((number) => {
        const day = formatDate(number);
        const { status = null, encounter = null, encounterKey = null } = tracked.get(day) ?? {};
        return [day, takenOut.has(number) ? 'x' : null, status, encounter, encounterKey];
      });
    },
  };
}

/** Somebody meant to take the day out, in a way that the legacy calendar does not understand: it goes on showing it. */
const occurrenceDate: Transform = {
  name: 'occurrenceDate',
  apply: (day, takenOut) => {
    if (takenOut != null) raiseFlag('occurrence_date_taken_out');
    return day ?? null;
  },
};

export function occurrencesMapping(site: Site): Mapping {
  // What the columns of a single appointment leave over is with the series.
  const extra = { kind: 'extra', columns: [] } as const;
  return {
    shape: 'rows',
    id: 'occurrences',
    service: 'appointment',
    source: { table: EVENTS },
    target: { schema: 'appointment', table: 'appointment' },
    where: seriesOfAppointments,
    query: {
      joins: `${EVENT_JOINS}\nLEFT JOIN facility b ON b.id = t.pc_billing_location`,
      fields: {
        ...EVENT_FIELDS,
        ...WEEKEND_FIELD,
        ...TRACKED_DAYS_FIELD,
        billing_facility_key: { sql: 'b.id', like: 'facility.id' },
      },
      watches: [
        ...eventWatches('e.pc_recurrtype <> 0'),
        weekendWatch(`SELECT e.pc_eid FROM ${EVENTS} e WHERE e.pc_recurrtype <> 0`),
        ...TRACKED_DAYS_WATCHES,
      ],
    },
    expansion: expansion(site.cutoverDate),
    owner: ['series_id'],
    key: ['id'],
    columns: columns({
      id: ['uuid!', uuid(EVENTS, 'pc_eid', 'occurrence_date'), 'identifier'],
      kind: ['text!', constant('occurrence')],
      series_id: ['uuid', uuid(EVENTS, 'pc_eid'), 'identifier'],
      occurrence_date: ['date', apply(occurrenceDate, 'occurrence_date', 'taken_out'), 'clinical'],
      ...whoAndWhat(site),
      ...ofDay(site, 'occurrence_date'),
      status: ['text!', apply(trackedStatus, 'tracked_status', 'pc_apptstatus', 'category_type'), 'clinical'],
      legacy_status: ['text!', apply(trackedStatusCode, 'tracked_status', 'pc_apptstatus'), 'clinical'],
      encounter_id: [
        'uuid',
        optional('form_encounter', 'tracked_encounter', 'encounter_key', 'encounter_id'),
      ],
      // the legacy system has one for the series
      fhir_uuid: ['uuid', constant(null), 'identifier'],
      extra: ['jsonb!', extra, 'clinical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
