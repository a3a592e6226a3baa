/** The forms of a visit: vital signs, notes, and forms of the site's own. */
import { dateTime } from '../calendar-days.ts';
import type { SourceRow } from '../source-row.ts';
import { FINDINGS } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someText } from './dirt.ts';
import { formHead, register } from './form-writer.ts';
import type { IdName } from './opening.ts';

const NOTE_CODES = ['LOINC:11506-3', 'LOINC:34133-9', '11506-3', ''];
const BODIES = ['form_vitals', 'form_soap', 'form_clinical_notes'] as const satisfies readonly IdName[];
/** Forms that few sites fill in, with a field of each. */
const RARE = [
  { formdir: 'dictation', table: 'form_dictation', field: 'dictation' },
  { formdir: 'ros', table: 'form_ros', field: 'weight_change' },
  { formdir: 'reviewofs', table: 'form_reviewofs', field: 'fever' },
] as const;

export const formActs: Shares = [
  [4, writeSoap],
  [4, changeSoap],
  [4, writeNotes],
  [4, changeNote],
  [6, fillRareForm],
  [4, fillOwnForm],
  [4, refer],
  [3, moveBody],
  [2, purgeBody],
];

function writeSoap(desk: Desk): string[] {
  const id = desk.ids.next('form_soap');
  const visit = desk.visit();
  const soap = { id, ...formHead(desk, visit), ...soapValues(desk) };
  return [...desk.sql.insert('form_soap', soap), ...register(desk, visit, 'soap', id)];
}

function changeSoap(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changed = Object.entries(soapValues(desk)).filter(() => random.percent(50));
  return sql.update('form_soap', { id: ids.known('form_soap') }, Object.fromEntries(changed));
}

function soapValues({ random }: Desk): SourceRow {
  return {
    subjective: someText(random, FINDINGS),
    objective: someText(random, FINDINGS),
    assessment: random.percent(10) ? null : someText(random, FINDINGS),
    plan: someText(random, ['Wiedervorstellung in 4 Wochen', '']),
  };
}

/** Several notes of one form. */
function writeNotes(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const visit = desk.visit();
  const form_id = ids.next('form_clinical_notes');
  const note = (id: number): string[] =>
    sql.insert('form_clinical_notes', {
      id,
      form_id,
      ...formHead(desk, visit),
      date: someDate(random, visit.on),
      encounter: String(visit.encounter),
      code: random.pick(NOTE_CODES),
      codetext: 'Progress note',
      description: someText(random, FINDINGS),
      clinical_notes_type: random.pick(['progress_note', 'unheard_of', '']),
    });
  const notes = [...note(form_id), ...(random.percent(50) ? note(ids.next('form_clinical_notes')) : [])];
  return notes.length === 0 ? [] : [...notes, ...register(desk, visit, 'clinical_notes', form_id)];
}

function changeNote(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changes = random.pick<SourceRow>([
    { description: someText(random, FINDINGS) },
    { code: random.pick(NOTE_CODES), activity: random.below(2) },
    { form_id: ids.known('form_clinical_notes') },
    { encounter: random.pick([String(desk.visit().encounter), '', 'abc']) },
  ]);
  return sql.update('form_clinical_notes', { id: ids.known('form_clinical_notes') }, changes);
}

function fillRareForm(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { formdir, table, field } = random.pick(RARE);
  const values = { [field]: someText(random, ['YES', 'no', 'N/A', 'wie gehabt']) };
  if (random.percent(20)) return sql.delete(table, { id: ids.spare(table) });
  if (random.percent(30)) return sql.update(table, { id: ids.known(table) }, values);
  const visit = desk.visit();
  const { pid, date, activity } = formHead(desk, visit) as Record<'pid' | 'date' | 'activity', string>;
  const id = ids.next(table);
  const filled = sql.insert(table, { id, pid, date, activity, ...values });
  return filled.length === 0 ? [] : [...filled, ...register(desk, visit, formdir, id)];
}

/** One row for each field. */
function fillOwnForm(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const field = (number: number): string => `field${number}`;
  const field_value = someText(random, ['a|b', 'a:first|b:', 'free text', 'x:1:|']);
  const key = { form_id: ids.known('lbf_data'), field_id: field(random.between(1, 3)) };
  if (random.percent(20)) return sql.delete('lbf_data', key);
  if (random.percent(30)) return sql.update('lbf_data', key, { field_value });
  const form_id = ids.next('lbf_data');
  const filled = [1, 2, 3].flatMap((number) =>
    sql.insert('lbf_data', { form_id, field_id: field(number), field_value }),
  );
  return filled.length === 0 ? [] : [...filled, ...register(desk, desk.visit(), 'LBFsite', form_id)];
}

/** A referral is a row of its own, without a visit. */
function refer(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const values = { title: random.pick(['LBTref', 'LBTphreq']), pid: desk.patient(), date: desk.now() };
  if (random.percent(20)) return sql.delete('transactions', { id: ids.spare('transactions') });
  if (random.percent(30)) return sql.update('transactions', { id: ids.known('transactions') }, values);
  const row = { id: ids.next('transactions'), ...values, user: 'admin', groupname: 'Default', authorized: 1 };
  return sql.insert('transactions', row);
}

/** The row of a form becomes another patient's, while the registry says what it said. */
function moveBody(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const table = random.pick(BODIES);
  const { pid, on } = desk.visit();
  const date = dateTime(on, '09:30:00');
  return sql.update(table, { id: ids.known(table) }, random.pick<SourceRow>([{ pid }, { date }]));
}

function purgeBody({ ids, random, sql }: Desk): string[] {
  const table = random.pick(BODIES);
  return sql.delete(table, { id: ids.spare(table) });
}
