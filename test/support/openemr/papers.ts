/** Documents of a patient (their rows: who wants the files asks paper-file.ts), notes of staff, mail of the portal. */
import { day } from '../../demo/clinic/sql-values.ts';
import type { Random } from '../../demo/clinic/random.ts';
import { dateTime, TODAY } from './calendar-days.ts';
import type { AddRow, Counters, Site } from './counters.ts';
import { paperFile, paperHash } from './paper-file.ts';
import type { Person } from './people.ts';
import { MESSAGES } from './vocabulary.ts';

const SITE_DIRECTORY = '/var/www/openemr/sites/default/documents';

export function addPapers(add: AddRow, person: Person, site: Site, random: Random, counters: Counters): void {
  if (random.percent(50)) addDocument(add, person, site, random, counters);
  if (random.percent(40)) addStaffNote(add, person, random, counters);
  if (random.percent(20)) addMail(add, person, random, counters);
}

function addDocument(
  add: AddRow,
  { pid, registered }: Person,
  site: Site,
  random: Random,
  counters: Counters,
): void {
  const id = counters.next('shared');
  const filename = random.pick(['lab report.pdf', 'Überweisung.pdf', 'scan_0001.tif']);
  const driveUuid = random.hex(16);
  const isNow = site.version === '8';
  const on = Math.min(TODAY, registered + random.below(600));
  const size = random.between(1000, 9000);
  add('documents', {
    id,
    type: 'file_url',
    size,
    date: dateTime(on, '14:00:00'),
    url: `file://${SITE_DIRECTORY}/${pid}/${isNow ? uuidText(driveUuid) : filename}`,
    mimetype: filename.endsWith('.tif') ? 'image/tiff' : 'application/pdf',
    owner: 1,
    revision: dateTime(on, '14:00:00'),
    foreign_id: pid,
    docdate: day(on),
    hash: paperHash(paperFile(id, size), site.version),
    list_id: 0,
    name: filename,
    drive_uuid: Buffer.from(driveUuid, 'hex'),
    storagemethod: 0,
    path_depth: 1,
    imported: 0,
    encounter_id: 0,
    encounter_check: 0,
    audit_master_approval_status: 1,
    encrypted: id % 2,
    deleted: 0,
  });
  add('categories_to_documents', { category_id: random.pick(site.documentCategories), document_id: id });
}

/** One row is the whole conversation. */
function addStaffNote(add: AddRow, { pid, registered }: Person, random: Random, counters: Counters): void {
  const on = Math.min(TODAY, registered + random.below(600));
  const at = dateTime(on, '15:20:00');
  add('pnotes', {
    id: counters.next('pnotes'),
    date: at,
    body: [
      `${day(on)} 15:20 (admin to desk20) ${random.pick(MESSAGES)}`,
      `${day(on)} 15:40 (desk20 to admin) ${random.pick(MESSAGES)}`,
    ].join('\n'),
    pid,
    user: 'admin',
    groupname: 'Default',
    activity: 1,
    authorized: 1,
    title: random.pick(['Unassigned', 'Chart Note', 'Pharmacy']),
    assigned_to: 'desk20',
    deleted: Number(random.percent(3)),
    message_status: random.pick(['New', 'Done', 'Read']),
    is_msg_encrypted: 0,
    update_by: 1,
    update_date: at,
  });
}

/** One message, and a copy for each of the two mailboxes. */
function addMail(add: AddRow, { pid, fname, registered }: Person, random: Random, counters: Counters): void {
  const id = counters.next('onsite_mail');
  const body = `<p>${random.pick(MESSAGES)}</p>`;
  const date = dateTime(Math.min(TODAY, registered + random.below(600)), '16:00:00');
  const copy = (owner: string, copyId: number): void =>
    add('onsite_mail', {
      id: copyId,
      date,
      owner,
      user: 'admin',
      groupname: 'Default',
      activity: 1,
      authorized: 1,
      title: 'Appointment',
      body,
      recipient_id: 'admin',
      recipient_name: 'Administrator',
      sender_id: `Portal${pid}`,
      sender_name: fname,
      assigned_to: 'admin',
      deleted: 0,
      message_status: 'New',
      mail_chain: id,
      reply_mail_chain: 0,
      is_msg_encrypted: 0,
    });
  copy('admin', id);
  copy(`Portal${pid}`, counters.next('onsite_mail'));
}

function uuidText(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
