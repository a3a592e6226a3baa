/**
 * When the clocks of a time zone are put forward and back. Taken from Intl once for each year that is asked for, and kept, so
 * that no row costs a call of it. The rules are those of the tz database in this Node: two versions may differ, see `digest`.
 */
import { createHash } from 'node:crypto';

/** The moment at which the clock is moved, and its distance from UTC before and after. All in seconds. */
export interface ZoneShift {
  at: number;
  before: number;
  after: number;
}

export interface ZoneYear {
  /** At the beginning of the year, and all of it if there are no shifts. */
  offset: number;
  shifts: ZoneShift[];
}

export interface ZoneShifts {
  /** The shifts whose moment lies in this year of UTC or two days about it, in order. Years up to 9999. */
  yearOf(year: number): ZoneYear;
  /** Changes where a rule between 1900 and 2100 changes: what two computers must have in common to give the same instants. */
  digest: string;
}

/** Before this, each place had its own mean time. */
const FIRST_YEAR = 1800;
const DIGEST_FROM = 1900;
const DIGEST_TO = 2100;
const SECONDS_PER_DAY = 86_400;
/** Less than the week of summer time that America/Recife had in 2000; no zone ever moved its clock twice in less. */
const PROBE_SECONDS = 5 * SECONDS_PER_DAY;
/** The clock of a zone may be a day ahead of UTC or behind it. */
const MARGIN_SECONDS = 2 * SECONDS_PER_DAY;

const known = new Map<string, ZoneShifts>();

/** The shifts of an IANA zone. Throws RangeError where there is no zone of this name. */
export function zoneShifts(zone: string): ZoneShifts {
  let shifts = known.get(zone);
  if (!shifts) known.set(zone, (shifts = openZone(zone)));
  return shifts;
}

function openZone(zone: string): ZoneShifts {
  const offsetAt = offsetReader(zone);
  const years: (ZoneYear | undefined)[] = [];
  const yearOf = (asked: number): ZoneYear => {
    const year = Math.max(asked, FIRST_YEAR);
    return (years[year - FIRST_YEAR] ??= findShifts(year, offsetAt));
  };
  return { yearOf, digest: digestOf(yearOf) };
}

function digestOf(yearOf: (year: number) => ZoneYear): string {
  const hash = createHash('sha256');
  for (let year = DIGEST_FROM; year <= DIGEST_TO; year++) hash.update(JSON.stringify(yearOf(year)));
  return hash.digest('hex').slice(0, 8);
}

function findShifts(year: number, offsetAt: (seconds: number) => number): ZoneYear {
  const start = Date.UTC(year, 0) / 1000 - MARGIN_SECONDS;
  const end = Date.UTC(year + 1, 0) / 1000 + MARGIN_SECONDS;
  const offset = offsetAt(start);
  const shifts: ZoneShift[] = [];
  let before = offset;
  for (let from = start; from < end; from += PROBE_SECONDS) {
    const to = Math.min(from + PROBE_SECONDS, end);
    const after = offsetAt(to);
    if (after !== before) shifts.push({ at: bisect(from, to, before, offsetAt), before, after });
    before = after;
  }
  return { offset, shifts };
}

/** The first second at which the offset is no longer `before`. */
function bisect(low: number, high: number, before: number, offsetAt: (seconds: number) => number): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

const CLOCK = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

function offsetReader(zone: string): (seconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (seconds) => {
    const [, month = 0, day = 0, year = 0, ...time] = CLOCK.exec(format.format(seconds * 1000))!.map(Number);
    const [hours = 0, minutes = 0, rest = 0] = time;
    return Date.UTC(year, month - 1, day, hours, minutes, rest) / 1000 - seconds;
  };
}
