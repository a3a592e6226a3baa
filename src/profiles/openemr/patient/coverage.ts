import { refuse } from '../../../core/reject-reasons.ts';
import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { chain, encryptField, ssnDigits, ssnLast4, yesNo } from '../../../mapping/transforms/index.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, queryWith } from '../lookups.ts';
import { lookUpCallingCode, phoneOfSite } from '../phones.ts';
import type { Site } from '../site.ts';
import { aside, day, keyOfDependent, txt } from '../text.ts';
import { effectiveTo, isCurrent, lookUpSameRank } from './coverage-period.ts';
import { sexOfPerson } from './demographics.ts';
import { isBlank } from './is-blank.ts';
import { FIRST_BIRTH } from './patient-person.ts';
import { lookUpPayer, payerAddress, payerKey, payerName, payerPhone } from './payer.ts';
import { addressOf, namedAddressOf } from './postal-address.ts';

const INSURANCES = { table: 'insurance_data', key: 'id' };
const PATIENTS = { table: 'patient_data', key: 'pid' };

/** One of them says that there is an insurance. */
const TELLERS = [
  'provider',
  'plan_name',
  'policy_number',
  'group_number',
  'subscriber_fname',
  'subscriber_lname',
  'subscriber_ss',
];

type Declared = Record<string, ColumnDeclaration>;

export function coverageMapping(site: Site): Mapping {
  const has = (column: string): boolean => site.has(INSURANCES.table, column);
  return {
    shape: 'query',
    id: 'patient_coverage',
    service: 'patient',
    source: { table: INSURANCES.table },
    secrets: ['subscriber_ss'],
    target: { schema: 'patient', table: 'patient_coverage' },
    query: queryWith(
      lookUp('patient', PATIENTS, { source: INSURANCES, by: 'pid' }),
      lookUpPayer,
      lookUpSameRank(has('date_end')),
      lookUpCallingCode(INSURANCES),
      lookUpFhirUuid(site, INSURANCES.table),
    ),
    where: {
      inputs: TELLERS,
      description:
        'the empty forms that are saved with each new patient, one for each rank, are no insurance',
      accepts: (...values) => !values.every(isBlank),
    },
    columns: columns({
      id: ['uuid!', uuid(INSURANCES.table, 'id'), 'identifier'],
      patient_id: [
        'uuid!',
        reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
        'identifier',
      ],
      rank: ['text!', apply(rank, 'type')],
      ...payer(),
      plan_name: ['text', apply(txt, 'plan_name')],
      policy_number: ['text', apply(txt, 'policy_number'), 'identifier'],
      group_number: ['text', apply(txt, 'group_number'), 'identifier'],
      policy_type: ['text', apply(txt, 'policy_type')],
      copay: ['text', apply(txt, 'copay')],
      ...subscriber(site),
      effective_from: ['date', apply(day('effective_from', 'date'), 'date')],
      effective_to: [
        'date',
        has('date_end')
          ? apply(effectiveTo, 'date', 'same_rank', 'date_end')
          : apply(effectiveTo, 'date', 'same_rank'),
      ],
      is_current: ['boolean!', apply(isCurrent(site.cutoverDate), 'id', 'same_rank')],
      accept_assignment: [
        'boolean',
        apply(
          yesNo({ yes: ['TRUE'], no: ['FALSE'] }, aside('accept_assignment', 'accept_assignment')),
          'accept_assignment',
        ),
      ],
      fhir_uuid: fhirUuid(site, INSURANCES.table),
      legacy_table: ['text!', constant(INSURANCES.table)],
      legacy_id: ['text!', apply(keyOfDependent, 'id', 'patient_key'), 'identifier'],
      dq_flags: ['text[]!', flags],
      extra: ['jsonb!', everythingElse, 'identifier'],
    }),
  };
}

const rank: Transform = {
  name: 'rank',
  apply: (type) => (isBlank(type) ? refuse('not_null') : type),
};

function payer(): Declared {
  return {
    payer_legacy_id: ['text', apply(payerKey, 'provider', 'payer_id')],
    payer_name: ['text', apply(payerName, 'provider', 'payer_name')],
    payer_address: ['jsonb', apply(payerAddress, 'provider', 'payer_addresses')],
    payer_phone: ['text', apply(payerPhone, 'provider', 'payer_phones', 'calling_code')],
  };
}

function subscriber(site: Site): Declared {
  const optional = (column: string): string[] => (site.has(INSURANCES.table, column) ? [column] : []);
  const address = (prefix: string): string[] => [
    ...['street', 'city', 'state', 'postal_code', 'country'].map((part) => `${prefix}_${part}`),
    ...optional(`${prefix}_street_line_2`),
  ];
  const born = day('subscriber_date_of_birth', 'subscriber_DOB', {
    notBefore: FIRST_BIRTH,
    notAfter: site.cutoverDate,
  });
  return {
    subscriber_relationship: ['text', apply(txt, 'subscriber_relationship')],
    subscriber_first_name: ['text', apply(txt, 'subscriber_fname'), 'identifier'],
    subscriber_middle_name: ['text', apply(txt, 'subscriber_mname'), 'identifier'],
    subscriber_last_name: ['text', apply(txt, 'subscriber_lname'), 'identifier'],
    subscriber_date_of_birth: ['date', apply(born, 'subscriber_DOB'), 'identifier'],
    subscriber_sex: ['text', apply(sexOfPerson, 'subscriber_sex')],
    subscriber_ssn_ciphertext: [
      'bytea',
      apply(
        chain(
          // The raw value is nearly a number: it is kept nowhere.
          ssnDigits({ flag: 'subscriber_ssn_invalid', keepAs: null }),
          encryptField(site.fieldKey, { mapping: 'patient_coverage', column: 'subscriber_ssn_ciphertext' }),
        ),
        'subscriber_ss',
      ),
      'critical',
    ],
    subscriber_ssn_last4: ['text', apply(ssnLast4, 'subscriber_ss'), 'critical'],
    subscriber_phone: [
      'text',
      apply(phoneOfSite('subscriber_phone', 'subscriber_phone'), 'subscriber_phone', 'calling_code'),
      'identifier',
    ],
    subscriber_address: ['jsonb', apply(addressOf, ...address('subscriber')), 'identifier'],
    subscriber_employer: [
      'jsonb',
      apply(namedAddressOf, 'subscriber_employer', ...address('subscriber_employer')),
      'identifier',
    ],
  };
}
