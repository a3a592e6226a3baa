/** Relatives and further addresses of patients, as version 8 has them. Other sites have none of these tables. */
import { FIRST_NAMES, LAST_NAMES } from '../vocabulary.ts';
import type { Desk, Shares } from './desk.ts';
import { someDate, someMail, somePhone, someReference, someText } from './dirt.ts';
import type { IdName } from './opening.ts';

const PERIOD = '2020-02-03 00:00:00';
const TABLES = [
  'contact',
  'contact_address',
  'contact_telecom',
  'contact_relation',
  'person',
] as const satisfies readonly IdName[];

export const contactActs: Shares = [
  [3, addRelative],
  [2, addSecondAddress],
  [3, changeContact],
  [2, removeContact],
];

function addRelative(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const contact_id = ids.next('contact');
  const person = ids.next('person');
  const phone = { system: 'phone', use: 'home', value: somePhone(random) };
  const mail = { system: 'email', use: 'home', value: someMail(random, `relative${person}`) };
  return [
    ...sql.insert('person', {
      id: person,
      first_name: someText(random, FIRST_NAMES),
      last_name: someText(random, LAST_NAMES),
      birth_date: someDate(random, desk.today - 12_000),
      active: 1,
    }),
    ...sql.insert('contact', { id: contact_id, foreign_table_name: 'person', foreign_id: person }),
    ...sql.insert('contact_relation', {
      id: ids.next('contact_relation'),
      contact_id,
      target_table: 'patient_data',
      target_id: desk.patient(),
      active: 1,
      relationship: random.pick(['mother', 'SPS', 'unheard_of', '']),
      is_emergency_contact: Number(random.percent(40)),
    }),
    ...sql.insert('contact_telecom', {
      id: ids.next('contact_telecom'),
      contact_id,
      status: 'A',
      period_start: PERIOD,
      ...random.pick([phone, mail]),
    }),
  ];
}

function addSecondAddress(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const contact_id = ids.next('contact');
  const address_id = ids.next('addresses');
  const owner = { id: contact_id, foreign_table_name: 'patient_data', foreign_id: desk.patient() };
  const contact = sql.insert('contact', owner);
  // An address of nobody would be the insurer's whose number the contact has.
  if (contact.length === 0) return [];
  const address = { id: address_id, line1: '7 Elm Road', city: 'Newbridge', state: 'NY', zip: '10901' };
  return [
    ...contact,
    ...sql.insert('addresses', { ...address, country: 'USA', foreign_id: contact_id }),
    ...sql.insert('contact_address', {
      id: ids.next('contact_address'),
      contact_id,
      address_id,
      priority: 1,
      type: 'physical',
      use: random.pick(['home', 'old']),
      status: 'A',
      is_primary: 'N',
      period_start: PERIOD,
    }),
  ];
}

function changeContact(desk: Desk): string[] {
  const { ids, random, sql } = desk;
  const contact_id = someReference(random, ids.known('contact'));
  return random.pick([
    () => sql.update('contact', { id: ids.known('contact') }, { foreign_id: desk.patient() }),
    () => sql.update('person', { id: ids.known('person') }, { last_name: someText(random, LAST_NAMES) }),
    () =>
      sql.update(
        'contact_relation',
        { id: ids.known('contact_relation') },
        { target_id: desk.patient(), contact_id, active: Number(random.percent(70)) },
      ),
    () =>
      sql.update(
        'contact_telecom',
        { id: ids.known('contact_telecom') },
        { contact_id, value: somePhone(random), status: random.pick(['A', 'I']) },
      ),
    () =>
      sql.update(
        'contact_address',
        { id: ids.known('contact_address') },
        { contact_id, address_id: someReference(random, ids.known('addresses')) },
      ),
  ])();
}

function removeContact({ ids, random, sql }: Desk): string[] {
  const table = random.pick(TABLES);
  return sql.delete(table, { id: ids.spare(table) });
}
