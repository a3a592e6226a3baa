/** What the legacy calendar writes into columns of an event of which nothing was said. */
import { everythingElseUnlessBlank } from '../../../mapping/declare.ts';

type Part = readonly [key: string, value: string | null];

/** As PHP serializes an array of texts. */
function serialized(parts: readonly Part[]): string {
  const text = (value: string): string => `s:${value.length}:"${value}";`;
  const body = parts.map(([key, value]) => text(key) + (value === null ? 'N;' : text(value))).join('');
  return `a:${parts.length}:{${body}}`;
}

function noRecurrence(freq: string): string {
  return serialized([
    ['event_repeat_freq', freq],
    ['event_repeat_freq_type', freq],
    ['event_repeat_on_num', '1'],
    ['event_repeat_on_day', '0'],
    ['event_repeat_on_freq', '0'],
    ['exdate', ''],
  ]);
}

function noLocation(value: '' | null): string {
  const keys = ['location', 'street1', 'street2', 'city', 'state', 'postal'];
  return serialized(keys.map((key): Part => [`event_${key}`, value]));
}

/** For the column `extra` of events. */
export const everythingElseOfEvent = everythingElseUnlessBlank({
  pc_recurrspec: [noRecurrence('0'), noRecurrence('')],
  pc_location: [noLocation(''), noLocation(null)],
});
