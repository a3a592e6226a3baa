/** The small tables that the others refer to. */
import { FIRST_NAMES, LAST_NAMES, SPECIALTIES } from './vocabulary.ts';
import { Random } from './random.ts';
import { clock, day, number, text } from './sql-values.ts';
import type { AddRow } from './rows.ts';

const DEPARTMENTS = ['Reception', 'Cardiology', 'Chirurgie', 'Ambulatório', 'Radiology 2'];

const OPTION_LISTS: Readonly<Record<string, readonly string[]>> = {
  language: ['Deutsch', 'English', 'Español', 'Français', 'Português '],
  marital: ['single', 'married', 'divorced', 'widowed', 'n/a'],
  visit_type: ['office', 'home', 'phone', 'vidéo'],
  Warnings: ['allergy', 'implant', 'interpreter', 'wheelchair'],
};

const DOCTOR_SEED = 0x0d0c;

export function doctorCount(patients: number): number {
  return Math.max(12, Math.ceil(patients / 250));
}

export function addReferenceRows(add: AddRow, doctors: number): void {
  for (const [index, name] of DEPARTMENTS.entries()) {
    add('departments', `${index + 1},${text(name)},${index === 4 ? 'NULL' : index + 1},${index - 1}`);
  }
  for (const [list, titles] of Object.entries(OPTION_LISTS)) {
    for (const [index, title] of titles.entries()) {
      const group = index % 2 === 0 ? null : 'old';
      add(
        'option_list',
        `${text(list)},${text(`opt${index}`)},${text(title)},${index * 10},${Number(index === 0)},${text(group)}`,
      );
    }
  }
  const random = new Random(DOCTOR_SEED);
  for (let id = 1; id <= doctors; id++) add('doctors', doctor(id, random));
}

function doctor(id: number, random: Random): string {
  return [
    random.percent(5) ? 'NULL' : random.between(1, DEPARTMENTS.length),
    // The first has nobody above: a table that refers to itself.
    id === 1 ? 'NULL' : random.between(1, id - 1),
    text(random.pick(FIRST_NAMES)),
    text(random.pick(LAST_NAMES)),
    text(random.pick(SPECIALTIES)),
    text(`L-${String(id).padStart(6, '0')}`),
    random.percent(30) ? 'NULL' : `x'${random.hex(random.between(1, 60))}'`,
    text(random.percent(10) ? '0000-00-00' : day(random.below(6000))),
    number(random.percent(3) ? 2 : random.below(2)),
    text(random.percent(3) ? '-01:30:00' : clock(random.between(300, 720))),
  ].reduce<string>((values, value) => `${values},${value}`, String(id));
}
