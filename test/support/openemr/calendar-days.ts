/** Days and times of the generated rows. The clock of the site stands still, so that the rows are the same on every day. */
import { clock, day } from '../../demo/clinic/sql-values.ts';
import type { Random } from '../../demo/clinic/random.ts';

/** Of `day()`: 2026-01-15. Appointments up to then are past. */
export const TODAY = 8050;

/** IANA zone of the site, as its globals have it. The wall-clock times of all rows are times there. */
export const SITE_TIME_ZONE = 'America/New_York';

/** A working hour on that day, by a quarter of an hour. None that a change of the clocks leaves out. */
export function workingTime(random: Random): string {
  return clock(480 + 15 * random.below(36));
}

export function dateTime(onDay: number, time: string): string {
  return `${day(onDay)} ${time}`;
}
