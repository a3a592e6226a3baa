/** Times of laboratory reports, which may have a zone of their own in a column beside them. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import type { Site } from '../site.ts';
import { moment } from '../text.ts';

const OFFSET = /^([+-])(\d\d):?(\d\d)?$/;
const UTC = { timeZone: 'UTC' };
const SECONDS_PER_HOUR = 3600;
const MAX_HOURS = 14;
const TO_SECONDS = 'YYYY-MM-DD HH:MM:SS'.length;

/**
 * The moment of a local time and its distance from UTC, `±hhmm`; of one without that, by the clock of the site. A distance that is none is
 * flagged `<target>_zone_unknown` and kept under `zoneColumn`, and the clock of the site taken.
 */
export function reportMoment(
  site: Pick<Site, 'timeZone'>,
  target: string,
  column: string,
  zoneColumn: string,
): Transform {
  const atSite = moment(site, target, column);
  const atZero = moment(UTC, target, column);
  return {
    name: `reportMoment(${atSite.name}, ${zoneColumn})`,
    apply: (local, zone) => {
      const text = zone?.trim() ?? '';
      const offset = offsetSeconds(text);
      if (offset !== null) return earlier(atZero.apply(local ?? null), offset);
      const result = atSite.apply(local ?? null);
      if (text !== '' && result !== null) {
        raiseFlag(`${target}_zone_unknown`);
        keepRaw(zoneColumn, zone!);
      }
      return result;
    },
  };
}

/** Ahead of UTC. null for what is no distance from it. */
export function offsetSeconds(text: string): number | null {
  if (text === 'Z') return 0;
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  if (hours === undefined || Number(hours) > MAX_HOURS || Number(minutes) > 59) return null;
  const seconds = Number(hours) * SECONDS_PER_HOUR + Number(minutes) * 60;
  return sign === '-' ? -seconds : seconds;
}

function earlier(moment: string | null, seconds: number): string | null {
  if (moment === null) return null;
  const fraction = moment.slice(TO_SECONDS);
  const shifted = Date.parse(`${moment.slice(0, TO_SECONDS).replace(' ', 'T')}Z`) - seconds * 1000;
  return new Date(shifted).toISOString().slice(0, TO_SECONDS).replace('T', ' ') + fraction;
}
