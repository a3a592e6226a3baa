/** How an appointment came to its status: the steps of the flow board, one set for each tracker, since steps have no key. */
import { apply, columns, constant, everythingElse, flags, from, uuid } from '../../../mapping/declare.ts';
import type { Expansion, Mapping, Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { formatDate } from '../../../mapping/transforms/civil-date.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { appointmentId } from './legacy-ids.ts';
import { horizonAfter } from './legacy-series.ts';
import { status, statusCode } from './statuses.ts';
import { occurrenceTracked } from './tracked-appointment.ts';
import { TRACKED_EVENT_QUERY, TRACKED_INPUTS, TRACKERS } from './tracked-event-query.ts';
import { numbered, parseGathered } from './tracker-steps.ts';

const STEPS = 'patient_tracker_element';

function expansion(site: Site): Expansion {
  return {
    description: `the steps of a tracker in their order, of an appointment that there is by ${formatDate(horizonAfter(site.cutoverDate))}, orphans: ${site.orphans}`,
    inputs: ['steps', ...TRACKED_INPUTS],
    fields: {
      step_key: `${STEPS}.user`,
      step_number: `${TRACKERS}.id`,
      step_doubt: `${STEPS}.user`,
      seq: `${STEPS}.seq`,
      status: `${STEPS}.status`,
      room: `${STEPS}.room`,
      user: `${STEPS}.user`,
      start_datetime: `${STEPS}.start_datetime`,
      occurrence_date: `${TRACKERS}.apptdate`,
    },
    rows: (steps, ...tracked) => {
      const gathered = parseGathered(steps);
      if (gathered.length === 0) return [];
      const occurrence = occurrenceTracked(site, ...tracked);
      const all = gathered.map(([seq, status, room, user, at = null]) => ({
        seq: seq ?? '',
        status: status ?? '',
        room: room ?? '',
        user: user ?? '',
        at,
      }));
      return numbered(all).map((step) => [
        step.key,
        String(step.number),
        step.doubt,
        step.seq,
        step.status,
        step.room,
        step.user,
        step.at,
        occurrence,
      ]);
    },
  };
}

/** Of the event, the day of its occurrence, the tracker's day and the event's. */
const trackedId: Transform = {
  name: 'trackedId',
  apply: (event, occurrence, day, eventDay) => {
    // moved to another day: the legacy system begins a new tracker then
    if (occurrence == null && day !== eventDay) raiseFlag('appointment_id_other_day');
    return event == null ? null : appointmentId(event, occurrence ?? null);
  },
};

const stepNumber: Transform = {
  name: 'stepNumber',
  apply: (number, doubt, raw) => {
    if (doubt != null) {
      raiseFlag(`seq_${doubt}`);
      if (raw != null) keepRaw('seq', raw);
    }
    return number ?? null;
  },
};

const legacyId: Transform = { name: 'legacyId', apply: (tracker, step) => `${tracker}:${step}` };

export function statusEventsMapping(site: Site): Mapping {
  return {
    shape: 'rows',
    id: 'appointment_status_events',
    service: 'appointment',
    source: { table: TRACKERS },
    target: { schema: 'appointment', table: 'appointment_status_event' },
    query: TRACKED_EVENT_QUERY,
    expansion: expansion(site),
    owner: ['tracker_legacy_id'],
    key: ['id'],
    columns: columns({
      id: ['uuid!', uuid(STEPS, 'id', 'step_key'), 'identifier'],
      appointment_id: [
        'uuid!',
        apply(trackedId, 'event_key', 'occurrence_date', 'apptdate', 'event_start'),
        'identifier',
      ],
      seq: ['integer!', apply(stepNumber, 'step_number', 'step_doubt', 'seq')],
      status: ['text!', apply(status, 'status', 'category_type'), 'clinical'],
      legacy_status: ['text!', apply(statusCode, 'status'), 'clinical'],
      at: [
        'timestamp with time zone',
        apply(moment(site, 'at', 'start_datetime'), 'start_datetime'),
        'clinical',
      ],
      room: ['text', apply(txt, 'room')],
      changed_by: ['text', apply(txt, 'user')],
      tracker_legacy_id: ['text!', from('id'), 'identifier'],
      legacy_table: ['text!', constant(STEPS)],
      legacy_id: ['text!', apply(legacyId, 'id', 'step_key'), 'identifier'],
      extra: ['jsonb!', everythingElse, 'clinical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
