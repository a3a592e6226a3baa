/** Orders to laboratories, and the values that come back. */
import type { SourceRow } from '../source-row.ts';
import { TESTS } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someDateTime, someReference, someText } from './dirt.ts';
import { register } from './form-writer.ts';

const CODES = [
  ['24323-8', 'Comprehensive panel'],
  ['57698-3', 'Lipid panel'],
  ['', 'Anamnese'],
] as const;
/** By their kind: a number, a text, one of several lines, one in the comment, one that is a document. */
const KINDS = ['N', 'N', 'S', 'F', 'L', 'E', ''];
const RESULTS = ['13.5', '7', '<0.1', '>10.0', 'NEG', 'line one~line two', '13,5', ''];

export const labActs: Shares = [
  [5, order],
  [5, changeOrder],
  [3, changeCodes],
  [6, report],
  [3, changeReport],
  [5, correctResult],
  [3, removeResults],
  [1, removeOrder],
];

function order(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const visit = desk.visit();
  const procedure_order_id = ids.next('procedure_order');
  const row = { procedure_order_id, patient_id: visit.pid, encounter_id: visit.encounter, activity: 1 };
  const codes = Array.from({ length: random.between(1, 2) }, (_, index) =>
    code(desk, procedure_order_id, index + 1),
  );
  const registered = random.percent(80) ? register(desk, visit, 'procedure_order', procedure_order_id) : [];
  return [...sql.insert('procedure_order', { ...row, ...orderValues(desk) }), ...codes.flat(), ...registered];
}

function orderValues(desk: Desk): SourceRow {
  const { ids, random, site } = desk;
  const lab = random.percent(80) ? random.pick(site.labs) : ids.known('procedure_providers');
  return {
    provider_id: desk.doctor(),
    date_collected: someDateTime(random, desk.today, '11:15:00'),
    date_ordered: someDateTime(random, desk.today, '11:00:00'),
    order_priority: random.pick(['normal', 'high', '']),
    order_status: random.pick(['pending', 'complete', 'canceled', 'unheard_of', '']),
    patient_instructions: someText(random, ['']),
    lab_id: someReference(random, lab),
    clinical_hx: someText(random, ['', 'nüchtern']),
  };
}

function code({ random, sql }: Desk, procedure_order_id: number, procedure_order_seq: number): string[] {
  const [procedure_code, name] = random.pick(CODES);
  return sql.insertUnlessTaken('procedure_order_code', {
    procedure_order_id,
    procedure_order_seq,
    procedure_code,
    procedure_name: someText(random, [name]),
    diagnoses: random.pick(['ICD10:R73.9', 'R73.9;ICD10:I10', '', null]),
  });
}

/** To another patient or visit, too; activity 0 is the application's way to delete one. */
function changeOrder(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { pid, encounter } = desk.visit();
  const all = { ...orderValues(desk), patient_id: pid, encounter_id: encounter, activity: random.below(2) };
  const changed = Object.entries(all).filter(() => random.percent(20));
  const where = { procedure_order_id: ids.known('procedure_order') };
  return sql.update('procedure_order', where, Object.fromEntries(changed));
}

function changeCodes(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const procedure_order_id = ids.known('procedure_order');
  const key = { procedure_order_id, procedure_order_seq: random.between(1, 2) };
  const other = someReference(random, ids.known('procedure_order'));
  return random.pick([
    () => code(desk, procedure_order_id, random.between(2, 3)),
    () => sql.update('procedure_order_code', key, { procedure_name: someText(random, ['Renamed']) }),
    () => sql.updateUnlessTaken('procedure_order_code', key, { procedure_order_id: other }),
    () => sql.delete('procedure_order_code', key),
  ])();
}

/** With its values, sometimes before the order it belongs to, or for none. */
function report(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const procedure_report_id = ids.next('procedure_report');
  const results = Array.from({ length: random.between(0, 3) }, () => {
    const key = { procedure_result_id: ids.next('procedure_result'), procedure_report_id };
    return sql.insert('procedure_result', { ...key, ...resultValues(desk) });
  });
  const key = { procedure_report_id, source: 0, specimen_num: '' };
  return [...sql.insert('procedure_report', { ...key, ...reportValues(desk) }), ...results.flat()];
}

function reportValues(desk: Desk): SourceRow {
  const { ids, random } = desk;
  return {
    procedure_order_id: someReference(random, ids.known('procedure_order')),
    procedure_order_seq: random.pick([1, 1, 2]),
    date_collected: someDateTime(random, desk.today, '11:15:00'),
    date_collected_tz: random.pick(['-0500', '', '+0530', 'EST']),
    date_report: someDateTime(random, desk.today, '08:00:00'),
    date_report_tz: random.pick(['-0500', '']),
    report_status: random.pick(['final', 'prelim', 'cancel', '']),
    review_status: random.pick(['received', 'reviewed']),
    report_notes: someText(random, ['', 'hemolytic']),
  };
}

function resultValues(desk: Desk): SourceRow {
  const { ids, random } = desk;
  const [result_code, name, units, range] = random.pick(TESTS);
  return {
    result_data_type: random.pick(KINDS),
    result_code,
    result_text: someText(random, [name]),
    date: random.percent(10) ? null : someDateTime(random, desk.today, '07:30:00'),
    units,
    result: random.percent(90) ? random.pick(RESULTS) : someText(random, ['']),
    range,
    abnormal: random.pick(['no', 'yes', 'high', 'H', 'vhigh', '']),
    comments: someText(random, ['', 'long text\r\nof two lines']),
    document_id: random.percent(10) ? ids.known('documents') : 0,
    result_status: random.pick(['final', 'correct', '']),
  };
}

function changeReport(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changed = Object.entries(reportValues(desk)).filter(() => random.percent(30));
  const where = { procedure_report_id: ids.known('procedure_report') };
  return sql.update('procedure_report', where, Object.fromEntries(changed));
}

function correctResult(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const report = { procedure_report_id: someReference(random, ids.known('procedure_report')) };
  const changed = Object.entries(resultValues(desk)).filter(() => random.percent(30));
  const where = { procedure_result_id: ids.known('procedure_result') };
  return sql.update('procedure_result', where, random.percent(20) ? report : Object.fromEntries(changed));
}

/** A value, or a report that leaves its values behind. */
function removeResults({ ids, random, sql }: Desk): string[] {
  if (random.percent(60))
    return sql.delete('procedure_result', { procedure_result_id: ids.spare('procedure_result') });
  return sql.delete('procedure_report', { procedure_report_id: ids.spare('procedure_report') });
}

function removeOrder({ ids, random, sql }: Desk): string[] {
  const where = { procedure_order_id: ids.spare('procedure_order') };
  const codes = random.percent(60) ? sql.delete('procedure_order_code', where) : [];
  return [...codes, ...sql.delete('procedure_order', where)];
}
