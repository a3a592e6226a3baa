import type { Transform } from '../mapping.ts';
import { DATE_LENGTH, readDay, ZERO_DAY } from './calendar-text.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';

/** Days, `YYYY-MM-DD`, both still allowed. Fixed, since a mapping knows no today. */
interface DateBounds {
  notBefore?: string;
  notAfter?: string;
}

/**
 * A date that is in the calendar and between the bounds. The zero date and the empty text are NULL, for they say nothing; a
 * partial date (`1999-05-00`) says something that a date cannot hold, and is treated as invalid. Takes no time of day.
 * Throws RangeError where a bound is not a date.
 */
export function calendarDate(bounds: DateBounds, onInvalid: OnInvalid): Transform {
  const { notBefore, notAfter } = bounds;
  const first = notBefore === undefined ? Number.NEGATIVE_INFINITY : boundDay(notBefore);
  const last = notAfter === undefined ? Number.MAX_VALUE : boundDay(notAfter);
  return {
    name: `calendarDate(${JSON.stringify({ notBefore, notAfter })}, ${policyName(onInvalid)})`,
    apply: (text) => {
      if (text === null || text === '') return null;
      const day = text.length === DATE_LENGTH ? readDay(text) : Number.NaN;
      if (day === ZERO_DAY) return null;
      return day >= first && day <= last ? text : setAside(onInvalid, text);
    },
  };
}

function boundDay(text: string): number {
  const day = text.length === DATE_LENGTH ? readDay(text) : Number.NaN;
  if (!Number.isFinite(day)) throw new RangeError('calendarDate() takes bounds of the form YYYY-MM-DD');
  return day;
}
