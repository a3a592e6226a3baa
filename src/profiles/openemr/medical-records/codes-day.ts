/** Days of columns that were dates in older versions and have a time in newer ones. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';
import { day, isDateSet } from '../text.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const MIDNIGHT = /^[ T]00:00:00(?:\.0*)?$/;

/** The day of a DATE or DATETIME. A time of day is kept, unless it is midnight, which says nothing. */
export function dayOf(target: string, source: string): Transform {
  const date = day(target, source);
  return {
    name: `dayOf(${date.name})`,
    apply: (raw) => {
      if (raw === null) return null;
      const result = date.apply(raw.slice(0, DAY_LENGTH));
      if (result !== null && hasTime(raw)) keepRaw(source, raw);
      return result;
    },
  };
}

function hasTime(raw: string): boolean {
  return raw.length > DAY_LENGTH && !MIDNIGHT.test(raw.slice(DAY_LENGTH));
}

/**
 * Whether an end is not in the future, as the legacy system tells what is active. An end that is known in part (`2019-06-00`) is one;
 * zeros are none.
 */
export function hasEnded(end: string | null, cutoverDate: string): boolean {
  return isDateSet(end) && end.slice(0, DAY_LENGTH) <= cutoverDate;
}
