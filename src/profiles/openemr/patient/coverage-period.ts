/** From when to when an insurance covers a patient: which shows only beside the others of the same rank. */
import type { Transform } from '../../../mapping/mapping.ts';
import { readDay } from '../../../mapping/transforms/calendar-text.ts';
import { formatDate, parseDate } from '../../../mapping/transforms/civil-date.ts';
import { day, isDateSet } from '../text.ts';
import type { Lookup } from '../lookups.ts';

interface Cover {
  id: string;
  /** '' where it is not said. */
  start: string;
  end: string | null;
}

/** The insurances of the same patient and rank, this one among them, as the field `same_rank`: JSON rows of id, start and end. */
export function lookUpSameRank(hasEnd: boolean): Lookup {
  const end = hasEnd ? 'CAST(o.date_end AS CHAR)' : 'NULL';
  return {
    fields: {
      same_rank: {
        sql: `SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(CAST(o.id AS CHAR), CAST(o.date AS CHAR), ${end})) AS CHAR)
FROM insurance_data o WHERE o.pid = t.pid AND o.type = t.type`,
        like: 'patient_data.occupation',
      },
    },
    watches: [
      { table: 'insurance_data', inputs: ['pid'], keys: 'SELECT t.id FROM insurance_data t WHERE t.pid = ?' },
    ],
  };
}

/** The day on which it ended, or the day before the next one of its rank begins. Of its start, `same_rank` and `date_end`. */
export const effectiveTo: Transform = {
  name: 'effectiveTo',
  apply: (start, sameRank, end) => {
    if (isDateSet(end ?? null)) return stated.apply(end);
    const from = startOf(start ?? null);
    const [next] = read(sameRank ?? null)
      .map((cover) => cover.start)
      .filter((other) => other > from)
      .toSorted();
    return next === undefined ? null : dayBefore(next);
  },
};

const stated = day('effective_to', 'date_end');

/** Whether it is the newest of its rank that has begun and has not ended on the day of the cut-over. Of id and `same_rank`. */
export function isCurrent(cutoverDate: string): Transform {
  return {
    name: `isCurrent(${cutoverDate})`,
    apply: (id, sameRank) => {
      const open = read(sameRank ?? null).filter(
        ({ start, end }) => start <= cutoverDate && (end === null || end >= cutoverDate),
      );
      return open.toSorted(byAge).at(-1)?.id === id ? 't' : 'f';
    },
  };
}

function byAge(a: Cover, b: Cover): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return Number(BigInt(a.id) - BigInt(b.id));
}

function read(sameRank: string | null): Cover[] {
  const rows = JSON.parse(sameRank ?? '[]') as [string, string | null, string | null][];
  return rows.map(([id, start, end]) => ({ id, start: startOf(start), end: isDateSet(end) ? end : null }));
}

const startOf = (start: string | null): string => (isCalendarDay(start) ? start : '');

const isCalendarDay = (text: string | null): text is string =>
  text !== null && Number.isFinite(readDay(text));

function dayBefore(date: string): string {
  return formatDate(parseDate(date)! - 1);
}
