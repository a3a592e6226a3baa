/** Dates and times as the source's catalog writes them, in the one form in which PostgreSQL prints them back. */

/** True for a day, YYYY-MM-DD, that is in the calendar; so not for a zero or partial date. */
export function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) && !day.startsWith('0000');
}

/** `10:00:00.500` to `10:00:00.5`, `10:00:00.000` to `10:00:00`. */
export function withoutTrailingZeros(time: string): string {
  return time.includes('.') ? time.replace(/\.?0+$/, '') : time;
}

/** `2020-01-02 03:04:05.600` to `2020-01-02 03:04:05.6`; a day alone gets its midnight. Null for what is no such value. */
export function canonicalDateTime(text: string): string | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?))?$/.exec(text);
  const day = match?.[1];
  if (match === null || day === undefined || !isCalendarDay(day)) return null;
  return `${day} ${withoutTrailingZeros(match[2] ?? '00:00:00')}`;
}

/** A TIME of the source, -838:59:59 to 838:59:59, as an interval prints it. Null for what is no such value. */
export function canonicalTime(text: string): string | null {
  const match = /^(-?)(\d{1,3}):(\d{2}):(\d{2}(?:\.\d{1,6})?)$/.exec(text);
  if (match === null) return null;
  const [, sign, hours, minutes, seconds] = match as unknown as [string, string, string, string, string];
  const digits = `${hours.padStart(2, '0')}:${minutes}:${withoutTrailingZeros(seconds)}`;
  return /[1-9]/.test(digits) ? `${sign}${digits.replace(/^0(\d\d:)/, '$1')}` : digits;
}
