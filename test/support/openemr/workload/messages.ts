/** Notes that the staff writes to each other about patients, and the mail of the portal. */
import type { SourceRow } from '../source-row.ts';
import { MESSAGES } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someReference, someText } from './dirt.ts';

const PEOPLE = ['admin', 'desk20', 'doctor10', 'portal-user', '-patient-', ''];

export const messageActs: Shares = [
  [5, note],
  [5, changeNote],
  [2, removeNote],
  [4, mail],
  [4, changeMail],
  [2, removeMail],
];

function note(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('pnotes');
  const row = { id, date: desk.now(), pid: random.percent(5) ? 0 : desk.patient(), body: entry(desk) };
  const head = { user: random.pick(PEOPLE), groupname: 'Default', activity: 1, authorized: 1, deleted: 0 };
  return sql.insert('pnotes', {
    ...row,
    ...head,
    title: random.pick(['Unassigned', 'Chart Note', 'Pharmacy', '']),
    assigned_to: random.pick(PEOPLE),
    message_status: 'New',
    is_msg_encrypted: Number(random.percent(3)),
    update_by: 1,
  });
}

/** A reply makes the body longer: the row is the whole conversation. */
function changeNote(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const where = { id: ids.known('pnotes') };
  const changes = random.pick<SourceRow>([
    { body: `${entry(desk)}\n${entry(desk)}`, message_status: 'Read' },
    { body: random.pick([null, '', 'a line without a head', `${entry(desk)}\r\n  continued`]) },
    { message_status: random.pick(['Done', 'Forwarded', 'unheard_of', '']), activity: random.below(2) },
    { pid: random.percent(10) ? null : desk.patient() },
    { assigned_to: random.pick(PEOPLE), user: random.pick(PEOPLE), title: someText(random, ['Chart Note']) },
    { deleted: random.below(2) },
  ]);
  return sql.update('pnotes', where, changes);
}

function entry(desk: Desk): string {
  const from = desk.random.pick(PEOPLE);
  return `${desk.now().slice(0, 16)} (${from} to ${desk.random.pick(PEOPLE)}) ${someText(desk.random, MESSAGES)}`;
}

/** The application marks them. */
function removeNote({ ids, random, sql }: Desk): string[] {
  const id = ids.spare('pnotes');
  return random.percent(60) ? sql.update('pnotes', { id }, { deleted: 1 }) : sql.delete('pnotes', { id });
}

/** A copy for each of the two mailboxes; a reply goes to a thread that is there. */
function mail(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('onsite_mail');
  const patient = `Portal${desk.patient()}`;
  const isReply = random.percent(40);
  const thread = isReply ? someReference(random, ids.known('onsite_mail')) : id;
  const [sender_id, recipient_id] = random.percent(50) ? [patient, 'admin'] : ['admin', patient];
  const shared = {
    date: desk.now(),
    user: sender_id,
    groupname: 'Default',
    activity: 1,
    authorized: 1,
    title: someText(random, ['Appointment', 'Rezept']),
    body: `<p>${someText(random, MESSAGES)}</p>`,
    recipient_id,
    recipient_name: 'Administrator',
    sender_id,
    sender_name: 'Ada',
    assigned_to: recipient_id,
    deleted: 0,
    message_status: 'New',
    mail_chain: thread,
    reply_mail_chain: isReply ? thread : 0,
    is_msg_encrypted: 0,
  };
  const copy = random.percent(95) ? [{ id: ids.next('onsite_mail'), owner: patient, ...shared }] : [];
  return [{ id, owner: 'admin', ...shared }, ...copy].flatMap((row) => sql.insert('onsite_mail', row));
}

function changeMail(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = random.pick<SourceRow>([
    { message_status: random.pick(['Read', 'Sent', 'Delete', '']) },
    { deleted: 1, delete_date: desk.now() },
    { owner: random.pick(['admin', `Portal${desk.patient()}`, '']) },
    { sender_id: `Portal${desk.patient()}`, mail_chain: ids.known('onsite_mail') },
    { body: someText(random, MESSAGES), date: random.pick([desk.now(), '0000-00-00 00:00:00', null]) },
    { recipient_id: random.pick(['admin', 'nobody', '', null]) },
  ]);
  return sql.update('onsite_mail', { id: ids.known('onsite_mail') }, changes);
}

function removeMail({ ids, sql }: Desk): string[] {
  return sql.delete('onsite_mail', { id: ids.spare('onsite_mail') });
}
