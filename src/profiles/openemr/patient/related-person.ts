import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { email, yesNo } from '../../../mapping/transforms/index.ts';
import { lookUpOption, queryWith } from '../lookups.ts';
import { lookUpCallingCode, phoneOfSite } from '../phones.ts';
import type { Site } from '../site.ts';
import { aside, clean, dayOfDatetime, keyOfDependent, optionTitle } from '../text.ts';
import { contactColumns } from './contact-columns.ts';
import { lookUpOwner, ownedByPatient } from './contact-owner.ts';
import { placeColumns } from './joined-address.ts';
import { besidePerson, lookUpRelated, relatedNameFields } from './lookup-related.ts';
import { fullName } from './name-search.ts';

const RELATIONS = { table: 'contact_relation', key: 'id' };
const TABLES = ['contact', 'contact_relation', 'contact_telecom', 'contact_address', 'person'];

/** People whom a patient named as relatives, guardians or emergency contacts: versions since 8. */
export function relatedPersonMapping(site: Site): Mapping[] {
  if (!TABLES.every((table) => site.has(table))) return [];
  const beside = besidePerson(site);
  return [
    {
      shape: 'query',
      id: 'patient_contact_related_person',
      service: 'patient',
      source: { table: RELATIONS.table },
      target: { schema: 'patient', table: 'patient_contact' },
      query: queryWith(
        lookUpOwner(RELATIONS.table),
        lookUpRelated(site),
        lookUpOption('related_person_relationship', 'relationship', RELATIONS),
        lookUpCallingCode(RELATIONS),
      ),
      where: { ...ownedByPatient, description: 'relations of those who are no patients stay behind' },
      columns: columns({
        id: ['uuid!', uuid(RELATIONS.table, 'id'), 'identifier'],
        patient_id: [
          'uuid!',
          reference('patient_data', { input: 'owner_id', found: 'patient_key', onOrphan: 'reject' }),
          'identifier',
        ],
        kind: ['text!', constant('related_person')],
        ...contactColumns({
          relationship: [
            'text',
            apply(
              optionTitle('relationship', 'relationship'),
              'relationship',
              'relationship_title',
              'relationship_activity',
            ),
          ],
          name: ['text', apply(nameOfRelated, ...relatedNameFields), 'identifier'],
          organization: [
            'text',
            apply(keeping(beside), ...beside.map((column) => `person_${column}`)),
            'identifier',
          ],
          ...placeColumns(site),
          phone: [
            'text',
            apply(phoneOfSite('phone', 'contact_telecom.phone'), 'related_phone', 'calling_code'),
            'identifier',
          ],
          email: [
            'text',
            apply(email(aside('email', 'contact_telecom.email')), 'related_email'),
            'identifier',
          ],
          period_start: ['date', apply(dayOfDatetime('period_start', 'start_date'), 'start_date')],
          period_end: ['date', apply(dayOfDatetime('period_end', 'end_date'), 'end_date')],
          is_primary: [
            'boolean',
            apply(
              yesNo({ yes: ['1'], no: ['0'] }, aside('is_primary', 'is_primary_contact')),
              'is_primary_contact',
            ),
          ],
        }),
        legacy_table: ['text!', constant(RELATIONS.table)],
        legacy_id: ['text!', apply(keyOfDependent, 'id', 'patient_key'), 'identifier'],
        dq_flags: ['text[]!', flags],
        // The relation names its person by target_table and target_id, which are left over.
        extra: ['jsonb!', everythingElse, 'identifier'],
      }),
    },
  ];
}

const nameOfRelated: Transform = {
  name: 'nameOfRelated',
  apply: (...parts) => {
    const name = fullName.apply(...parts);
    if (name === null) raiseFlag('name_missing');
    return name;
  },
};

/** A relative has no organization; what the person has besides is kept under its own names. */
function keeping(columns: readonly string[]): Transform {
  return {
    name: `keeping(${columns.join(', ')})`,
    apply: (...values) => {
      for (const [index, value] of values.entries()) {
        const text = clean(value);
        if (text !== null && text !== '0000-00-00') keepRaw(`person.${columns[index]!}`, text);
      }
      return null;
    },
  };
}
