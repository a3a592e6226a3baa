/** The status of an appointment, of the code that the legacy system has for it. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { appointmentStatus } from '../calendar/status.ts';
import { clean } from '../text.ts';
import type { Text } from './legacy-series.ts';

/** pc_cattype of a therapy group. */
const GROUP = '3';
/** Listed for therapy groups as not reported. */
const NOT_REPORTED = '<';

/** Of a code and pc_cattype. A code that its list has not is unknown, with the flag `status_unknown_option`. */
export const status: Transform = {
  name: 'status',
  apply: (code, categoryType) => {
    const list = categoryType === GROUP ? 'groupstat' : 'apptstat';
    const text = clean(code ?? null) ?? '';
    const result = appointmentStatus(text, list);
    const isListed = result !== 'unknown' || (list === 'groupstat' && text === NOT_REPORTED);
    if (!isListed) raiseFlag('status_unknown_option');
    return result;
  },
};

export const statusCode: Transform = {
  name: 'statusCode',
  apply: (code) => clean(code ?? null) ?? '',
};

/** The same two where the flow board of the day, which comes first, may know better than the event. */
export const trackedStatus: Transform = {
  name: 'trackedStatus',
  apply: (tracked, own, categoryType) => status.apply(current(tracked, own), categoryType ?? null),
};

export const trackedStatusCode: Transform = {
  name: 'trackedStatusCode',
  apply: (tracked, own) => statusCode.apply(current(tracked, own)),
};

function current(tracked: Text, own: Text): string | null {
  return tracked ?? own ?? null;
}
