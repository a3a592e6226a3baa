/** Blocks of the provider calendar: in, lunch, out, on the same days of every week. */
import { day } from '../../demo/clinic/sql-values.ts';
import type { Random } from '../../demo/clinic/random.ts';
import type { AddRow, Counters } from './counters.ts';
import { eventRow } from './event-row.ts';
import { recurrenceSpec } from './recurrence.ts';

const IN = 2;
const OUT = 3;
const LUNCH = 8;
/** A Monday in 2018, and a day in 2027. */
const FIRST = 5114;
const LAST = 8600;
/** 1 is Sunday. */
const WEEKDAYS = ['2,3,4,5,6', '2,4,6', '3,5'];

export function addWorkingHours(
  add: AddRow,
  counters: Counters,
  doctor: number,
  facility: number,
  random: Random,
): void {
  const spec = recurrenceSpec({ event_repeat_freq: random.pick(WEEKDAYS), event_repeat_freq_type: '6' });
  const block = (category: number, title: string, start: string, seconds: number): void =>
    add(
      'openemr_postcalendar_events',
      eventRow({
        pc_eid: counters.next('events'),
        pc_catid: category,
        pc_aid: String(doctor),
        pc_title: title,
        pc_eventDate: day(FIRST),
        pc_endDate: day(LAST),
        pc_startTime: start,
        pc_duration: seconds,
        pc_recurrtype: 3,
        pc_recurrspec: spec,
        pc_facility: facility,
        pc_time: '2018-01-01 08:00:00',
      }),
    );
  block(IN, 'In Office', '08:00:00', 0);
  block(LUNCH, 'Lunch', '12:00:00', 3600);
  block(OUT, 'Out Of Office', '17:00:00', 0);
}
