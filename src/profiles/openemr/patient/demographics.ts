/** What patients are asked, as OpenEMR keeps the answers. */
import { refuse } from '../../../core/reject-reasons.ts';
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { money, splitList, yesNo } from '../../../mapping/transforms/index.ts';
import { setAside } from '../../../mapping/transforms/on-invalid.ts';
import { aside, clean, forgiving, isDateSet } from '../text.ts';

/** The key of a patient as text. Patient 0 stands for no patient everywhere, and cannot be one. */
export const patientKey: Transform = {
  name: 'patientKey',
  apply: (pid) => (pid === '0' ? refuse('transform_refused') : pid),
};

/** The chart number that staff know; the legacy key where there is none. */
export const chartNumber: Transform = {
  name: 'chartNumber',
  apply: (number, pid) => clean(number ?? null) ?? pid ?? null,
};

const SEXES: ReadonlyMap<string, string> = new Map([
  ['f', 'female'],
  ['female', 'female'],
  ['m', 'male'],
  ['male', 'male'],
  ['unk', 'unknown'],
  ['unknown', 'unknown'],
  ['other', 'other'],
]);

/** male, female, other (kept as it was) or unknown, which is also what was never given. */
export const sexAtBirth: Transform = {
  name: 'sexAtBirth',
  apply: (raw) => {
    const text = clean(raw);
    if (text === null) return 'unknown';
    const sex = SEXES.get(text.toLowerCase());
    if (sex === undefined) keepRaw('sex', text);
    return sex ?? 'other';
  },
};

/** The same for those who are no patients: other words stay, and what was never given is NULL. */
export const sexOfPerson: Transform = {
  name: 'sexOfPerson',
  apply: (raw) => {
    const text = clean(raw);
    return text === null ? null : (SEXES.get(text.toLowerCase()) ?? text);
  },
};

const listed = splitList('|');

/** The ids of the options that were chosen from a list. */
export const chosen: Transform = { name: 'chosen', apply: (raw) => listed.apply(clean(raw)) };

/** The same of ethnicity, for which older versions had another field. Where both are filled the older is kept beside. */
export const ethnicities: Transform = {
  name: 'ethnicities',
  apply: (raw, former) => {
    const text = clean(raw ?? null);
    const old = clean(former ?? null);
    if (text !== null && old !== null) keepRaw('ethnoracial', old);
    return listed.apply(text ?? old);
  },
};

const YES = /^(?:yes|y|1)$/iu;
const NO = /^(?:no|n|0)$/iu;
const UNKNOWN = /^unk(?:nown)?$/iu;

/** `unknown` is kept beside, since NULL does not say whether somebody asked. */
export const interpreterNeeded: Transform = {
  name: 'interpreterNeeded',
  apply: (raw) => {
    const text = clean(raw);
    if (text === null) return null;
    if (YES.test(text)) return 't';
    if (NO.test(text)) return 'f';
    if (!UNKNOWN.test(text)) return setAside(aside('interpreter_needed', 'interpreter_needed'), text);
    keepRaw('interpreter_needed', text);
    return null;
  },
};

/** Of a version with one field for all of it: yes and no say whether, other words which. */
export const interpreterAsWord: Transform = {
  name: 'interpreterAsWord',
  apply: (raw) => {
    const text = clean(raw) ?? '';
    if (YES.test(text)) return 't';
    return NO.test(text) ? 'f' : null;
  },
};

/** A consent: true, false, or NULL where nobody asked. */
export const consent = (target: string, source: string): Transform =>
  yesNo({ yes: ['YES'], no: ['NO'] }, aside(target, source));

const MAX_FAMILY = 999;

export const familySize: Transform = {
  name: 'familySize',
  apply: (raw) => {
    const text = clean(raw);
    if (text === null) return null;
    const isNumber = /^\d{1,9}$/.test(text) && Number(text) <= MAX_FAMILY;
    return isNumber ? String(Number(text)) : setAside(aside('family_size', 'family_size'), text);
  },
};

/** What numeric(12,2) holds, of either sign. */
const AMOUNT = /^-?\d{1,10}(?:\.\d{1,2}0*)?$/;
const amount = money('.');

export const monthlyIncome: Transform = forgiving(
  {
    name: 'monthlyIncome',
    apply: (raw) => {
      const value = amount.apply(clean(raw));
      return value === null || AMOUNT.test(value) ? value : refuse('malformed');
    },
  },
  'monthly_income',
  'monthly_income',
);

/** A date of death is all that says of a patient that he is dead; there is no inactive patient. */
export const lifeStatus: Transform = {
  name: 'lifeStatus',
  apply: (died, born) => {
    if (!isDateSet(died ?? null)) return 'active';
    if (isDateSet(born ?? null) && died!.slice(0, 10) < born!) raiseFlag('deceased_at_before_birth');
    return 'deceased';
  },
};

/** The score that the legacy system computed; NULL where it did not, which it writes as -9. */
export const duplicateScore: Transform = {
  name: 'duplicateScore',
  apply: (raw) => (raw === '-9' ? null : raw),
};

/** Reads columns that rows of their own tell, so that they are not among what is left over. */
export const toldElsewhere: Transform = { name: 'toldElsewhere', apply: () => null };
