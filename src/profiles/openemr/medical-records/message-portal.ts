/** The mapping of `onsite_mail`: mail between patients and staff. Each mailbox has a copy of its own; the first of them is the mail. */
import { apply, columns, constant, everythingElse, flags, uuid } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { isFirstCopy, lookUpCopies } from './message-copies.ts';
import { isMailDeleted, lookUpCorrespondent, threadKey } from './message-correspondent.ts';
import { messageBody, messageFormat } from './message-values.ts';

const TABLE = 'onsite_mail';
const ENCRYPTED = 'is_msg_encrypted';

export function portalMailMapping(site: Site): QueryMapping {
  const text = site.has(TABLE, ENCRYPTED) ? ['body', ENCRYPTED] : ['body'];
  return {
    shape: 'query',
    id: 'portal_mail',
    service: 'medical-records',
    source: { table: TABLE },
    target: { schema: 'medical_records', table: 'patient_message' },
    where: isFirstCopy,
    query: queryWith(lookUpCopies, lookUpCorrespondent),
    columns: columns({
      id: ['uuid!', uuid(TABLE, 'id'), 'identifier'],
      patient_id: ['uuid', uuid('patient_data', 'patient_key'), 'identifier'],
      channel: ['text!', constant('portal_mail')],
      thread_key: ['text', apply(threadKey, 'mail_chain'), 'identifier'],
      title: ['text', apply(txt, 'title'), 'clinical'],
      body: ['text', apply(messageBody, ...text), 'clinical'],
      body_format: ['text!', apply(messageFormat, ...text)],
      entries: ['jsonb', constant(null), 'clinical'],
      sender: ['text', apply(txt, 'sender_id'), 'identifier'],
      recipient: ['text', apply(txt, 'recipient_id'), 'identifier'],
      sent_at: ['timestamp with time zone', apply(moment(site, 'sent_at', 'date'), 'date'), 'clinical'],
      status: ['text', apply(txt, 'message_status')],
      deleted: [
        'boolean!',
        apply(isMailDeleted, 'undeleted_copies', 'correspondent', 'patient_key'),
        'critical',
      ],
      legacy_table: ['text!', constant(TABLE)],
      legacy_id: ['text!', apply(txt, 'id'), 'identifier'],
      extra: ['jsonb!', everythingElse, 'critical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}
