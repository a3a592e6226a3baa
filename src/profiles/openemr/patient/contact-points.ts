/** Telephone numbers, addresses and the like that a patient has besides those of the patient’s own row: versions since 7.0.3. */
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
import { email, yesNo } from '../../../mapping/transforms/index.ts';
import { queryWith, type Lookup } from '../lookups.ts';
import { lookUpCallingCode, phoneOfSite } from '../phones.ts';
import type { Site } from '../site.ts';
import { aside, dayOfDatetime, keyOfDependent, txt } from '../text.ts';
import { contactColumns } from './contact-columns.ts';
import { lookUpOwner, ownedByPatient } from './contact-owner.ts';
import { placeColumns, placeFields } from './joined-address.ts';

export function contactPoints(site: Site): Mapping[] {
  const { has } = site;
  if (!has('contact')) return [];
  return [
    ...(has('contact_telecom') ? [telecoms()] : []),
    ...(has('contact_address') ? [addresses(site)] : []),
  ];
}

function telecoms(): Mapping {
  const table = 'contact_telecom';
  return contactPoint(table, 'telecom', lookUpCallingCode({ table, key: 'id' }), {
    telecom_system: ['text', apply(txt, 'system')],
    telecom_use: ['text', apply(txt, 'use')],
    telecom_value: ['text', apply(txt, 'value'), 'identifier'],
    phone: ['text', apply(ofPhones, 'value', 'system', 'calling_code'), 'identifier'],
    email: ['text', apply(ofEmails, 'value', 'system'), 'identifier'],
  });
}

function addresses(site: Site): Mapping {
  const lookUp: Lookup = {
    joins: 'LEFT JOIN addresses place ON place.id = t.address_id',
    fields: placeFields(site),
    watches: [
      {
        table: 'addresses',
        inputs: ['id'],
        keys: 'SELECT t.id FROM contact_address t WHERE t.address_id = ?',
      },
    ],
  };
  return contactPoint('contact_address', 'address', lookUp, placeColumns(site));
}

function contactPoint(
  table: string,
  kind: string,
  lookUp: Lookup,
  declared: Record<string, ColumnDeclaration>,
): Mapping {
  return {
    shape: 'query',
    id: `patient_contact_${kind}`,
    service: 'patient',
    source: { table },
    target: { schema: 'patient', table: 'patient_contact' },
    query: queryWith(lookUpOwner(table), lookUp),
    where: ownedByPatient,
    columns: columns({
      id: ['uuid!', uuid(table, 'id'), 'identifier'],
      patient_id: [
        'uuid!',
        reference('patient_data', { input: 'owner_id', found: 'patient_key', onOrphan: 'reject' }),
        'identifier',
      ],
      kind: ['text!', constant(kind)],
      ...contactColumns({
        ...declared,
        period_start: ['date', apply(dayOfDatetime('period_start', 'period_start'), 'period_start')],
        period_end: ['date', apply(dayOfDatetime('period_end', 'period_end'), 'period_end')],
        is_primary: [
          'boolean',
          apply(yesNo({ yes: ['Y'], no: ['N'] }, aside('is_primary', 'is_primary')), 'is_primary'),
        ],
      }),
      legacy_table: ['text!', constant(table)],
      legacy_id: ['text!', apply(keyOfDependent, 'id', 'patient_key'), 'identifier'],
      dq_flags: ['text[]!', flags],
      extra: ['jsonb!', everythingElse, 'identifier'],
    }),
  };
}

const PHONES = /^(?:phone|mobile|cell|sms|fax|pager)$/i;
const asPhone = phoneOfSite('phone', 'value');
const asEmail = email(aside('email', 'value'));

const ofPhones: Transform = {
  name: `ofPhones(${asPhone.name})`,
  apply: (value, system, callingCode) =>
    PHONES.test(system?.trim() ?? '') ? asPhone.apply(value ?? null, callingCode ?? null) : null,
};

const ofEmails: Transform = {
  name: `ofEmails(${asEmail.name})`,
  apply: (value, system) => (system?.trim().toLowerCase() === 'email' ? asEmail.apply(value ?? null) : null),
};
