/** The mapping of `pnotes`: notes that staff write to each other about a patient, or about nobody. */
import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { lookUp, queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { messageEntries } from './message-entries.ts';
import { isDeletedMessage, messageBody, messageFormat } from './message-values.ts';

const SOURCE = { table: 'pnotes', key: 'id' };
const ENCRYPTED = 'is_msg_encrypted';

export function staffNoteMapping(site: Site): QueryMapping {
  const text = site.has(SOURCE.table, ENCRYPTED) ? ['body', ENCRYPTED] : ['body'];
  return {
    shape: 'query',
    id: 'staff_notes',
    service: 'medical-records',
    source: { table: SOURCE.table },
    target: { schema: 'medical_records', table: 'patient_message' },
    query: queryWith(lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: SOURCE, by: 'pid' })),
    columns: columns({
      id: ['uuid!', uuid(SOURCE.table, 'id'), 'identifier'],
      // A note may be about nobody, and outlives its patient.
      patient_id: [
        'uuid',
        reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: { flag: 'patient_id' } }),
        'identifier',
      ],
      channel: ['text!', constant('staff_note')],
      thread_key: ['text', constant(null)],
      title: ['text', apply(txt, 'title'), 'clinical'],
      body: ['text', apply(messageBody, ...text), 'clinical'],
      body_format: ['text!', apply(messageFormat, ...text)],
      entries: ['jsonb', apply(messageEntries(site), ...text), 'clinical'],
      sender: ['text', apply(txt, 'user'), 'identifier'],
      recipient: ['text', apply(txt, 'assigned_to'), 'identifier'],
      sent_at: ['timestamp with time zone', apply(moment(site, 'sent_at', 'date'), 'date'), 'clinical'],
      status: ['text', apply(txt, 'message_status')],
      deleted: ['boolean!', apply(isDeletedMessage, 'deleted'), 'critical'],
      legacy_table: ['text!', constant(SOURCE.table)],
      legacy_id: ['text!', apply(txt, 'id'), 'identifier'],
      extra: ['jsonb!', everythingElse, 'critical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
