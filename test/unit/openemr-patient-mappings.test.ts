/** What the mappings of the patient service have in common, on every version line. */
import { describe, expect, test } from 'vitest';
import { fieldKey } from '../../src/mapping/field-crypto.ts';
import { queryOf, type Mapping } from '../../src/mapping/mapping.ts';
import { lookUp, queryWith } from '../../src/profiles/openemr/lookups.ts';
import { patientMappings } from '../../src/profiles/openemr/patient/patient-mappings.ts';
import type { Site } from '../../src/profiles/openemr/site.ts';

const NEW_TABLES = [
  'contact',
  'contact_telecom',
  'contact_address',
  'contact_relation',
  'person',
  'patient_history',
];
const KEY = fieldKey(Buffer.alloc(32, 9));

function site(has: Site['has']): Site {
  return { timeZone: 'America/New_York', cutoverDate: '2026-01-15', orphans: 'reject', fieldKey: KEY, has };
}

const newest = patientMappings(site(() => true));
const oldest = patientMappings(
  site(
    (table, column) =>
      !NEW_TABLES.includes(table) && !['uuid', 'date_end', 'portal_salt'].includes(column ?? ''),
  ),
);
const idsOf = (mappings: readonly Mapping[]) => mappings.map(({ id }) => id);
const inputsOf = ({ columns, where }: Mapping) => [
  ...columns.flatMap(({ value }) => ('inputs' in value ? value.inputs : [])),
  ...(where?.inputs ?? []),
];

test('tables that a version does not have are not read', () => {
  expect(idsOf(oldest)).toEqual([
    'patient',
    'patient_account',
    'patient_contact_guardian',
    'patient_contact_mother',
    'patient_contact_emergency',
    'patient_contact_employer',
    'patient_coverage',
  ]);
  expect(idsOf(newest)).toHaveLength(oldest.length + 4);
});

describe.each([...newest, ...oldest].map((mapping) => [mapping.id, mapping] as const))(
  '%s',
  (_id, mapping) => {
    const query = queryOf(mapping)!;

    test('watches every table that it reads beside its own, and gives each watch its inputs', () => {
      const tables = [
        ...`${query.joins} ${Object.values(query.fields)
          .map(({ sql }) => sql)
          .join(' ')}`.matchAll(/\b(?:FROM|JOIN) `?([a-z_]+)`?/g),
      ].map(([, table]) => table);
      const watched = new Set(query.watches.map(({ table }) => table));
      expect(tables.filter((table) => !watched.has(table!))).toEqual([]);
      for (const { keys, inputs } of query.watches)
        if (keys !== null) expect(keys.split('?')).toHaveLength(inputs.length + 1);
    });

    test('says by constants whose rows they are', () => {
      const constants = mapping.columns.filter(({ value }) => value.kind === 'constant');
      expect(constants.map(({ target }) => target.name)).toContain('legacy_table');
    });

    test('leaves no secret over', () => {
      const secrets: Record<string, string[]> = {
        patient_data: ['ss'],
        insurance_data: ['subscriber_ss'],
        patient_access_onsite: ['portal_pwd', 'portal_onetime'],
      };
      const extra = mapping.columns.find(({ target }) => target.name === 'extra')!.value;
      if (extra.kind !== 'extra') throw new Error('extra is no extra');
      const table = mapping.source.table;
      const left = (secrets[table] ?? []).filter((column) =>
        extra.columns === 'unmapped' ? !inputsOf(mapping).includes(column) : extra.columns.includes(column),
      );
      expect(left).toEqual([]);
    });
  },
);

test('all that fill the contacts fill the same columns', () => {
  const contacts = newest.filter(({ target }) => target.table === 'patient_contact');
  const columnsOf = ({ columns }: Mapping) => columns.map(({ target }) => target.name);
  expect(contacts).toHaveLength(8);
  for (const mapping of contacts) expect(columnsOf(mapping)).toEqual(columnsOf(contacts[0]!));
});

test('fields of one name are refused', () => {
  const doctor = lookUp(
    'doctor',
    { table: 'users', key: 'id' },
    { source: { table: 'a', key: 'b' }, by: 'c' },
  );
  expect(() => queryWith(doctor, doctor)).toThrow(RangeError);
});

test('a row that is named in text is found by the number that it begins with', () => {
  const { joins, watches } = lookUp(
    'doctor',
    { table: 'users', key: 'id' },
    { source: { table: 'events', key: 'pc_eid' }, by: 'pc_aid', isText: true, columns: ['npi'] },
  );
  expect(joins).toBe(
    'LEFT JOIN `users` doctor ON doctor.`id` = CAST(t.`pc_aid` AS UNSIGNED) AND doctor.`id` > 0',
  );
  expect(watches![0]!.keys).toBe('SELECT t.`pc_eid` FROM `events` t WHERE t.`pc_aid` = CONCAT(?)');
});
