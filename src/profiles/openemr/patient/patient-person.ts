/** Who a patient is: the columns of names, birth, death and circumstances. */
import { apply, constant, type ColumnDeclaration } from '../../../mapping/declare.ts';
import { chain, encryptField, ssnDigits, ssnLast4 } from '../../../mapping/transforms/index.ts';
import { optionalColumns } from '../optional-column.ts';
import type { Site } from '../site.ts';
import { day, moment, optionId, txt } from '../text.ts';
import {
  chosen,
  ethnicities,
  familySize,
  interpreterAsWord,
  interpreterNeeded,
  monthlyIncome,
  sexAtBirth,
} from './demographics.ts';
import { nameSearch } from './name-search.ts';

type Declared = Record<string, ColumnDeclaration>;

/** Nobody alive was born before. */
export const FIRST_BIRTH = '1880-01-01';

export function names(site: Site): Declared {
  const optional = optionalColumns(site, 'patient_data');
  return {
    title: ['text', apply(txt, 'title')],
    first_name: ['text', apply(txt, 'fname'), 'identifier'],
    middle_name: ['text', apply(txt, 'mname'), 'identifier'],
    last_name: ['text', apply(txt, 'lname'), 'identifier'],
    suffix: ['text', optional(txt, 'suffix'), 'identifier'],
    preferred_name: ['text', optional(txt, 'preferred_name'), 'identifier'],
    birth_first_name: ['text', optional(txt, 'birth_fname'), 'identifier'],
    birth_middle_name: ['text', optional(txt, 'birth_mname'), 'identifier'],
    birth_last_name: ['text', optional(txt, 'birth_lname'), 'identifier'],
    name_search: ['text', apply(nameSearch, 'fname', 'lname'), 'identifier'],
  };
}

export function person(site: Site): Declared {
  const optional = optionalColumns(site, 'patient_data');
  const bornBetween = { notBefore: FIRST_BIRTH, notAfter: site.cutoverDate };
  return {
    date_of_birth: ['date', apply(day('date_of_birth', 'DOB', bornBetween), 'DOB'), 'identifier'],
    sex_at_birth: ['text', apply(sexAtBirth, 'sex'), 'clinical'],
    gender_identity_code: ['text', optional(txt, 'gender_identity'), 'clinical'],
    sexual_orientation_code: ['text', optional(txt, 'sexual_orientation'), 'clinical'],
    pronouns: ['text', optional(txt, 'pronoun')],
    marital_status: [
      'text',
      apply(optionId('marital_status', 'status'), 'status', 'status_option', 'status_activity'),
    ],
    race_codes: ['text[]!', apply(chosen, 'race'), 'clinical'],
    ethnicity_codes: ['text[]!', apply(ethnicities, 'ethnicity', 'ethnoracial'), 'clinical'],
    religion: [
      'text',
      apply(optionId('religion', 'religion'), 'religion', 'religion_option', 'religion_activity'),
      'clinical',
    ],
    preferred_language: [
      'text',
      apply(optionId('preferred_language', 'language'), 'language', 'language_option', 'language_activity'),
    ],
    ...interpreter(site),
    ssn_ciphertext: [
      'bytea',
      apply(
        chain(
          // The raw value is nearly a number: it is kept nowhere.
          ssnDigits({ flag: 'ssn_invalid', keepAs: null }),
          encryptField(site.fieldKey, { mapping: 'patient', column: 'ssn_ciphertext' }),
        ),
        'ss',
      ),
      'critical',
    ],
    ssn_last4: ['text', apply(ssnLast4, 'ss'), 'critical'],
    drivers_license: ['text', apply(txt, 'drivers_license'), 'identifier'],
    deceased_at: [
      'timestamp with time zone',
      apply(moment(site, 'deceased_at', 'deceased_date'), 'deceased_date'),
      'clinical',
    ],
    deceased_reason: ['text', apply(txt, 'deceased_reason'), 'clinical'],
    occupation: ['text', apply(txt, 'occupation')],
    family_size: ['smallint', apply(familySize, 'family_size')],
    monthly_income: ['numeric(12,2)', apply(monthlyIncome, 'monthly_income')],
    homeless: ['text', apply(txt, 'homeless')],
  };
}

/** 5.0 has one field, which it spells `interpretter`. */
function interpreter({ has }: Site): Declared {
  const note = ['interpreter', 'interpretter'].find((column) => has('patient_data', column));
  const isSplit = has('patient_data', 'interpreter_needed');
  return {
    interpreter_needed: [
      'boolean',
      isSplit
        ? apply(interpreterNeeded, 'interpreter_needed')
        : note === undefined
          ? constant(null)
          : apply(interpreterAsWord, note),
    ],
    interpreter_note: ['text', note === undefined ? constant(null) : apply(txt, note)],
  };
}
