/** An encounter, and the forms that were filled in at it. */
import { day } from '../../demo/clinic/sql-values.ts';
import type { Random } from '../../demo/clinic/random.ts';
import type { Booking } from './bookings.ts';
import { dateTime } from './calendar-days.ts';
import type { AddRow, Counters, Site } from './counters.ts';
import { FINDINGS, REASONS } from './vocabulary.ts';
import { uuidOf } from './uuid-of.ts';

/** Adds the encounter of an appointment; returns its number. */
export function addVisit(
  add: AddRow,
  booking: Booking,
  pid: number,
  site: Site,
  random: Random,
  counters: Counters,
): number {
  const id = counters.next('form_encounter');
  const encounter = counters.next('shared');
  const date = dateTime(booking.on, booking.time);
  add('form_encounter', {
    id,
    uuid: random.percent(50) ? uuidOf('form_encounter', id) : null,
    date,
    reason: random.pick(REASONS),
    facility: 'Newbridge Family Practice',
    facility_id: booking.facility,
    pid,
    encounter,
    onset_date: random.percent(70) ? '0000-00-00 00:00:00' : date,
    sensitivity: random.percent(5) ? 'high' : 'normal',
    pc_catid: 9,
    provider_id: booking.doctor,
    supervisor_id: 0,
    class_code: 'AMB',
    date_end: null,
    last_update: date,
  });
  const forms = new Forms(add, counters, pid, encounter, date);
  forms.register('New Patient Encounter', 'newpatient', id);
  if (random.percent(70)) addVitals(add, forms, random, counters);
  if (random.percent(50)) addSoap(add, forms, random, counters);
  if (random.percent(25) && site.version === '8') addNote(add, forms, booking.on, random, counters);
  return encounter;
}

/** The forms of one encounter. */
class Forms {
  readonly #add: AddRow;
  readonly #counters: Counters;
  readonly pid: number;
  readonly encounter: number;
  readonly date: string;

  constructor(add: AddRow, counters: Counters, pid: number, encounter: number, date: string) {
    this.#add = add;
    this.#counters = counters;
    this.pid = pid;
    this.encounter = encounter;
    this.date = date;
  }

  register(form_name: string, formdir: string, form_id: number): void {
    this.#add('forms', {
      id: this.#counters.next('forms'),
      date: this.date,
      encounter: this.encounter,
      form_name,
      form_id,
      pid: this.pid,
      user: 'admin',
      groupname: 'Default',
      authorized: 1,
      deleted: Number(form_id % 40 === 0 && formdir !== 'newpatient'),
      formdir,
    });
  }
}

function addVitals(add: AddRow, forms: Forms, random: Random, counters: Counters): void {
  const id = counters.next('form_vitals');
  add('form_vitals', {
    id,
    date: forms.date,
    pid: forms.pid,
    user: 'admin',
    groupname: 'Default',
    authorized: 1,
    activity: 1,
    bps: String(random.between(95, 180)),
    bpd: String(random.between(55, 110)),
    weight: random.between(900, 2800) / 10,
    height: random.percent(30) ? 0 : random.between(550, 780) / 10,
    temperature: random.percent(30) ? 0 : random.between(970, 1030) / 10,
    temp_method: 'Oral',
    pulse: random.between(50, 120),
    respiration: random.between(10, 24),
    note: '',
    BMI: 0,
    oxygen_saturation: random.between(90, 100),
    last_updated: forms.date,
  });
  forms.register('Vitals', 'vitals', id);
}

function addSoap(add: AddRow, forms: Forms, random: Random, counters: Counters): void {
  const id = counters.next('form_soap');
  add('form_soap', {
    id,
    date: forms.date,
    pid: forms.pid,
    user: 'admin',
    groupname: 'Default',
    authorized: 1,
    activity: 1,
    subjective: random.pick(FINDINGS),
    objective: random.pick(FINDINGS),
    assessment: random.pick(FINDINGS),
    plan: random.percent(50) ? '' : 'Wiedervorstellung in 4 Wochen',
  });
  forms.register('SOAP', 'soap', id);
}

function addNote(add: AddRow, forms: Forms, on: number, random: Random, counters: Counters): void {
  const id = counters.next('form_clinical_notes');
  add('form_clinical_notes', {
    id,
    form_id: id,
    date: day(on),
    pid: forms.pid,
    encounter: String(forms.encounter),
    user: 'admin',
    groupname: 'Default',
    authorized: 1,
    activity: 1,
    code: 'LOINC:11506-3',
    codetext: 'Progress note',
    description: random.pick(FINDINGS),
    clinical_notes_type: 'progress_note',
    last_updated: forms.date,
  });
  forms.register('Clinical Notes', 'clinical_notes', id);
}
