/** What a patient has and takes: problems, allergies, medication, vaccines. */
import { day } from '../../demo/clinic/sql-values.ts';
import type { Random } from '../../demo/clinic/random.ts';
import { dateTime, TODAY } from './calendar-days.ts';
import type { AddRow, Counters, Site } from './counters.ts';
import type { Person } from './people.ts';
import { ALLERGENS, DRUGS, PROBLEMS, VACCINES } from './vocabulary.ts';

/** `encounters` are the numbers of the patient's. */
export function addChart(
  add: AddRow,
  { pid, registered }: Person,
  encounters: readonly number[],
  site: Site,
  random: Random,
  counters: Counters,
): void {
  for (let count = random.below(3); count > 0; count--) {
    const [title, diagnosis] = random.pick(PROBLEMS);
    const id = addEntry(
      add,
      counters,
      { pid, registered, type: 'medical_problem', title, diagnosis },
      random,
    );
    if (encounters.length > 0 && random.percent(50)) addLink(add, counters, pid, id, encounters[0]!);
  }
  if (random.percent(25)) {
    const [title, diagnosis, reaction] = random.pick(ALLERGENS);
    addEntry(add, counters, { pid, registered, type: 'allergy', title, diagnosis, reaction }, random);
  }
  for (let count = random.below(3); count > 0; count--) {
    addPrescription(add, { pid, registered, encounter: encounters[0] ?? 0 }, site, random, counters);
  }
  for (let count = random.below(3); count > 0; count--)
    addVaccine(add, pid, registered, site, random, counters);
}

interface Entry {
  pid: number;
  registered: number;
  type: string;
  title: string;
  diagnosis: string;
  reaction?: string;
}

function addEntry(add: AddRow, counters: Counters, entry: Entry, random: Random): number {
  const { pid, registered, type, title, diagnosis, reaction = '' } = entry;
  const id = counters.next('lists');
  const begun = random.below(registered);
  add('lists', {
    id,
    date: dateTime(registered, '09:45:00'),
    type,
    title,
    begdate: random.percent(10) ? '0000-00-00' : day(begun),
    enddate: random.percent(20) ? day(Math.min(TODAY, registered + 200)) : null,
    occurrence: random.pick([0, 1, 6]),
    diagnosis,
    activity: random.pick([1, 1, 1, 0, null]),
    comments: random.percent(20) ? 'per patient\r\nsince childhood' : '',
    pid,
    user: 'admin',
    groupname: 'Default',
    outcome: random.pick([0, 0, 1]),
    reaction,
    verification: type === 'allergy' ? 'confirmed' : '',
    severity_al: type === 'allergy' ? random.pick(['mild', 'severe']) : null,
    modifydate: dateTime(registered, '09:45:00'),
  });
  return id;
}

function addLink(add: AddRow, counters: Counters, pid: number, list_id: number, encounter: number): void {
  const id = counters.next('issue_encounter');
  const at = '2024-05-06 10:00:00';
  add('issue_encounter', { id, pid, list_id, encounter, resolved: 0, created_at: at, updated_at: at });
}

interface Prescribed {
  pid: number;
  registered: number;
  encounter: number;
}

/** Every third also stands in the list of medication: it is one drug and two rows. */
function addPrescription(
  add: AddRow,
  { pid, registered, encounter }: Prescribed,
  site: Site,
  random: Random,
  counters: Counters,
): void {
  const [drug, code, size] = random.pick(DRUGS);
  const id = counters.next('prescriptions');
  const isListed = id % 3 === 0;
  const begun = registered + random.below(200);
  add('prescriptions', {
    id,
    patient_id: pid,
    date_added: day(begun),
    date_modified: day(begun),
    provider_id: random.pick(site.doctors),
    encounter,
    start_date: day(begun),
    drug,
    drug_id: 0,
    rxnorm_drugcode: code || (site.version === '8' ? '' : '0'),
    form: random.pick([1, 2, 3, 0]),
    dosage: random.pick(['1', '2', '½']),
    quantity: String(random.between(10, 90)),
    size,
    unit: 1,
    route: site.version === '8' ? random.pick(['1', 'intramuscular', 'Per Oris']) : '1',
    interval: random.pick([1, 2, 18]),
    substitute: 0,
    refills: random.below(6),
    medication: Number(isListed),
    note: random.percent(20) ? 'nicht nüchtern' : '',
    active: Number(random.percent(70)),
    datetime: dateTime(begun, '10:10:00'),
    end_date: random.percent(30) ? day(begun + 90) : null,
    txDate: day(begun),
    usage_category_title: '',
    request_intent_title: '',
  });
  if (!isListed) return;
  const entry = { pid, registered, type: 'medication', title: drug, diagnosis: '' };
  const list_id = addEntry(add, counters, entry, random);
  add('lists_medication', {
    id: counters.next('lists_medication'),
    list_id,
    drug_dosage_instructions: 'one in the morning',
    usage_category_title: 'Community',
    request_intent_title: 'Order',
    prescription_id: id,
    is_primary_record: 1,
  });
}

function addVaccine(
  add: AddRow,
  pid: number,
  registered: number,
  site: Site,
  random: Random,
  counters: Counters,
): void {
  const [cvx_code] = random.pick(VACCINES);
  const given = registered + random.below(300);
  add('immunizations', {
    id: counters.next('immunizations'),
    patient_id: pid,
    administered_date: dateTime(given, '10:30:00'),
    immunization_id: 0,
    cvx_code,
    manufacturer: 'Invented Vaccines',
    lot_number: `L${random.between(1000, 9999)}`,
    administered_by_id: random.pick(site.doctors),
    administered_by: '',
    education_date: day(given),
    vis_date: day(given),
    note: '',
    create_date: dateTime(given, '10:31:00'),
    update_date: dateTime(given, '10:31:00'),
    created_by: 1,
    updated_by: 1,
    amount_administered: 0.5,
    amount_administered_unit: 'mL',
    expiration_date: day(given + 300),
    route: 'intramuscular',
    administration_site: 'left_arm',
    added_erroneously: 0,
    completion_status: 'completed',
    encounter_id: 0,
  });
}
