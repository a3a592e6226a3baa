/** The patient of a mail, who is named by the name of a portal account, either as sender or as recipient. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import type { Lookup } from '../lookups.ts';
import { copiesAround } from './message-copies.ts';
import { isDeletedMessage } from './message-values.ts';

/**
 * `correspondent`: of sender and recipient the one who is no user; NULL where both are. `patient_key`, where that is the account of
 * one patient, who exists. Names of accounts and users have no index: they are gathered once for each query.
 */
export const lookUpCorrespondent: Lookup = {
  joins: `LEFT JOIN (SELECT DISTINCT username FROM users WHERE username <> '') from_staff ON from_staff.username = t.sender_id
LEFT JOIN (SELECT DISTINCT username FROM users WHERE username <> '') to_staff ON to_staff.username = t.recipient_id
LEFT JOIN (SELECT portal_username, MIN(pid) AS pid FROM patient_access_onsite WHERE portal_username <> ''
GROUP BY portal_username HAVING MIN(pid) = MAX(pid)) account
ON account.portal_username = IF(from_staff.username IS NULL, t.sender_id, t.recipient_id)
LEFT JOIN patient_data patient ON patient.pid = account.pid`,
  fields: {
    correspondent: {
      sql: 'IF(from_staff.username IS NULL, t.sender_id, IF(to_staff.username IS NULL, t.recipient_id, NULL))',
      like: 'onsite_mail.sender_id',
    },
    patient_key: { sql: 'patient.pid', like: 'patient_data.pid' },
  },
  watches: [
    {
      table: 'users',
      inputs: ['username'],
      keys: 'SELECT t.id FROM onsite_mail t WHERE ? IN (t.sender_id, t.recipient_id)',
    },
    // The patient's copy is found by its owner; the mail may be the copy beside it.
    {
      table: 'patient_access_onsite',
      inputs: ['portal_username'],
      keys: `${copiesAround('onsite_mail')} WHERE o.owner = ?`,
    },
    {
      table: 'patient_data',
      inputs: ['pid'],
      keys: `${copiesAround('onsite_mail')} JOIN patient_access_onsite a ON a.portal_username = o.owner WHERE a.pid = ?`,
      keysOnly: true,
    },
  ],
};

/** By the number of copies that are not deleted. A patient whom no account names is flagged `patient_id_orphan`. */
export const isMailDeleted: Transform = {
  name: 'isMailDeleted',
  apply: (undeleted, correspondent, patient) => {
    if (correspondent != null && correspondent !== '' && patient == null) raiseFlag('patient_id_orphan');
    return isDeletedMessage.apply(undeleted === '0' ? '1' : '0');
  },
};

/** The mail that a conversation began with; 0 is none. */
export const threadKey: Transform = {
  name: 'threadKey',
  apply: (chain) => (chain === null || /^0*$/.test(chain) ? null : chain),
};
