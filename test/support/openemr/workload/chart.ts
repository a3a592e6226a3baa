/** What a patient has: problems, allergies, medication in the list, and the visits they came up at. */
import type { SourceRow } from '../source-row.ts';
import { ALLERGENS, DRUGS, PROBLEMS } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someNumber, someReference, someText } from './dirt.ts';

const TYPES = ['medical_problem', 'medical_problem', 'allergy', 'medication', 'surgery', 'site_type', ''];
const DIAGNOSES = ['ICD10:I10', 'icd10:E11.9;SNOMED-CT:44054006', 'I10', 'ICD10:;;', 'RXCUI:70618', '', null];
const TITLES = [...PROBLEMS, ...ALLERGENS, ...DRUGS].map(([title]) => title);

export const chartActs: Shares = [
  [9, addEntry],
  [10, changeEntry],
  [3, removeEntry],
  [5, link],
  [3, changeLink],
  [2, unlink],
  [3, changeMedication],
];

/** Medication has a row beside it that says how to take it. */
function addEntry(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('lists');
  const values = entryValues(desk);
  const row = { id, date: desk.now(), pid: desk.patient(), user: 'admin', groupname: 'Default', ...values };
  const detail = values['type'] === 'medication' && random.percent(80) ? medicationDetail(desk, id) : [];
  return [...sql.insert('lists', row), ...detail];
}

function changeEntry(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const all = { ...entryValues(desk), pid: desk.patient() };
  const changed = Object.entries(all).filter(([name]) =>
    random.percent(name === 'type' || name === 'pid' ? 10 : 30),
  );
  return sql.update('lists', { id: ids.known('lists') }, Object.fromEntries(changed));
}

function entryValues(desk: Desk): SourceRow {
  const { random, today } = desk;
  return {
    type: random.pick(TYPES),
    title: someText(random, TITLES),
    begdate: random.percent(10) ? null : someDate(random, today - random.below(4000)),
    enddate: random.percent(60) ? null : someDate(random, today + random.between(-900, 100)),
    occurrence: someNumber(random, random.pick([0, 1, 6, 99])),
    diagnosis: random.pick(DIAGNOSES),
    activity: random.pick([1, 1, 0, null]),
    comments: someText(random, ['per patient\r\nsince childhood', '']),
    outcome: someNumber(random, random.pick([0, 1, 2, 77])),
    reaction: someText(random, ['hives', 'Rash', 'site1', '']),
    verification: random.pick(['confirmed', 'entered-in-error', '']),
    severity_al: random.pick(['mild', 'severe', 'unheard_of', null]),
  };
}

/** The links and the row beside it stay behind, or go first. */
function removeEntry({ ids, random, sql }: Desk): string[] {
  const id = ids.spare('lists');
  const rest = random.percent(50)
    ? [...sql.delete('issue_encounter', { list_id: id }), ...sql.delete('lists_medication', { list_id: id })]
    : [];
  return [...rest, ...sql.delete('lists', { id })];
}

function link(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { pid, encounter } = desk.visit();
  const id = ids.next('issue_encounter');
  const list_id = someReference(random, ids.known('lists'));
  return sql.insertUnlessTaken('issue_encounter', { id, pid, list_id, encounter, resolved: 0 });
}

/** All of an entry or of a patient: in 5.0 a link has no number. */
function changeLink(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { pid, encounter } = desk.visit();
  const where = random.pick<SourceRow>([{ list_id: ids.known('lists') }, { pid }]);
  const changes = random.pick<SourceRow>([
    { encounter },
    { pid: desk.patient() },
    { resolved: random.below(2) },
    { list_id: someReference(random, ids.known('lists')) },
  ]);
  return sql.updateUnlessTaken('issue_encounter', where, changes);
}

function unlink(desk: Desk): string[] {
  const { encounter } = desk.visit();
  const where = desk.random.pick<SourceRow>([{ encounter }, { list_id: desk.ids.known('lists') }]);
  return desk.sql.delete('issue_encounter', where);
}

function changeMedication(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.known('lists_medication');
  if (random.percent(25)) return sql.delete('lists_medication', { id: ids.spare('lists_medication') });
  const changes = random.pick<SourceRow>([
    { list_id: someReference(random, ids.known('lists')) },
    { prescription_id: random.percent(20) ? null : someReference(random, ids.known('prescriptions')) },
    { drug_dosage_instructions: someText(random, ['one at night']), is_primary_record: random.below(2) },
  ]);
  return sql.update('lists_medication', { id }, changes);
}

/** Of the entry, which may be the twin of a prescription. */
export function medicationDetail(
  { ids, random, sql }: Desk,
  list_id: number,
  prescription?: number,
): string[] {
  const other = random.percent(50) ? ids.known('prescriptions') : null;
  return sql.insert('lists_medication', {
    id: ids.next('lists_medication'),
    list_id,
    drug_dosage_instructions: someText(random, ['one in the morning']),
    usage_category_title: random.pick(['Community', '']),
    request_intent_title: random.pick(['Order', '']),
    prescription_id: prescription ?? other,
    is_primary_record: 1,
  });
}
