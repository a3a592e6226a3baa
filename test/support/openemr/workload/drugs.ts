/** What a patient takes and was given: prescriptions, vaccines. */
import { day } from '../../../demo/clinic/sql-values.ts';
import type { SourceRow } from '../source-row.ts';
import { DRUGS, VACCINES } from '../vocabulary.ts';
import { medicationDetail } from './chart.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someNumber, someReference, someText } from './dirt.ts';

const NAMES = DRUGS.map(([drug]) => drug);

export const drugActs: Shares = [
  [7, prescribe],
  [7, changePrescription],
  [2, stop],
  [2, removePrescription],
  [5, vaccinate],
  [5, changeVaccine],
  [2, removeVaccine],
];

/** Every third also stands in the list of medication: by a row that says so, or by its name alone. */
function prescribe(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const id = ids.next('prescriptions');
  const { pid, encounter } = desk.visit();
  const isListed = random.percent(33);
  const values: SourceRow = { ...prescriptionValues(desk), medication: Number(isListed) };
  const today = day(desk.today);
  const written = sql.insert('prescriptions', {
    id,
    patient_id: pid,
    encounter: someReference(random, encounter),
    date_added: desk.now(),
    date_modified: desk.now(),
    datetime: desk.now(),
    txDate: today,
    usage_category_title: '',
    request_intent_title: '',
    ...values,
  });
  if (!isListed) return written;
  const list_id = ids.next('lists');
  const entry = { id: list_id, date: desk.now(), type: 'medication', title: String(values['drug']), pid };
  const detail = random.percent(70) ? medicationDetail(desk, list_id, id) : [];
  return [...written, ...sql.insert('lists', { ...entry, begdate: today, activity: 1 }), ...detail];
}

function changePrescription(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const { pid, encounter } = desk.visit();
  const all = Object.entries({ ...prescriptionValues(desk), encounter, patient_id: pid });
  const changed = all.filter(([name]) => random.percent(name === 'patient_id' ? 8 : 25));
  return sql.update(
    'prescriptions',
    { id: ids.known('prescriptions') },
    { date_modified: desk.now(), ...Object.fromEntries(changed) },
  );
}

function prescriptionValues(desk: Desk): SourceRow {
  const { random } = desk;
  const [, code, size] = random.pick(DRUGS);
  return {
    provider_id: desk.doctor(),
    start_date: someDate(random, desk.today - random.below(90)),
    drug: someText(random, NAMES),
    drug_id: 0,
    rxnorm_drugcode: code,
    form: someNumber(random, random.pick([1, 2, 3, 0, 99])),
    dosage: someText(random, ['1', '½', '1-0-1']),
    quantity: String(someNumber(random, random.between(10, 90))),
    size,
    unit: random.pick([1, 2, 0, 99]),
    route: random.pick(['1', '2', 'intramuscular', 'Per Oris', '']),
    interval: someNumber(random, random.pick([1, 2, 18, 99])),
    substitute: random.below(2),
    refills: random.below(6),
    note: someText(random, ['nicht nüchtern', '']),
    active: random.below(2),
    end_date: random.percent(60) ? null : someDate(random, desk.today + random.between(-60, 60)),
    medication: random.below(2),
  };
}

function stop(desk: Desk): string[] {
  const changes = { active: 0, end_date: day(desk.today) };
  return desk.sql.update('prescriptions', { id: desk.ids.known('prescriptions') }, changes);
}

function removePrescription({ ids, sql }: Desk): string[] {
  return sql.delete('prescriptions', { id: ids.spare('prescriptions') });
}

function vaccinate(desk: Desk): string[] {
  const row = { id: desk.ids.next('immunizations'), patient_id: desk.patient(), ...vaccineValues(desk) };
  const made = { create_date: desk.now(), created_by: 1, updated_by: 1, immunization_id: 0 };
  return desk.sql.insert('immunizations', { ...row, ...made });
}

function changeVaccine(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const all = Object.entries({ ...vaccineValues(desk), patient_id: desk.patient() });
  const changed = all.filter(([name]) => random.percent(name === 'patient_id' ? 8 : 25));
  return sql.update('immunizations', { id: ids.known('immunizations') }, Object.fromEntries(changed));
}

function vaccineValues(desk: Desk): SourceRow {
  const { random } = desk;
  const [code] = random.pick(VACCINES);
  const given = desk.today - random.below(900);
  return {
    administered_date: `${someDate(random, given)} 10:30:00`,
    cvx_code: random.pick([code, '3', '', 'abc']),
    manufacturer: someText(random, ['Invented Vaccines']),
    lot_number: `L${random.between(1000, 9999)}`,
    administered_by_id: random.percent(10) ? null : desk.doctor(),
    note: someText(random, ['']),
    amount_administered: random.pick([0.5, 0, '']),
    amount_administered_unit: random.pick(['mL', '']),
    expiration_date: someDate(random, given + 300),
    route: random.pick(['intramuscular', 'site1', '']),
    administration_site: random.pick(['left_arm', '']),
    added_erroneously: Number(random.percent(10)),
    completion_status: random.pick(['completed', 'Refused', 'not_administered', '']),
    refusal_reason: random.pick(['parental_decision', null]),
    encounter_id: random.percent(50) ? desk.visit().encounter : 0,
  };
}

function removeVaccine({ ids, sql }: Desk): string[] {
  return sql.delete('immunizations', { id: ids.spare('immunizations') });
}
