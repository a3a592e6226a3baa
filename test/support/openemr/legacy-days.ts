/**
 * On which days the legacy calendar shows an event, told a second time: PHP's own statements (fetchEvents and __increment of
 * library/appointments.inc.php) over Date, without a line of src/profiles/openemr/calendar/. To check that by.
 */
export interface LegacyEvent {
  /** `YYYY-MM-DD`; the zero date or null for no end. */
  date: string;
  end: string | null;
  type: number;
  spec: string | null;
}

/** weekend_days of the globals, 0 for Sunday. */
const WEEKEND = [6, 0];

type Ymd = readonly [year: number, month: number, day: number];

/** mktime(), and date() of it: what does not fit runs over. */
function mktime(month: number, day: number, year: number): Date {
  return new Date(Date.UTC(year, month - 1, day));
}

function ymd(date: Date): Ymd {
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

export function dateText(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function increment([y, m, d]: Ymd, freq: string, unit: string): Date {
  const f = Number(freq);
  switch (unit) {
    case '0':
      return mktime(m, d + f, y);
    case '1':
      return mktime(m, d + 7 * f, y);
    case '2':
      return mktime(m + f, d, y);
    case '3':
      return mktime(m, d, y + f);
    case '4': {
      let days = f;
      for (let count = 1; count <= f; count++)
        if (WEEKEND.includes(mktime(m, d + count, y).getUTCDay())) days++;
      const landing = mktime(m, d + days, y).getUTCDay();
      if (landing === WEEKEND[0]) days += 2;
      else if (landing === WEEKEND[1]) days += 1;
      return mktime(m, d + days, y);
    }
    default: {
      const chosen = freq.split(',').map(Number);
      let next = mktime(m, d + 1, y);
      while (!chosen.includes(next.getUTCDay() + 1)) next = mktime(...after(next));
      return next;
    }
  }
}

function after(date: Date): [month: number, day: number, year: number] {
  const [y, m, d] = ymd(date);
  return [m, d + 1, y];
}

/** Date_Calc::NWeekdayOfMonth: null where the month has none. */
function nWeekdayOfMonth(n: number, weekday: number, month: number, year: number): Date | null {
  let seen = 0;
  for (let day = 1; day <= 31; day++) {
    const date = mktime(month, day, year);
    if (date.getUTCMonth() !== month - 1) return null;
    if (date.getUTCDay() === weekday && ++seen === n) return date;
  }
  return null;
}

function valueOf(spec: string, key: string): string {
  return new RegExp(`"${key}";s:\\d+:"([^"]*)"`).exec(spec)?.[1] ?? '';
}

/** Up to `stop`, `YYYY-MM-DD`. For recurrences that the calendar's own forms make. */
export function legacyDays({ date, end, type, spec }: LegacyEvent, stop: string): string[] {
  if (type === 0) return date <= stop ? [date] : [];
  if (spec === null || end === null || end === '0000-00-00') return [];
  const last = end < stop ? end : stop;
  const taken = valueOf(spec, 'exdate').split(',');
  const days: string[] = [];
  const add = (day: string): void => {
    if (!taken.includes(day.replaceAll('-', ''))) days.push(day);
  };
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  if (type === 2) {
    const every = Number(valueOf(spec, 'event_repeat_on_freq'));
    let inMonth = mktime(month, valueOf(spec, 'rt2_pf_flag') === '1' ? 1 : day, year);
    for (;;) {
      const [y, m, d] = ymd(inMonth);
      let n = Number(valueOf(spec, 'event_repeat_on_num'));
      let shown: Date | null;
      do shown = nWeekdayOfMonth(n--, Number(valueOf(spec, 'event_repeat_on_day')), m, y);
      while (shown === null);
      const text = dateText(shown);
      if (text > last) return days;
      if (text >= date) add(text);
      inMonth = mktime(m + every, d, y);
    }
  }
  const freq = valueOf(spec, 'event_repeat_freq');
  const unit = valueOf(spec, 'event_repeat_freq_type');
  if (freq === '0' || freq === '') return [];
  for (let at = mktime(month, day, year); dateText(at) <= last; at = increment(ymd(at), freq, unit))
    add(dateText(at));
  return days;
}
