/** Whose a row of the contact tables is: `contact` names its owner by table and key. */
import type { RowFilter } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';

/** The owner by the column contact_id of the source table: fields `owner_table`, `owner_id`, and `patient_key` if it is a patient. */
export function lookUpOwner(table: string): Lookup {
  return {
    joins: `LEFT JOIN contact owner ON owner.id = t.contact_id
LEFT JOIN patient_data patient
  ON patient.pid = IF(owner.foreign_table_name = 'patient_data', owner.foreign_id, NULL) AND patient.pid > 0`,
    fields: {
      owner_table: { sql: 'owner.foreign_table_name', like: 'contact.foreign_table_name' },
      owner_id: { sql: 'owner.foreign_id', like: 'contact.foreign_id' },
      patient_key: { sql: 'patient.pid', like: 'patient_data.pid' },
    },
    watches: [
      { table: 'contact', inputs: ['id'], keys: `SELECT t.id FROM ${table} t WHERE t.contact_id = ?` },
      {
        table: 'patient_data',
        inputs: ['pid'],
        keys: `SELECT t.id FROM contact c JOIN ${table} t ON t.contact_id = c.id
WHERE c.foreign_table_name = 'patient_data' AND c.foreign_id = ?`,
        keysOnly: true,
      },
    ],
  };
}

/** Those of nobody pass, to be rejected as orphans. */
export const ownedByPatient: RowFilter = {
  inputs: ['owner_table'],
  description: 'what belongs to a related person is told with that person',
  accepts: (owner) => owner === null || owner === 'patient_data',
};
