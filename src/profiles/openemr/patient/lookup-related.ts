/** The person, or the patient, whom a row of contact_relation names, and how to reach them. */
import type { QueryField, Watch } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { placeFields } from './joined-address.ts';

/** Name parts in a person, and in a patient, who may be related to another one. */
const NAME_PARTS = { title: 'title', first_name: 'fname', middle_name: 'mname', last_name: 'lname' };

/** What a person has besides, and a contact no column for. */
const BESIDE = ['birth_date', 'gender', 'preferred_language', 'communication', 'notes'] as const;

export const relatedNameFields = Object.keys(NAME_PARTS).map((part) => `related_${part}`);

export const besidePerson = ({ has }: Site): string[] => BESIDE.filter((column) => has('person', column));

const named = (table: string, input: string): Watch => ({
  table,
  inputs: [input],
  keys: `SELECT t.id FROM contact_relation t WHERE t.target_table = '${table}' AND t.target_id = ?`,
});

const OF_RELATED = 'c.foreign_table_name = t.target_table AND c.foreign_id = t.target_id';
const byContact = (table: string): Watch => ({
  table,
  inputs: ['contact_id'],
  keys: `SELECT t.id FROM contact c JOIN contact_relation t ON ${OF_RELATED} WHERE c.id = ?`,
});

/** The one that is to be used first, of those that are active. */
const telecomOf = (systems: string): QueryField => ({
  sql: `SELECT ct.value FROM contact c JOIN contact_telecom ct ON ct.contact_id = c.id
WHERE ${OF_RELATED} AND ct.system IN (${systems}) AND COALESCE(ct.status, 'A') <> 'I'
ORDER BY COALESCE(ct.\`rank\`, 1000), ct.id LIMIT 1`,
  like: 'contact_telecom.value',
});

const ADDRESS = `SELECT ca.address_id FROM contact c JOIN contact_address ca ON ca.contact_id = c.id
WHERE ${OF_RELATED} AND COALESCE(ca.status, 'A') <> 'I' ORDER BY COALESCE(ca.is_primary, 'N') = 'Y' DESC, ca.id LIMIT 1`;

/** Fields `related_<name part>`, `related_phone`, `related_email`, `place_<part of the address>` and `person_<what there is besides>`. */
export function lookUpRelated(site: Site): Lookup {
  return {
    joins: `LEFT JOIN person ON person.id = IF(t.target_table = 'person', t.target_id, NULL)
LEFT JOIN patient_data other ON other.pid = IF(t.target_table = 'patient_data', t.target_id, NULL)
LEFT JOIN addresses place ON place.id = (${ADDRESS})`,
    fields: {
      ...Object.fromEntries(
        Object.entries(NAME_PARTS).map(([part, ofPatient]): [string, QueryField] => [
          `related_${part}`,
          { sql: `COALESCE(person.${part}, other.${ofPatient})`, like: `person.${part}` },
        ]),
      ),
      related_phone: telecomOf("'phone', 'mobile'"),
      related_email: telecomOf("'email'"),
      ...placeFields(site),
      ...Object.fromEntries(
        besidePerson(site).map((column): [string, QueryField] => [
          `person_${column}`,
          { sql: `person.${column}`, like: `person.${column}` },
        ]),
      ),
    },
    watches: [
      named('person', 'id'),
      named('patient_data', 'pid'),
      {
        table: 'contact',
        inputs: ['foreign_table_name', 'foreign_id'],
        keys: 'SELECT t.id FROM contact_relation t WHERE t.target_table = ? AND t.target_id = ?',
      },
      byContact('contact_telecom'),
      byContact('contact_address'),
      {
        table: 'addresses',
        inputs: ['id'],
        keys: `SELECT t.id FROM contact_address ca JOIN contact c ON c.id = ca.contact_id
JOIN contact_relation t ON ${OF_RELATED} WHERE ca.address_id = ?`,
      },
    ],
  };
}
