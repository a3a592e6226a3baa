import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { country } from '../countries.ts';
import { lookUp, queryWith, type Lookup } from '../lookups.ts';
import { optionalColumns } from '../optional-column.ts';
import type { Site } from '../site.ts';
import { dayOfDatetime, isDateSet, keyOfDependent, txt } from '../text.ts';
import { contactColumns } from './contact-columns.ts';
import { isBlank } from './is-blank.ts';
import { state } from './state.ts';

const EMPLOYERS = { table: 'employer_data', key: 'id' };
const PATIENTS = { table: 'patient_data', key: 'pid' };
const TELLERS = ['name', 'street', 'postal_code', 'city'] as const;

/** Each save of a patient's employer is another row: the one after this one, where it is not the newest. */
const lookUpFollowing: Lookup = {
  joins: `LEFT JOIN employer_data following
  ON following.id = (SELECT MIN(n.id) FROM employer_data n WHERE n.pid = t.pid AND n.id > t.id)`,
  fields: {
    following_id: { sql: 'following.id', like: 'employer_data.id' },
    following_date: { sql: 'following.date', like: 'employer_data.date' },
  },
  watches: [
    { table: 'employer_data', inputs: ['pid'], keys: 'SELECT t.id FROM employer_data t WHERE t.pid = ?' },
  ],
};

export function employerMapping(site: Site): Mapping {
  const { has } = site;
  const optional = optionalColumns(site, EMPLOYERS.table);
  const hasPeriod = has(EMPLOYERS.table, 'start_date') && has(EMPLOYERS.table, 'end_date');
  return {
    shape: 'query',
    id: 'patient_contact_employer',
    service: 'patient',
    source: { table: EMPLOYERS.table },
    target: { schema: 'patient', table: 'patient_contact' },
    query: queryWith(lookUp('patient', PATIENTS, { source: EMPLOYERS, by: 'pid' }), lookUpFollowing),
    where: {
      inputs: [...TELLERS],
      description: 'the empty form that is saved with each new patient is no employer',
      accepts: (...values) => !values.every(isBlank),
    },
    columns: columns({
      id: ['uuid!', uuid(EMPLOYERS.table, 'id'), 'identifier'],
      patient_id: [
        'uuid!',
        reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
        'identifier',
      ],
      kind: ['text!', constant('employer')],
      ...contactColumns({
        organization: ['text', apply(txt, 'name'), 'identifier'],
        address_line1: ['text', apply(txt, 'street'), 'identifier'],
        address_line2: ['text', optional(txt, 'street_line_2'), 'identifier'],
        city: ['text', apply(txt, 'city'), 'identifier'],
        state: ['text', apply(state, 'state', 'country')],
        postal_code: ['text', apply(txt, 'postal_code'), 'identifier'],
        country: ['text', apply(country('country', 'country'), 'country')],
        period_start: [
          'date',
          hasPeriod
            ? apply(firstDay('period_start', 'start_date', 'date'), 'start_date', 'date')
            : apply(dayOfDatetime('period_start', 'date'), 'date'),
        ],
        period_end: [
          'date',
          hasPeriod
            ? apply(firstDay('period_end', 'end_date', 'following_date'), 'end_date', 'following_date')
            : apply(dayOfDatetime('period_end', 'following_date'), 'following_date'),
        ],
        is_primary: ['boolean', apply(isNewest, 'following_id')],
      }),
      legacy_table: ['text!', constant(EMPLOYERS.table)],
      legacy_id: ['text!', apply(keyOfDependent, 'id', 'patient_key'), 'identifier'],
      dq_flags: ['text[]!', flags],
      extra: ['jsonb!', everythingElse, 'identifier'],
    }),
  };
}

const isNewest: Transform = { name: 'isNewest', apply: (following) => (following === null ? 't' : 'f') };

/** The day of the first of two columns that is set. */
function firstDay(target: string, first: string, second: string): Transform {
  const ofFirst = dayOfDatetime(target, first);
  const ofSecond = dayOfDatetime(target, second);
  return {
    name: `firstDay(${ofFirst.name}, ${ofSecond.name})`,
    apply: (one, other) => (isDateSet(one ?? null) ? ofFirst.apply(one) : ofSecond.apply(other ?? null)),
  };
}
