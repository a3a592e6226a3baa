/** Values of prescriptions, and of medication that is only noted in a list. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';
import { parseCodes } from './codes.ts';
import { hasEnded } from './codes-day.ts';

/** Of the switch and the end: what was switched off was stopped, whenever it would have ended. */
export function prescriptionStatus(cutoverDate: string): Transform {
  return {
    name: `prescriptionStatus(${cutoverDate})`,
    apply: (active, endDate) => {
      if (active === '0') return 'stopped';
      return hasEnded(endDate ?? null, cutoverDate) ? 'completed' : 'active';
    },
  };
}

const ENTERED_IN_ERROR = 'entered-in-error';

/** Of the end, and of how sure the entry is, where the version says that. Hidden entries are not over by that. */
export function listedStatus(cutoverDate: string): Transform {
  return {
    name: `listedStatus(${cutoverDate})`,
    apply: (enddate, verification) => {
      const status = clean(verification ?? null);
      if (status !== null) keepRaw('verification', verification!);
      if (status?.toLowerCase() === ENTERED_IN_ERROR) return 'entered_in_error';
      return hasEnded(enddate ?? null, cutoverDate) ? 'completed' : 'active';
    },
  };
}

/** A number without a list, in some versions a text: 0 is none. */
export const rxnormCode: Transform = {
  name: 'rxnormCode',
  apply: (raw) => {
    const code = clean(raw ?? null);
    return code === null || /^0+$/.test(code) ? null : code;
  },
};

const RXNORM: readonly (string | null)[] = ['RXCUI', 'RXNORM'];

/** The first RxNorm code among the codes of an entry, all of which are kept. */
export const rxnormAmongCodes: Transform = {
  name: `rxnormAmongCodes(${RXNORM.join(', ')})`,
  apply: (raw) => {
    const { codes } = parseCodes(raw ?? '');
    const found = codes.find(({ system }) => RXNORM.includes(system))?.code ?? null;
    if (raw != null && raw !== '' && (found === null || codes.length > 1)) keepRaw('diagnosis', raw);
    return found;
  },
};

/** The id of an option, which is a code of FHIR, or else its title. The title is kept beside the id. */
export const intentOf: Transform = {
  name: 'intentOf',
  apply: (id, title) => {
    const intent = clean(id ?? null);
    if (intent !== null && title != null && title !== '') keepRaw('request_intent_title', title);
    return intent ?? clean(title ?? null);
  },
};
