/** Codes of the provider taxonomy, and the list of the legacy system that has their names. */
import { uuid } from '../../../mapping/declare.ts';
import type { QueryField, Transform, Watch } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';
import { foldName, namesIn } from './specialty-names.ts';
import { DEFAULT_TAXONOMY } from './staff-values.ts';

export const SPECIALTY_LIST = 'us-core-provider-specialty';

/** What `joinSpecialty` finds: the key of the list's row, which the id of the specialty is made of. */
export const SPECIALTY_FIELDS: Readonly<Record<'specialty_list' | 'specialty_code', QueryField>> = {
  specialty_list: { sql: 'o.list_id', like: 'list_options.list_id' },
  specialty_code: { sql: 'o.option_id', like: 'list_options.option_id' },
};

export const specialtyId = uuid('list_options', 'specialty_list', 'specialty_code');

const DEFAULT_NAME = 'Family Medicine';

/** Tables of old sites differ in their collations, and a comparison of two fails: this one rules. */
const comparableCode = (sql: string): string =>
  `UPPER(TRIM(CONVERT(${sql} USING utf8mb4))) COLLATE utf8mb4_bin`;

/** Joins `o`, the specialty of a code, once or not at all: option ids are unique whatever their case. */
export const joinSpecialty = (code: string): string =>
  `LEFT JOIN list_options o ON o.list_id = '${SPECIALTY_LIST}' AND o.option_id = ${comparableCode(code)}`;

/** What to select again where an option of the list changes: `select` has no WHERE yet. */
export const watchSpecialty = (select: string, code: string): Watch => ({
  table: 'list_options',
  inputs: ['list_id', 'option_id'],
  keys: `${select} WHERE ? = '${SPECIALTY_LIST}' AND CONVERT(? USING utf8mb4) = ${comparableCode(code)}`,
});

/** One that the list has not is flagged: it has no specialty. */
export const taxonomyCode: Transform = {
  name: `taxonomyCode(${DEFAULT_TAXONOMY})`,
  apply: (raw, listed) => {
    const code = clean(raw ?? null);
    if (code !== null && listed == null && code !== DEFAULT_TAXONOMY)
      raiseFlag('taxonomy_code_unknown_option');
    return code;
  },
};

/** The code is the default, and neither a code of a facility nor the words of the specialty say the same. */
export const taxonomyIsDefault: Transform = {
  name: `taxonomyIsDefault(${DEFAULT_TAXONOMY}, ${DEFAULT_NAME})`,
  apply: (raw, specialty, defaultCodes) => {
    const code = raw?.trim() ?? '';
    if (code === '') return null;
    const isMeant = (defaultCodes ?? '0') !== '0' || namesIn(specialty ?? null).has(foldName(DEFAULT_NAME));
    return code === DEFAULT_TAXONOMY && !isMeant ? 't' : 'f';
  },
};
