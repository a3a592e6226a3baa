/** Time blocks of the legacy calendar, each with the days on which it falls. */
import { readTime } from '../../../mapping/transforms/calendar-text.ts';
import { parsePhpSerialized } from '../../../mapping/transforms/index.ts';
import { parseDate, weekdayOf } from '../../../mapping/transforms/civil-date.ts';
import { DEFAULT_WEEKEND } from '../calendar/occurrences.ts';
import { readRecurrence, type Recurrence } from '../calendar/recurrence-spec.ts';
import type { TimeBlock } from '../calendar/schedule-rules.ts';

const SECONDS_PER_DAY = 24 * 3600;
const WEEKDAYS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6]);

export interface Block extends TimeBlock {
  eventId: string;
  /** null: on none that are known. */
  days: Days | null;
}

/** Day numbers; `until` is infinite for a series without an end. */
export interface Days {
  start: number;
  until: number;
  /** Of every week. null: another pattern, or a single day. */
  weekdays: ReadonlySet<number> | null;
  /** What the pattern is, where it is not of every week. */
  pattern: string;
}

/** Columns of the event, as texts. */
export interface EventText {
  eventId: string;
  categoryId: string;
  constantId: string | null;
  eventDate: string | null;
  endDate: string | null;
  startTime: string | null;
  duration: string | null;
  allDay: string | null;
  recurrenceType: string | null;
  recurrenceSpec: string | null;
}

export function timeBlock(event: EventText, weekend: ReadonlySet<number>): Block {
  const start = startSeconds(event.startTime) ?? 0;
  const duration = Number(event.duration ?? '0');
  const allDay = event.allDay === '1' || (start === 0 && duration >= SECONDS_PER_DAY);
  return {
    eventId: event.eventId,
    categoryId: Number(event.categoryId),
    constantId: event.constantId,
    startSeconds: allDay ? 0 : start,
    durationSeconds: duration,
    allDay,
    days: daysOf(event, weekend),
  };
}

/** null where there is no time of the day. */
export function startSeconds(time: string | null): number | null {
  const seconds = time === null ? Number.NaN : readTime(time, 0);
  return seconds >= 0 && seconds < SECONDS_PER_DAY ? Math.floor(seconds) : null;
}

/** `HH:MM:SS`, up to 24:00:00. */
export function formatTime(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** The global weekend_days: `6,0`, 0 for Sunday. */
export function readWeekend(setting: string | null): ReadonlySet<number> {
  if (setting === null) return DEFAULT_WEEKEND;
  return new Set([...setting.matchAll(/[0-6]/g)].map(([day]) => Number(day)));
}

/** The values of a serialized recurrence; null where it cannot be read. */
export function readSpec(text: string | null): Map<string, string> | null {
  const value = parsePhpSerialized(text?.trim() ?? '');
  if (!(value instanceof Map)) return null;
  const plain = [...value].map(([key, entry]): [string, string] => [
    key,
    entry === null || entry instanceof Map ? '' : String(entry),
  ]);
  return new Map(plain);
}

function daysOf(event: EventText, weekend: ReadonlySet<number>): Days | null {
  const start = parseDate(event.eventDate ?? '');
  if (start === null) return null;
  const recurrence = readRecurrence(event.recurrenceType ?? '0', readSpec(event.recurrenceSpec));
  if (recurrence.kind === 'unparsed') return null;
  if (recurrence.kind === 'none') return { start, until: start, weekdays: null, pattern: 'once' };
  const until = parseDate(event.endDate ?? '') ?? Number.POSITIVE_INFINITY;
  const weekdays = everyWeek(recurrence, start, weekend);
  return {
    start,
    until,
    weekdays,
    pattern: weekdays === null ? `${patternOf(recurrence)} from ${start}` : '',
  };
}

/** The weekdays of a recurrence that is the same in every week. */
function everyWeek(
  recurrence: Recurrence,
  start: number,
  weekend: ReadonlySet<number>,
): ReadonlySet<number> | null {
  if (recurrence.kind === 'weekdays') return recurrence.days;
  if (recurrence.kind !== 'everyN' || recurrence.freq !== 1) return null;
  if (recurrence.unit === 'day') return WEEKDAYS;
  if (recurrence.unit === 'week') return new Set([weekdayOf(start)]);
  return recurrence.unit === 'workday' ? new Set([...WEEKDAYS].filter((day) => !weekend.has(day))) : null;
}

function patternOf(recurrence: Recurrence): string {
  switch (recurrence.kind) {
    case 'everyN':
      return `every ${recurrence.freq} ${recurrence.unit}`;
    case 'nthWeekday':
      return `${recurrence.nth} ${recurrence.weekday} every ${recurrence.everyMonths} ${recurrence.hasFlag}`;
    default:
      return recurrence.kind;
  }
}

/** Whether `outer` falls on all days of `inner`, but for days that were taken out. */
export function covers(outer: Days | null, inner: Days | null): boolean {
  if (outer === null || inner === null || outer.start > inner.start || outer.until < inner.until)
    return false;
  if (outer.weekdays === null || inner.weekdays === null)
    return outer.weekdays === inner.weekdays && outer.pattern === inner.pattern;
  const { weekdays } = outer;
  return [...inner.weekdays].every((day) => weekdays.has(day));
}
