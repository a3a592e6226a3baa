/** The site itself: settings, facilities, insurers, laboratories, folders of documents. */
import { createHash } from 'node:crypto';
import { SITE_TIME_ZONE } from './calendar-days.ts';
import type { AddRow, Counters } from './counters.ts';
import { addLists } from './site-lists.ts';
import type { OpenemrVersion } from './source-tables.ts';

const INSURERS = ['Blue Shield of Nowhere', 'Allgemeine Kasse', 'Mutua Niño', 'Medi-Any'];
const LABS = ['Newbridge Laboratories', 'Labor Österreicher'];
const FOLDERS = [
  [2, 'Lab Report', 'LOINC:11502-2'],
  [3, 'Medical Record', 'LOINC:11503-0'],
  [4, 'Patient Information', ''],
  [10, 'Patient Photograph', ''],
] as const;
/** 3 is what the installation begins with. */
const FACILITIES = [
  [3, 'Your Clinic Name Here'],
  [4, 'Newbridge Family Practice'],
  [5, 'Praxis am Altstädter Tor'],
] as const;

const VERSIONS = {
  '5.0': { v_major: 5, v_minor: 0, v_patch: 2, v_realpatch: 5, v_tag: '', v_database: 296, v_acl: 8 },
  '8': { v_major: 8, v_minor: 2, v_patch: 0, v_realpatch: 0, v_tag: '-dev', v_database: 541, v_acl: 12 },
} as const;

const GLOBALS: Readonly<Record<string, string>> = {
  gbl_time_zone: SITE_TIME_ZONE,
  schedule_start: '8',
  schedule_end: '17',
  calendar_interval: '15',
  weekend_days: '0,6',
  phone_country_code: '1',
  drive_encryption: '1',
  enforce_signin_email: '1',
  units_of_measurement: '1',
};

/** The version of the keys that files are encrypted with, as the prefix of their names. */
const KEY_NAMES = { '5.0': 'five', '8': 'seven' } as const;

export interface Places {
  facilities: number[];
  insurers: number[];
  labs: number[];
  documentCategories: number[];
}

export function addSite(add: AddRow, counters: Counters, version: OpenemrVersion): Places {
  add('version', VERSIONS[version]);
  for (const [gl_name, gl_value] of Object.entries(GLOBALS))
    add('globals', { gl_name, gl_index: 0, gl_value });
  for (const half of ['a', 'b']) {
    const value = createHash('sha256').update(`invented key ${half}`).digest('base64');
    add('keys', { id: counters.next('keys'), name: KEY_NAMES[version] + half, value });
  }
  addLists(add);
  addFolders(add);
  for (const [id, name] of FACILITIES) addFacility(add, id, name);
  return {
    facilities: FACILITIES.map(([id]) => id),
    documentCategories: FOLDERS.map(([id]) => id),
    insurers: INSURERS.map((name) => addInsurer(add, counters, name)),
    labs: LABS.map((name, index) => {
      add('procedure_providers', {
        ppid: index + 1,
        name,
        npi: '',
        lab_director: 0,
        active: 1,
        date_created: '2018-03-01 09:00:00',
        last_updated: '2018-03-01 09:00:00',
      });
      return index + 1;
    }),
  };
}

function addFolders(add: AddRow): void {
  add('categories', { id: 1, name: 'Categories', value: '', parent: 0, lft: 0, rght: 9, codes: '' });
  for (const [index, [id, name, codes]] of FOLDERS.entries()) {
    add('categories', { id, name, value: '', parent: 1, lft: 2 * index + 1, rght: 2 * index + 2, codes });
  }
}

function addFacility(add: AddRow, id: number, name: string): void {
  add('facility', {
    id,
    name,
    phone: '000-000-0000',
    street: `${id} Main Street`,
    city: 'Newbridge',
    state: 'NY',
    postal_code: '10901',
    country_code: 'US',
    facility_npi: '1234567893',
    color: '#99FFFF',
    service_location: 1,
    billing_location: Number(id === 4),
    inactive: 0,
    date_created: '2018-03-01 09:00:00',
    last_updated: '2018-03-01 09:00:00',
  });
}

/** The address and the telephone refer to the company by the shared counter's id alone. */
function addInsurer(add: AddRow, counters: Counters, name: string): number {
  const id = counters.next('shared');
  add('insurance_companies', {
    id,
    name,
    attn: 'Claims',
    ins_type_code: 1,
    inactive: 0,
    date_created: '2018-03-01 09:00:00',
    last_updated: '2018-03-01 09:00:00',
  });
  add('addresses', {
    id: counters.next('shared'),
    line1: `${id} Claims Road`,
    line2: '',
    city: 'Newbridge',
    state: 'NY',
    zip: '10901',
    plus_four: '',
    country: 'USA',
    foreign_id: id,
  });
  add('phone_numbers', {
    id: counters.next('shared'),
    country_code: '1',
    area_code: '212',
    prefix: '555',
    number: `01${String(id).padStart(2, '0')}`,
    type: 2,
    foreign_id: id,
  });
  return id;
}
