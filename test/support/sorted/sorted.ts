/** A profile with a filter that leaves rows at the source, and with rows that it reads and refuses itself, for tests. */
import { columns, from } from '../../../src/mapping/declare.ts';
import type { Profile } from '../../../src/mapping/mapping.ts';

export const profile: Profile = {
  name: 'sorted',
  services: ['patient'],
  mappings: () => [
    {
      shape: 'row',
      id: 'kept',
      service: 'patient',
      source: { table: 'letters' },
      target: { schema: 'sorted', table: 'kept' },
      where: {
        inputs: ['kind'],
        description: 'kind a, in lower case',
        accepts: (kind) => kind === 'a',
        // The collation takes A for a.
        atSource: process.env['SORTED_CONDITION'] ?? `kind = 'a'`,
      },
      columns: columns({ id: ['integer!', from('id')], body: ['text!', from('body')] }),
    },
  ],
};

export const scripts = {
  patient: {
    schema: 'sorted',
    sql: `
CREATE SCHEMA sorted;
CREATE TABLE sorted.kept (id integer PRIMARY KEY, body text NOT NULL CHECK (body <> 'refused'));`,
  },
};
