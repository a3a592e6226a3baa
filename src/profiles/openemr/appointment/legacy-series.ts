/** The recurrence of an event as its row has it, and the days on which the legacy calendar shows it. */
import { refuse } from '../../../core/reject-reasons.ts';
import { parsePhpSerialized, type PhpValue } from '../../../mapping/transforms/index.ts';
import { civilDate, dayNumber, parseDate } from '../../../mapping/transforms/civil-date.ts';
import { DEFAULT_WEEKEND, occurrences } from '../calendar/occurrences.ts';
import {
  readExceptionDates,
  readRecurrence,
  type ExceptionDates,
  type Recurrence,
} from '../calendar/recurrence-spec.ts';

/** The columns that say it, in the order of `readSeries`. */
export const SERIES_INPUTS = [
  'pc_recurrtype',
  'pc_recurrspec',
  'pc_eventDate',
  'pc_endDate',
  'weekend_days',
] as const;

export interface LegacySeries {
  recurrence: Recurrence;
  exceptions: ExceptionDates;
  /** Day numbers; null for what is no day, and for no end. */
  start: number | null;
  until: number | null;
  weekend: ReadonlySet<number>;
}

export type Text = string | null | undefined;

export function readSeries(type: Text, spec: Text, start: Text, until: Text, weekend: Text): LegacySeries {
  const keys = specKeys(spec ?? null);
  return {
    recurrence: readRecurrence(type ?? '0', keys),
    exceptions: readExceptionDates(keys?.get('exdate')),
    start: parseDate(start ?? ''),
    until: parseDate(until ?? ''),
    weekend: readWeekend(weekend ?? null),
  };
}

function specKeys(spec: string | null): ReadonlyMap<string, string> | null {
  const value = spec === null ? undefined : parsePhpSerialized(spec.trim());
  if (!(value instanceof Map)) return null;
  return new Map([...value].map(([key, one]) => [key, phpText(one)]));
}

/** As PHP compares it with a text. */
function phpText(value: PhpValue): string {
  if (value === null || value === false || value instanceof Map) return '';
  return value === true ? '1' : String(value);
}

/** `0,6`: 0 for Sunday. */
function readWeekend(setting: string | null): ReadonlySet<number> {
  const days = (setting ?? '').split(',').map((day) => day.trim());
  return days.every((day) => /^[0-6]$/.test(day)) ? new Set(days.map(Number)) : DEFAULT_WEEKEND;
}

const HORIZON_YEARS = 2;

/** The last day whose occurrences are made; what repeats beyond it goes on by its rule. `cutoverDate` is `YYYY-MM-DD`. */
export function horizonAfter(cutoverDate: string): number {
  const { year, month, day } = civilDate(parseDate(cutoverDate)!);
  return dayNumber(year + HORIZON_YEARS, month, day);
}

/** Every day of 27 years. */
export const MAX_OCCURRENCES = 10_000;

/** From the first day of the series. Refuses (transform_refused) a series of more than MAX_OCCURRENCES. */
export function occurrenceDays(series: LegacySeries, horizon: number): number[] {
  const { recurrence, exceptions, start, until, weekend } = series;
  if (start === null) return [];
  const days = occurrences(
    { recurrence, start, until, exdates: new Set(exceptions.honoured), weekend },
    { from: -Infinity, horizon, maxCount: MAX_OCCURRENCES + 1 },
  );
  const all = [...days];
  if (all.length > MAX_OCCURRENCES) refuse('transform_refused');
  return all;
}
