/** When an appointment begins and ends: as the clock on the wall shows it, and as moments. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { calendarDate, wallClockDateTime } from '../../../mapping/transforms/index.ts';
import { minutesLater } from '../../../mapping/transforms/wall-clock.ts';
import { doubting } from '../text.ts';
import type { Text } from './legacy-series.ts';
import { isAllDay, lengthOf } from './minutes.ts';

/** NULL for the zero date, which the target refuses; a partial date is refused here. */
export const requiredDay: Transform = calendarDate({}, 'refuse');

const MIDNIGHT = '00:00:00';
const END_OF_DAY = '24:00:00';

/** The legacy system keeps times beyond midnight, and, as damage, negative ones. A whole day without a time begins at midnight. */
function startOf(start: Text, allDay: Text): string | null {
  if (start == null) return isAllDay(allDay) ? MIDNIGHT : null;
  return start.startsWith('-') ? null : start;
}

/** Of pc_startTime and pc_alldayevent. What is not within a day is NULL, flagged, and kept. */
export const localStart: Transform = {
  name: 'localStart',
  apply: (start, allDay) => {
    const time = startOf(start, allDay);
    if (time !== null && time < END_OF_DAY && time.length === END_OF_DAY.length) return time;
    if (start != null) {
      raiseFlag('local_start_invalid');
      keepRaw('pc_startTime', start);
    }
    return null;
  },
};

/** Of the day, pc_startTime and pc_alldayevent. */
export function startsAt(zone: string): Transform {
  const clock = startClock(zone);
  return {
    name: `startsAt(${clock.name})`,
    apply: (day, start, allDay) => clock.apply(day ?? null, startOf(start, allDay)),
  };
}

/** Of the day and what the length is told by. A whole day ends with it, however long the clocks make it. */
export function endsAt(zone: string): Transform {
  const clock = startClock(zone);
  const endClock = doubting((policy) => wallClockDateTime(zone, policy), 'ends_at', 'pc_endTime');
  return {
    name: `endsAt(${clock.name}, ${endClock.name})`,
    apply: (day, duration, start, end, allDay, ofCategory) => {
      const time = startOf(start, allDay);
      const { minutes } = lengthOf(duration, start, end, allDay, ofCategory);
      const isWholeDay = isAllDay(allDay) && time === MIDNIGHT && minutes === 24 * 60;
      if (isWholeDay) return endClock.apply(day ?? null, END_OF_DAY);
      const from = clock.apply(day ?? null, time);
      return from === null ? null : minutesLater(from, minutes);
    },
  };
}

function startClock(zone: string): Transform {
  return doubting((policy) => wallClockDateTime(zone, policy), 'starts_at', 'pc_startTime');
}
