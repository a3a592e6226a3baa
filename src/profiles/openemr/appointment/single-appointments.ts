/** Events that do not repeat: one appointment each. */
import { apply, columns, constant, flags, from, uuid } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { everythingElseOfEvent } from './blank-values.ts';
import { ofDay, optional, whoAndWhat } from './appointment-columns.ts';
import { singleAppointments } from './event-filters.ts';
import { EVENT_FIELDS, EVENT_JOINS, EVENTS, eventWatches } from './event-query.ts';
import { status, statusCode } from './statuses.ts';

/** The newest tracker of its day that has an encounter. */
const JOINS = `${EVENT_JOINS}
LEFT JOIN facility b ON b.id = t.pc_billing_location
LEFT JOIN patient_tracker k ON k.id = (
  SELECT MAX(i.id) FROM patient_tracker i WHERE i.eid = t.pc_eid AND i.apptdate = t.pc_eventDate AND i.encounter <> 0
)`;

export function singleAppointmentsMapping(site: Site): Mapping {
  const hasUuid = site.has(EVENTS, 'uuid');
  return {
    shape: 'query',
    id: 'appointments',
    service: 'appointment',
    source: { table: EVENTS },
    target: { schema: 'appointment', table: 'appointment' },
    where: singleAppointments,
    query: {
      joins: JOINS,
      fields: {
        ...EVENT_FIELDS,
        billing_facility_key: { sql: 'b.id', like: 'facility.id' },
        tracked_encounter: { sql: 'k.encounter', like: 'patient_tracker.encounter' },
        encounter_key: {
          sql: 'SELECT MIN(n.id) FROM form_encounter n WHERE n.pid = k.pid AND n.encounter = k.encounter',
          like: 'form_encounter.id',
        },
        ...(hasUuid && {
          fhir_uuid: { sql: "NULLIF(t.uuid, UNHEX(REPEAT('00', 16)))", like: `${EVENTS}.uuid` },
        }),
      },
      watches: [
        ...eventWatches('e.pc_recurrtype = 0'),
        { table: 'patient_tracker', inputs: ['eid'], keys: null },
        {
          table: 'form_encounter',
          inputs: ['pid', 'encounter'],
          keys: 'SELECT k.eid FROM patient_tracker k WHERE k.pid = ? AND k.encounter = ?',
        },
      ],
    },
    columns: columns({
      id: ['uuid!', uuid(EVENTS, 'pc_eid'), 'identifier'],
      kind: ['text!', constant('single')],
      series_id: ['uuid', constant(null)],
      occurrence_date: ['date', constant(null)],
      ...whoAndWhat(site),
      ...ofDay(site, 'pc_eventDate'),
      status: ['text!', apply(status, 'pc_apptstatus', 'category_type'), 'clinical'],
      legacy_status: ['text!', apply(statusCode, 'pc_apptstatus'), 'clinical'],
      encounter_id: [
        'uuid',
        optional('form_encounter', 'tracked_encounter', 'encounter_key', 'encounter_id'),
      ],
      fhir_uuid: ['uuid', hasUuid ? from('fhir_uuid') : constant(null), 'identifier'],
      extra: ['jsonb!', everythingElseOfEvent, 'clinical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
