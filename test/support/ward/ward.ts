/** A profile with queries, for tests: what a person's row says is gathered from three tables, and the legacy system has no foreign keys. */
import { apply, columns, from } from '../../../src/mapping/declare.ts';
import type { Mapping, Profile } from '../../../src/mapping/mapping.ts';
import { trim } from '../../../src/mapping/transforms/index.ts';

const wards: Mapping = {
  shape: 'row',
  id: 'wards',
  service: 'patient',
  source: { table: 'wards' },
  target: { schema: 'ward', table: 'ward' },
  columns: columns({ id: ['integer!', from('id')], name: ['text!', apply(trim, 'name')] }),
};

const people: Mapping = {
  shape: 'query',
  id: 'people',
  service: 'patient',
  source: { table: 'people' },
  target: { schema: 'ward', table: 'person' },
  query: {
    joins: 'LEFT JOIN wards w ON w.id = t.ward',
    fields: {
      ward_id: { sql: 'w.id', like: 'wards.id' },
      ward_name: { sql: 'w.name', like: 'wards.name' },
      last_note: {
        sql: 'SELECT n.note FROM notes n WHERE n.person = t.id ORDER BY n.id DESC LIMIT 1',
        like: 'notes.note',
      },
      notes: { sql: 'SELECT COUNT(*) FROM notes n WHERE n.person = t.id', like: 'notes.id' },
    },
    watches: [
      { table: 'notes', inputs: ['person'], keys: null },
      { table: 'wards', inputs: ['id'], keys: 'SELECT p.id FROM people p WHERE p.ward = ?' },
    ],
  },
  where: {
    inputs: ['hidden'],
    description: 'hidden people stay behind',
    accepts: (hidden) => hidden === '0',
  },
  columns: columns({
    id: ['integer!', from('id')],
    name: ['text!', apply(trim, 'name'), 'identifier'],
    ward_id: ['integer', from('ward_id')],
    ward_name: ['text', from('ward_name')],
    last_note: ['text', from('last_note'), 'critical'],
    notes: ['bigint!', from('notes')],
  }),
};

export const profile: Profile = {
  name: 'ward',
  services: ['patient'],
  mappings: () => [wards, people],
};

export const scripts = {
  patient: {
    schema: 'ward',
    sql: `
CREATE SCHEMA ward;
CREATE TABLE ward.ward (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE ward.person (
  id integer PRIMARY KEY, name text NOT NULL, ward_id integer REFERENCES ward.ward, ward_name text, last_note text, notes bigint NOT NULL
);`,
  },
};
