/** The types of `lists`, which is one table for all that is noted of a patient in a list, and what becomes of each. */
import type { RowFilter, Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';

export const ALLERGY = 'allergy';
export const MEDICATION = 'medication';

const KINDS: ReadonlyMap<string, string> = new Map([
  ['medical_problem', 'problem'],
  ['surgery', 'surgery'],
  ['dental', 'dental'],
  ['medical_device', 'device'],
  ['health_concern', 'health_concern'],
]);
const BLANKS_AROUND = /^ +| +$/g;

/** As the condition `isListType` of SQL tells it. */
function plainType(type: string | null): string {
  return (type ?? '').replaceAll(BLANKS_AROUND, '').toLowerCase();
}

/** SQL that is true for a row of the type; not for accents and the like, which the collation takes for the same. */
export function isListType(alias: string, type: string): string {
  return `(CAST(LOWER(TRIM(${alias}.type)) AS BINARY) = '${type}')`;
}

/** Each row of `lists` passes one of three filters: those of allergies, medication and conditions. */
export function onlyType(type: typeof ALLERGY | typeof MEDICATION): RowFilter {
  return {
    inputs: ['type'],
    description: `entries of the type ${type}; the others become other tables`,
    accepts: (raw) => plainType(raw ?? null) === type,
    atSource: `LOWER(TRIM(type)) = '${type}'`,
  };
}

export const onlyConditions: RowFilter = {
  inputs: ['type'],
  description: 'entries of every type but allergy and medication, which become other tables',
  accepts: (raw) => ![ALLERGY, MEDICATION].includes(plainType(raw ?? null)),
  atSource: `type IS NULL OR CAST(type AS BINARY) NOT IN ('${ALLERGY}', '${MEDICATION}')`,
};

/** A type of the site's own is `other`, and kept. */
export const conditionKind: Transform = {
  name: `conditionKind(${JSON.stringify([...KINDS])})`,
  apply: (raw) => {
    const kind = KINDS.get(plainType(raw ?? null));
    if (kind !== undefined) return kind;
    if (raw !== null && raw !== undefined && raw !== '') keepRaw('type', raw);
    return 'other';
  },
};
