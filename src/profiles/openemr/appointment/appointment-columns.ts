/** The columns that an appointment has whether it repeats or not. */
import { apply, constant, from, reference, type ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Expression, Reference, Transform } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { EVENTS } from './event-query.ts';
import { typeId } from './legacy-ids.ts';
import { LENGTH_INPUTS, minutes } from './minutes.ts';
import { endsAt, localStart, requiredDay, startsAt } from './moments.ts';

type Columns = Readonly<Record<string, ColumnDeclaration>>;

/** Whose it is and of what kind: of a series too. */
export function whoAndWhat(site: Site): Columns {
  return {
    patient_id: ['uuid', patientReference(site), 'identifier'],
    doctor_id: ['uuid', optional('users', 'pc_aid', 'doctor_key', 'doctor_id')],
    facility_id: ['uuid', optional('facility', 'pc_facility', 'facility_key', 'facility_id')],
    type_id: ['uuid', apply(typeId, 'pc_catid', 'category_key'), 'clinical'],
    timezone: ['text!', constant(site.timeZone)],
    minutes: ['integer!', apply(minutes, ...LENGTH_INPUTS)],
  };
}

/** Those of one day, which is in the source column or field `day`. */
export function ofDay(site: Site, day: string): Columns {
  const { timeZone } = site;
  return {
    billing_facility_id: [
      'uuid',
      optional('facility', 'pc_billing_location', 'billing_facility_key', 'billing_facility_id'),
    ],
    group_key: ['text', apply(groupKey, 'pc_multiple')],
    local_date: ['date!', apply(requiredDay, day), 'clinical'],
    local_start: ['time without time zone', apply(localStart, 'pc_startTime', 'pc_alldayevent'), 'clinical'],
    starts_at: [
      'timestamp with time zone',
      apply(startsAt(timeZone), day, 'pc_startTime', 'pc_alldayevent'),
      'clinical',
    ],
    ends_at: ['timestamp with time zone', apply(endsAt(timeZone), day, ...LENGTH_INPUTS), 'clinical'],
    all_day: ['boolean!', apply(allDay, 'pc_alldayevent')],
    // the legacy system has no place for it
    cancel_reason: ['text', constant(null), 'clinical'],
    title: ['text', apply(txt, 'pc_title'), 'clinical'],
    comment: ['text', apply(txt, 'pc_hometext'), 'clinical'],
    room: ['text', apply(txt, 'pc_room')],
    telehealth_url: ['text', apply(txt, 'pc_website'), 'identifier'],
    created_by: ['text', apply(txt, 'pc_informant')],
    created_at: ['timestamp with time zone', apply(moment(site, 'created_at', 'pc_time'), 'pc_time')],
    legacy_table: ['text!', constant(EVENTS)],
    legacy_id: ['text!', from('pc_eid'), 'identifier'],
  };
}

export function optional(entity: string, input: string, found: string, flag: string): Expression {
  return reference(entity, { input, found, onOrphan: { flag } });
}

function patientReference(site: Site): Expression {
  const onOrphan: Reference['onOrphan'] = site.orphans === 'reject' ? 'reject' : { flag: 'patient_id' };
  return reference('patient_data', { input: 'pc_pid', found: 'patient_key', onOrphan });
}

/** The rows of one event that several providers take part in have the same number; 0 is one provider. */
const groupKey: Transform = {
  name: 'groupKey',
  apply: (multiple) => (multiple == null || multiple === '0' ? null : multiple),
};

const allDay: Transform = {
  name: 'allDay',
  apply: (value) => (value == null || value === '0' ? 'f' : 't'),
};
