/** Values of encounters and of the forms filled in at them. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';

/** The number, and how many encounters of the patient have it. 0 is none. Flag `encounter_number_shared`. */
export const encounterNumber: Transform = {
  name: 'encounterNumber',
  apply: (number, count) => {
    if (number === null || number === undefined || /^0*$/.test(number)) return null;
    if (Number(count) > 1) raiseFlag('encounter_number_shared');
    return number;
  },
};

/** The name of a visit category and its id, which is NULL where there is no such category. */
export const categoryName: Transform = {
  name: 'categoryName',
  apply: (name, id) => {
    if (id == null) raiseFlag('type_name_unknown_option');
    return clean(name ?? null);
  },
};

/**
 * Whether a form is deleted, by its entry in the registry. Without an entry nobody sees it, so that it is as good as deleted (flag
 * `form_missing`).
 */
export const isDeleted: Transform = {
  name: 'isDeleted',
  apply: (deleted) => {
    if (deleted === null) raiseFlag('form_missing');
    return deleted === '0' ? 'f' : 't';
  },
};

/** The same, keeping what else the entry says: its issue, and its provider. 0 is none. */
export const isFormDeleted: Transform = {
  name: 'isFormDeleted',
  apply: (deleted, issue, provider) => {
    if (Number(issue) > 0) keepRaw('forms.issue_id', issue!);
    if (Number(provider) > 0) keepRaw('forms.provider_id', provider!);
    return isDeleted.apply(deleted ?? null);
  },
};

/** A count that is not 0. */
export const isSet: Transform = { name: 'isSet', apply: (count) => (Number(count) > 0 ? 't' : 'f') };
