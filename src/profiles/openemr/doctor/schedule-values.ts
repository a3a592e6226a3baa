/** What a rule says of its days. All read the recurrence of the event: pc_recurrtype, pc_recurrspec. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { phpSerialized } from '../../../mapping/transforms/index.ts';
import { formatArrayLiteral } from '../../../mapping/types/format-array-literal.ts';
import { formatDate, parseDate } from '../../../mapping/transforms/civil-date.ts';
import { readExceptionDates, readRecurrence } from '../calendar/recurrence-spec.ts';
import { recurrenceRule } from '../calendar/rrule.ts';
import { isDateSet } from '../text.ts';
import { readSpec, readWeekend } from './time-block.ts';

type Text = string | null | undefined;

const repeats = (type: Text): boolean => (type ?? '0') !== '0';

/** Of type, spec, pc_eventDate and weekend_days. A rule that gives other days than the calendar showed is flagged. */
export const ruleOfSeries: Transform = {
  name: 'ruleOfSeries',
  apply: (type, spec, eventDate, weekendDays) => {
    const start = parseDate(eventDate ?? '');
    if (!repeats(type) || start === null) return null;
    const recurrence = readRecurrence(type!, readSpec(spec ?? null));
    if (recurrence.kind === 'unparsed') return null;
    const { rrule, exact } = recurrenceRule(recurrence, start, readWeekend(weekendDays ?? null));
    if (!exact) raiseFlag('rrule_inexact');
    return rrule;
  },
};

/** Days written as the interface does the legacy calendar still showed: they are flagged, and in `legacy_spec`. */
export const exceptionDates: Transform = {
  name: 'exceptionDates',
  apply: (type, spec) => {
    if (!repeats(type)) return '{}';
    const { honoured, ignored, unreadable } = readExceptionDates(readSpec(spec ?? null)?.get('exdate'));
    if (ignored.length > 0) raiseFlag('exdates_ignored');
    if (unreadable > 0) raiseFlag('exdates_invalid');
    return formatArrayLiteral(honoured.map(formatDate));
  },
};

const specJson = phpSerialized({ flag: 'legacy_spec_invalid', keepAs: 'pc_recurrspec' });

/** Events that do not repeat have one too, which says nothing. */
export const specOfSeries: Transform = {
  name: `specOfSeries(${specJson.name})`,
  apply: (type, spec) => (repeats(type) ? specJson.apply(spec ?? null) : null),
};

/** The last day of a series; an event that does not repeat has none. */
export const endOfSeries: Transform = {
  name: 'endOfSeries',
  apply: (type, eventDate, endDate) => {
    if (!isDateSet(endDate ?? null)) return null;
    const isDay = parseDate(endDate!) !== null;
    if (repeats(type) && isDay) return endDate!;
    if (repeats(type)) raiseFlag('end_date_invalid');
    if (endDate !== eventDate) keepRaw('pc_endDate', endDate!);
    return null;
  },
};

/** What is over at the cut-over is expired. A series without an end the legacy calendar never showed. */
export const scheduleStatus = (cutoverDate: string): Transform => ({
  name: `scheduleStatus(${cutoverDate})`,
  apply: (type, spec, eventDate, endDate) => {
    if (repeats(type) && readRecurrence(type!, readSpec(spec ?? null)).kind === 'unparsed') return 'unparsed';
    const start = parseDate(eventDate ?? '');
    const end = repeats(type) ? parseDate(endDate ?? '') : start;
    if (end === null) return 'unbounded';
    if (start !== null && end < start) raiseFlag('end_date_before_start');
    return end < parseDate(cutoverDate)! || end < (start ?? end) ? 'expired' : 'active';
  },
});

/** A time that is none of the day is kept. */
export const ruleStart: Transform = {
  name: 'ruleStart',
  apply: (start, raw) => {
    if (start == null && raw != null) {
      raiseFlag('start_time_invalid');
      keepRaw('pc_startTime', raw);
    }
    return start ?? null;
  },
};

export const ruleEnd: Transform = {
  name: 'ruleEnd',
  apply: (end) => {
    if (end === null) raiseFlag('end_time_missing');
    return end;
  },
};

/** Gives a value of the expansion as it is. */
export const asGiven: Transform = { name: 'asGiven', apply: (value) => value };
