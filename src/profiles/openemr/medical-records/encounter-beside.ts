/** What other tables say of an encounter. */
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';

/** Its entry in the registry of forms, without which it does not count: `form_deleted`, NULL where there is none. */
export const lookUpRegistration: Lookup = {
  fields: {
    form_deleted: {
      sql: `SELECT MIN(fo.deleted) FROM forms fo WHERE fo.form_id = t.id AND fo.formdir = 'newpatient'`,
      like: 'forms.deleted',
    },
  },
  watches: [{ table: 'forms', inputs: ['form_id'], keys: null }],
};

/**
 * How many encounters the patient has under this number: `same_number`. Those of other patients are no doubt, since a number is
 * only ever looked for among the patient's own; and no index finds them.
 */
export const lookUpSameNumber: Lookup = {
  fields: {
    same_number: {
      sql: 'SELECT COUNT(*) FROM form_encounter same WHERE same.pid = t.pid AND same.encounter = t.encounter',
      like: 'form_encounter.id',
    },
  },
  watches: [
    {
      table: 'form_encounter',
      inputs: ['pid', 'encounter'],
      keys: 'SELECT t.id FROM form_encounter t WHERE t.pid = ? AND t.encounter = ?',
    },
  ],
};

/** The name that the id of an occurrence of a series is made of: uuid() joins a key of two columns in this way. */
const OCCURRENCE = `CONCAT(LENGTH(pt.eid), ':', pt.eid, ',10:', pt.apptdate, ',')`;

/** The appointment, which the flow board alone knows: `appointment_name`. Its first entry, where it has several. */
export const lookUpAppointment: Lookup = {
  fields: {
    appointment_name: {
      sql: `SELECT IF(ev.pc_recurrtype > 0, ${OCCURRENCE}, CONCAT(pt.eid)) FROM patient_tracker pt
JOIN openemr_postcalendar_events ev ON ev.pc_eid = pt.eid
WHERE pt.pid = t.pid AND pt.encounter = t.encounter AND pt.encounter > 0 ORDER BY pt.id LIMIT 1`,
      like: 'users.username',
    },
  },
  watches: [
    {
      table: 'patient_tracker',
      inputs: ['pid', 'encounter'],
      keys: 'SELECT t.id FROM form_encounter t WHERE t.pid = ? AND t.encounter = ?',
    },
    {
      table: 'openemr_postcalendar_events',
      inputs: ['pc_eid'],
      keys: `SELECT t.id FROM patient_tracker pt JOIN form_encounter t ON t.pid = pt.pid AND t.encounter = pt.encounter
WHERE pt.eid = ? AND pt.encounter > 0`,
    },
  ],
};

/** How many signatures it has, and how many of them lock it: `signatures`, `locks`. They name it by its number alone. */
export function lookUpSignatures(site: Site): Lookup {
  if (!site.has('esign_signatures')) return {};
  const count = (condition: string) => ({
    sql: `SELECT COUNT(*) FROM esign_signatures es WHERE es.tid = t.encounter AND es.\`table\` = 'form_encounter'${condition}`,
    like: 'form_encounter.id',
  });
  return {
    fields: { signatures: count(''), locks: count(' AND es.is_lock = 1') },
    watches: [
      {
        table: 'esign_signatures',
        inputs: ['table', 'tid'],
        keys: `SELECT t.id FROM form_encounter t WHERE ? = 'form_encounter' AND t.encounter = ?`,
      },
    ],
  };
}
