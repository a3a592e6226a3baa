/** How long an appointment takes: its duration; where that says nothing, its end or its category. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { readTime } from '../../../mapping/transforms/calendar-text.ts';
import type { Text } from './legacy-series.ts';

/** The columns that say it, in the order of `lengthOf`. */
export const LENGTH_INPUTS = [
  'pc_duration',
  'pc_startTime',
  'pc_endTime',
  'pc_alldayevent',
  'category_seconds',
] as const;

interface Length {
  minutes: number;
  /** rounded: no whole minutes; derived: not from the duration; missing: from nothing. */
  doubt: 'rounded' | 'derived' | 'missing' | null;
}

const DAY_SECONDS = 86_400;
/** More is damage: nobody's appointment takes a month. */
const MAX_SECONDS = 31 * DAY_SECONDS;

export function lengthOf(duration: Text, start: Text, end: Text, allDay: Text, ofCategory: Text): Length {
  const own = usable(Number(duration));
  if (own !== null) return { minutes: Math.ceil(own / 60), doubt: own % 60 === 0 ? null : 'rounded' };
  const derived =
    (isAllDay(allDay) ? DAY_SECONDS : null) ??
    usable(secondsBetween(start, end)) ??
    usable(Number(ofCategory));
  return derived === null
    ? { minutes: 0, doubt: 'missing' }
    : { minutes: Math.ceil(derived / 60), doubt: 'derived' };
}

export const isAllDay = (allDay: Text): boolean => (allDay ?? '0') !== '0';

function usable(seconds: number): number | null {
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : null;
}

/** NaN where one of them is none. Both may be beyond midnight. */
function secondsBetween(start: Text, end: Text): number {
  return readTime(end ?? '', 0) - readTime(start ?? '', 0);
}

/**
 * Whole minutes, never fewer than booked, with the flag `minutes_<doubt>` and the duration kept; the end is kept where it is another
 * (`ends_at_differs` where the duration was the one that counted).
 */
export const minutes: Transform = {
  name: `minutes(up to ${MAX_SECONDS} seconds)`,
  apply: (duration, start, end, allDay, ofCategory) => {
    const { minutes, doubt } = lengthOf(duration, start, end, allDay, ofCategory);
    if (doubt !== null) {
      raiseFlag(`minutes_${doubt}`);
      if (duration != null) keepRaw('pc_duration', duration);
    }
    if (end != null && secondsBetween(start, end) !== minutes * 60) {
      keepRaw('pc_endTime', end);
      if (doubt === null) raiseFlag('ends_at_differs');
    }
    return String(minutes);
  },
};

/** The length that a category gives, in seconds; 0 is none. */
export const defaultMinutes: Transform = {
  name: 'defaultMinutes',
  apply: (seconds) => {
    if (seconds == null || seconds === '0') return null;
    const length = usable(Number(seconds));
    if (length !== null) return String(Math.ceil(length / 60));
    raiseFlag('default_minutes_invalid');
    keepRaw('pc_duration', seconds);
    return null;
  },
};
