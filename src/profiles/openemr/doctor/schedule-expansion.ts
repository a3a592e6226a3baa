/** From an event of the calendar to what its rule says of the time of the day. */
import { refuse } from '../../../core/reject-reasons.ts';
import type { Expansion } from '../../../mapping/mapping.ts';
import { ruleOfEvent } from './rule-of-event.ts';
import { formatTime, readWeekend, startSeconds, timeBlock, type EventText } from './time-block.ts';

/** Categories of providers; those of clinics are everybody's. */
const OF_A_PROVIDER = '1';
const NOBODY = /^\s*0*\s*$/;
/** What schedule_end is where nobody has set it. */
const DEFAULT_DAY_END = 17;

const INPUTS = [
  'pc_eid',
  'pc_catid',
  'constant_id',
  'pc_eventDate',
  'pc_endDate',
  'pc_startTime',
  'pc_duration',
  'pc_alldayevent',
  'pc_recurrtype',
  'pc_recurrspec',
  'cattype',
  'pc_aid',
  'switches',
  'weekend_days',
  'schedule_end',
] as const;

type Text = string | null | undefined;

export const scheduleExpansion: Expansion = {
  description: `one rule, by schedule-rules.ts; none for an Out Of Office that ends an In Office of the same provider, facility and days; the day ends at schedule_end, else at ${DEFAULT_DAY_END}`,
  inputs: INPUTS,
  fields: {
    kind: 'openemr_postcalendar_events.pc_title',
    start_time: 'openemr_postcalendar_events.pc_title',
    end_time: 'openemr_postcalendar_events.pc_title',
    all_day: 'openemr_postcalendar_events.pc_title',
    derived_end: 'openemr_postcalendar_events.pc_title',
  },
  rows: (...inputs) => {
    const event = eventOf(inputs.slice(0, 10));
    const [cattype, provider, switches, weekendDays, scheduleEnd] = inputs.slice(10);
    if (cattype === OF_A_PROVIDER && NOBODY.test(provider ?? '')) refuse('orphan');
    const weekend = readWeekend(weekendDays ?? null);
    const others = (JSON.parse(switches ?? '[]') as Text[][]).map((one) => timeBlock(eventOf(one), weekend));
    const block = timeBlock(event, weekend);
    const rule = ruleOfEvent(block, others, readDayEnd(scheduleEnd));
    if (rule === null) return [];
    const hasStart = block.allDay || startSeconds(event.startTime) !== null;
    const end = hasStart ? rule.endSeconds : null;
    return [
      [
        rule.kind,
        hasStart ? formatTime(rule.startSeconds) : null,
        end === null ? null : formatTime(end),
        rule.allDay ? 't' : 'f',
        rule.derivedEnd ? 't' : 'f',
      ],
    ];
  },
};

/** As the columns of INPUTS and of the aggregate are ordered. */
function eventOf(values: readonly Text[]): EventText {
  const text = (at: number): string | null => values[at] ?? null;
  return {
    eventId: text(0) ?? '',
    categoryId: text(1) ?? '',
    constantId: text(2),
    eventDate: text(3),
    endDate: text(4),
    startTime: text(5),
    duration: text(6),
    allDay: text(7),
    recurrenceType: text(8),
    recurrenceSpec: text(9),
  };
}

/** The setting is an hour. */
function readDayEnd(setting: Text): number {
  const hour = /^\d{1,2}$/.test(setting ?? '') ? Number(setting) : DEFAULT_DAY_END;
  return Math.min(hour, 24) * 3600;
}
