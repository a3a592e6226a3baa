/**
 * How an event of the legacy calendar repeats: pc_recurrtype and the values of pc_recurrspec, read strictly. What the legacy
 * system ignores, or would loop over for ever, is `unparsed`: it shows no occurrence of such an event, not even the first.
 */
import { parseCompactDate, parseDate } from '../../../mapping/transforms/civil-date.ts';

export type RepeatUnit = 'day' | 'week' | 'month' | 'year' | 'workday';

export type Nth = 1 | 2 | 3 | 4 | 'last';

export type Recurrence =
  | { kind: 'none' }
  | { kind: 'everyN'; freq: number; unit: RepeatUnit }
  /** Without `hasFlag` (rt2_pf_flag) months are stepped from the day of the event, not from the first of its month. */
  | { kind: 'nthWeekday'; nth: Nth; weekday: number; everyMonths: number; hasFlag: boolean }
  /** `days` are 0 for Sunday to 6 for Saturday. */
  | { kind: 'weekdays'; days: ReadonlySet<number> }
  | { kind: 'unparsed'; reason: UnparsedReason };

export type UnparsedReason =
  'no_spec' | 'unknown_type' | 'bad_frequency' | 'unknown_unit' | 'bad_nth' | 'bad_weekday';

/** Day numbers, ascending, each once. */
export interface ExceptionDates {
  /** Written `YYYYMMDD`: taken out of the series. */
  honoured: readonly number[];
  /** Written `YYYY-MM-DD`, as the API does: meant to be taken out, but the legacy system still shows them. */
  ignored: readonly number[];
  /** How many others there are, which are no dates. */
  unreadable: number;
}

const UNITS: ReadonlyMap<string, RepeatUnit> = new Map([
  ['0', 'day'],
  ['1', 'week'],
  ['2', 'month'],
  ['3', 'year'],
  ['4', 'workday'],
]);
const CHOSEN_WEEKDAYS = '6';

const NTHS: ReadonlyMap<string, Nth> = new Map<string, Nth>([
  ['1', 1],
  ['2', 2],
  ['3', 3],
  ['4', 4],
  ['5', 'last'],
]);

/** The legacy forms offer 1 to 6: five digits are damage, and would be stepped workday by workday. */
const FREQUENCY = /^0*[1-9]\d{0,3}$/;
const WEEKDAY_FROM_SUNDAY_0 = /^[0-6]$/;
const WEEKDAY_FROM_SUNDAY_1 = /^[1-7]$/;

/** `spec` is null where there is none, or it could not be unserialized. Reads no exception dates: see readExceptionDates. */
export function readRecurrence(type: string, spec: ReadonlyMap<string, string> | null): Recurrence {
  if (type === '0') return { kind: 'none' };
  if (spec === null) return unparsed('no_spec');
  switch (type) {
    // the legacy system tells these two apart by the unit alone
    case '1':
    case '3':
      return readRepeat(spec);
    case '2':
      return readNthWeekday(spec);
    default:
      return unparsed('unknown_type');
  }
}

function readRepeat(spec: ReadonlyMap<string, string>): Recurrence {
  const unitCode = valueOf(spec, 'event_repeat_freq_type');
  if (unitCode === CHOSEN_WEEKDAYS) return readChosenWeekdays(valueOf(spec, 'event_repeat_freq'));
  const unit = UNITS.get(unitCode);
  if (unit === undefined) return unparsed('unknown_unit');
  const freq = readFrequency(valueOf(spec, 'event_repeat_freq'));
  return freq === null ? unparsed('bad_frequency') : { kind: 'everyN', freq, unit };
}

function readChosenWeekdays(list: string): Recurrence {
  const days = list.split(',').map((day) => day.trim());
  if (!days.every((day) => WEEKDAY_FROM_SUNDAY_1.test(day))) return unparsed('bad_weekday');
  return { kind: 'weekdays', days: new Set(days.map((day) => Number(day) - 1)) };
}

function readNthWeekday(spec: ReadonlyMap<string, string>): Recurrence {
  const everyMonths = readFrequency(valueOf(spec, 'event_repeat_on_freq'));
  if (everyMonths === null) return unparsed('bad_frequency');
  const nth = NTHS.get(valueOf(spec, 'event_repeat_on_num'));
  if (nth === undefined) return unparsed('bad_nth');
  const weekday = valueOf(spec, 'event_repeat_on_day');
  if (!WEEKDAY_FROM_SUNDAY_0.test(weekday)) return unparsed('bad_weekday');
  const hasFlag = !['', '0'].includes(valueOf(spec, 'rt2_pf_flag'));
  return { kind: 'nthWeekday', nth, weekday: Number(weekday), everyMonths, hasFlag };
}

function readFrequency(text: string): number | null {
  return FREQUENCY.test(text) ? Number(text) : null;
}

function valueOf(spec: ReadonlyMap<string, string>, key: string): string {
  return spec.get(key)?.trim() ?? '';
}

function unparsed(reason: UnparsedReason): Recurrence {
  return { kind: 'unparsed', reason };
}

/** The `exdate` of a spec, dates with commas between them. Specs of old versions have none: undefined. */
export function readExceptionDates(exdate: string | undefined): ExceptionDates {
  const honoured = new Set<number>();
  const ignored = new Set<number>();
  let unreadable = 0;
  for (const entry of (exdate ?? '').split(',').map((text) => text.trim())) {
    const compact = parseCompactDate(entry);
    const dashed = parseDate(entry);
    if (compact !== null) honoured.add(compact);
    else if (dashed !== null) ignored.add(dashed);
    else if (entry !== '') unreadable++;
  }
  return { honoured: ascending(honoured), ignored: ascending(ignored), unreadable };
}

function ascending(days: Set<number>): number[] {
  return [...days].sort((a, b) => a - b);
}
