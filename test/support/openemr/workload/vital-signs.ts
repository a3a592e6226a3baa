/** Vital signs, and what was found of single ones. */
import type { SourceRow } from '../source-row.ts';
import type { Desk, Shares } from './desk.ts';
import { someReference, someText } from './dirt.ts';
import { formHead, register } from './form-writer.ts';

/** In words, and with the unit, as such fields are filled. */
const BAD_PRESSURES = ['too low', ' 60 ', '120/80', '120 mmHg', '', null];

export const vitalSignActs: Shares = [
  [6, measure],
  [7, correct],
  [4, interpret],
];

function measure(desk: Desk): string[] {
  const id = desk.ids.next('form_vitals');
  const visit = desk.visit();
  const row = { id, ...formHead(desk, visit), ...measurements(desk) };
  return [...desk.sql.insert('form_vitals', row), ...register(desk, visit, 'vitals', id)];
}

function correct(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const changed = Object.entries(measurements(desk)).filter(() => random.percent(30));
  return sql.update('form_vitals', { id: ids.known('form_vitals') }, Object.fromEntries(changed));
}

/** In US units; a temperature in the wrong one, and what nobody measures, now and then. 0 was not measured. */
function measurements({ random }: Desk): SourceRow {
  const pressure = (first: number, last: number): string | null =>
    random.percent(8) ? random.pick(BAD_PRESSURES) : String(random.between(first, last));
  return {
    bps: pressure(95, 180),
    bpd: pressure(55, 110),
    weight: random.percent(5) ? random.pick([0, 999, '']) : random.between(900, 2800) / 10,
    height: random.percent(30) ? 0 : random.between(550, 780) / 10,
    temperature: random.percent(10) ? random.pick([37, 0, '']) : random.between(970, 1030) / 10,
    pulse: random.pick([0, 60, 72.5, 400]),
    respiration: random.between(10, 24),
    note: someText(random, ['', 'sitting']),
    BMI: random.pick([0, 24.5]),
    waist_circ: random.pick([0, 40, null]),
    oxygen_saturation: random.pick([0, 98, 99.5]),
  };
}

function interpret({ ids, random, sql }: Desk): string[] {
  const table = 'form_vital_details';
  const values = {
    form_id: someReference(random, ids.known('form_vitals')),
    vitals_column: random.pick(['bps', 'weight', 'pulse', 'unheard_of']),
    interpretation_list_id: 'vitals-interpretation',
    interpretation_option_id: random.pick(['H', 'L', 'N', '']),
  };
  if (random.percent(20)) return sql.delete(table, { id: ids.spare(table) });
  if (random.percent(30)) return sql.update(table, { id: ids.known(table) }, values);
  return sql.insert(table, { id: ids.next(table), ...values, reason_code: '', reason_description: '' });
}
