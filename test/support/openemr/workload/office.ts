/** The practice itself: facilities, insurers with their addresses, laboratories, settings. */
import type { Desk, Shares } from './desk.ts';
import { someNumber, somePhone, someReference, someText } from './dirt.ts';

export const officeActs: Shares = [
  [1, openFacility],
  [2, changeFacility],
  [1, closeFacility],
  [2, addInsurer],
  [5, changeInsurer],
  [2, removeInsurer],
  [3, changeLaboratory],
  [2, changeSetting],
  [2, changeOldKey],
];

function openFacility({ ids, random, sql }: Desk): string[] {
  const id = ids.next('facility');
  return sql.insert('facility', {
    id,
    name: someText(random, ['Newbridge Annex', 'Praxis am Markt']),
    phone: somePhone(random),
    street: `${id} Main Street`,
    city: 'Newbridge',
    state: 'NY',
    postal_code: '10901',
    country_code: random.pick(['US', 'USA', '']),
    facility_npi: random.pick(['1234567893', '123', '']),
    color: '#99FFFF',
    service_location: 1,
    billing_location: 0,
    inactive: 0,
  });
}

function changeFacility({ ids, random, sql }: Desk): string[] {
  const changes = random.pick([
    { name: someText(random, ['Newbridge Family Practice', 'Praxis am Markt']) },
    { phone: somePhone(random), email: 'office@clinic.example', website: 'https://clinic.example' },
    { inactive: random.below(2), service_location: someNumber(random, 1) },
    { street: '2 Elm Road', city: someText(random, ['Newbridge']), postal_code: '10901-1234' },
  ]);
  return sql.update('facility', { id: ids.known('facility') }, changes);
}

/** Only one that was opened today: the others are in use. */
function closeFacility({ ids, sql }: Desk): string[] {
  const id = ids.own('facility');
  return id === undefined ? [] : sql.delete('facility', { id });
}

function addInsurer({ ids, random, sql }: Desk): string[] {
  const id = ids.next('insurance_companies');
  return [
    ...sql.insert('insurance_companies', {
      id,
      name: someText(random, ['Allgemeine Kasse', 'Blue Shield of Nowhere']),
      attn: 'Claims',
      ins_type_code: 1,
      inactive: 0,
    }),
    ...sql.insert('addresses', {
      id: ids.next('addresses'),
      line1: `${id} Claims Road`,
      line2: '',
      city: 'Newbridge',
      state: 'NY',
      zip: '10901',
      plus_four: '',
      country: 'USA',
      foreign_id: id,
    }),
    ...sql.insert('phone_numbers', {
      id: ids.next('phone_numbers'),
      foreign_id: id,
      ...phone('212', '0100'),
    }),
  ];
}

function changeInsurer({ ids, random, sql }: Desk): string[] {
  const foreign_id = someReference(random, ids.known('insurance_companies'));
  return random.pick([
    () =>
      sql.update(
        'insurance_companies',
        { id: ids.known('insurance_companies') },
        { name: someText(random, ['Mutua Niño', 'Medi-Any']), inactive: random.below(2) },
      ),
    () =>
      sql.update(
        'addresses',
        { id: ids.known('addresses') },
        { line1: someText(random, ['1 Elm Road']), city: 'Altstadt', zip: '18001', foreign_id },
      ),
    () =>
      sql.update(
        'phone_numbers',
        { id: ids.known('phone_numbers') },
        { ...phone(random.pick(['917', 'abc', '']), '0111'), foreign_id },
      ),
  ])();
}

/** What refers to it does so on. */
function removeInsurer({ ids, random, sql }: Desk): string[] {
  const table = random.pick(['insurance_companies', 'addresses', 'phone_numbers'] as const);
  return sql.delete(table, { id: ids.spare(table) });
}

function phone(area_code: string, number: string): Record<string, string | number> {
  return { country_code: '1', area_code, prefix: '555', number, type: 2 };
}

function changeLaboratory({ ids, random, sql }: Desk): string[] {
  const name = someText(random, ['Newbridge Laboratories', 'Labor Österreicher']);
  const table = 'procedure_providers';
  if (random.percent(25)) return sql.delete(table, { ppid: ids.spare(table) });
  if (random.percent(50)) return sql.update(table, { ppid: ids.known(table) }, { name, active: 1 });
  return sql.insert(table, { ppid: ids.next(table), name, npi: '', lab_director: 0, active: 1 });
}

/** One that nothing depends on. */
function changeSetting({ ids, random, sql }: Desk): string[] {
  const own = ids.own('globals');
  const gl_value = someText(random, ['on', 'off']);
  if (own === undefined || random.percent(40))
    return sql.insert('globals', { gl_name: 'desk_note', gl_index: ids.next('globals'), gl_value });
  const key = { gl_name: 'desk_note', gl_index: own };
  return random.percent(30) ? sql.delete('globals', key) : sql.update('globals', key, { gl_value });
}

/** Of an encryption that is no longer used: those in use stay, or no document could be read. */
function changeOldKey({ ids, random, sql }: Desk): string[] {
  const own = ids.own('keys');
  const value = Buffer.from(random.hex(32), 'hex').toString('base64');
  if (own === undefined || random.percent(40)) {
    const id = ids.next('keys');
    return sql.insert('keys', { id, name: `old${id}`, value });
  }
  return random.percent(30) ? sql.delete('keys', { id: own }) : sql.update('keys', { id: own }, { value });
}
