import type { Transform } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { isDateSet, moment } from '../text.ts';

/** The moment of the first of two columns that is set. */
export function firstMoment(
  site: Pick<Site, 'timeZone'>,
  target: string,
  first: string,
  second: string,
): Transform {
  const ofFirst = moment(site, target, first);
  const ofSecond = moment(site, target, second);
  return {
    name: `firstMoment(${ofFirst.name}, ${second})`,
    apply: (one, other) => (isDateSet(one ?? null) ? ofFirst.apply(one) : ofSecond.apply(other ?? null)),
  };
}
