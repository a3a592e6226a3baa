/** What the end and the outcome of an entry of `lists` say of its state on the day of the cutover. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';
import { hasEnded } from './codes-day.ts';

const RESOLVED = '1';

/** Of the end and the outcome. What was hidden from the list is not over by that. */
export function clinicalStatus(cutoverDate: string): Transform {
  return {
    name: `clinicalStatus(${cutoverDate})`,
    apply: (enddate, outcome) => {
      if (outcome === RESOLVED) return 'resolved';
      return hasEnded(enddate ?? null, cutoverDate) ? 'inactive' : 'active';
    },
  };
}

export function hasNotEnded(cutoverDate: string): Transform {
  return {
    name: `hasNotEnded(${cutoverDate})`,
    apply: (enddate) => (hasEnded(enddate ?? null, cutoverDate) ? 'f' : 't'),
  };
}

/** NULL does not hide: it is what imports leave. */
export const isHidden: Transform = {
  name: 'isHidden',
  apply: (activity) => (activity === '0' ? 't' : 'f'),
};

const VERIFICATION: readonly string[] = [
  'unconfirmed',
  'provisional',
  'differential',
  'confirmed',
  'presumed',
  'refuted',
  'entered-in-error',
];

/** The ids of the legacy lists are the codes of FHIR. Others stay as they are, with a flag. */
export const verificationStatus: Transform = {
  name: `verificationStatus(${VERIFICATION.join(', ')})`,
  apply: (raw) => {
    const status = clean(raw ?? null);
    if (status === null) return null;
    if (VERIFICATION.includes(status.toLowerCase())) return status.toLowerCase();
    raiseFlag('verification_status_unknown_option');
    keepRaw('verification', raw!);
    return status;
  },
};
