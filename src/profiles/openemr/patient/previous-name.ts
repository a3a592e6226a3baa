import { apply, columns, constant, flags, reference, uuid } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { lookUp, queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { day, keyOfDependent } from '../text.ts';
import { contactColumns } from './contact-columns.ts';
import { isBlank } from './is-blank.ts';
import { fullName } from './name-search.ts';

const HISTORY = { table: 'patient_history', key: 'id' };
const PATIENTS = { table: 'patient_data', key: 'pid' };
const PARTS = ['prefix', 'first', 'middle', 'last', 'suffix'].map((part) => `previous_name_${part}`);

/** Names that a patient had before. The single parts of a name are in `extra`. */
export function previousNameMapping({ has }: Site): Mapping[] {
  const parts = PARTS.filter((part) => has(HISTORY.table, part));
  if (parts.length === 0) return [];
  const beside = ['date', 'created_by'].filter((column) => has(HISTORY.table, column));
  return [
    {
      shape: 'query',
      id: 'patient_contact_previous_name',
      service: 'patient',
      source: { table: HISTORY.table },
      target: { schema: 'patient', table: 'patient_contact' },
      query: queryWith(lookUp('patient', PATIENTS, { source: HISTORY, by: 'pid' })),
      where: {
        inputs: parts,
        description: 'former care teams, which are in the same table, are no names',
        accepts: (...values) => !values.every(isBlank),
      },
      columns: columns({
        id: ['uuid!', uuid(HISTORY.table, 'id'), 'identifier'],
        patient_id: [
          'uuid!',
          reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
          'identifier',
        ],
        kind: ['text!', constant('previous_name')],
        ...contactColumns({
          name: ['text', apply(fullName, ...parts), 'identifier'],
          period_end: [
            'date',
            has(HISTORY.table, 'previous_name_enddate')
              ? apply(day('period_end', 'previous_name_enddate'), 'previous_name_enddate')
              : constant(null),
          ],
        }),
        legacy_table: ['text!', constant(HISTORY.table)],
        legacy_id: ['text!', apply(keyOfDependent, 'id', 'patient_key'), 'identifier'],
        dq_flags: ['text[]!', flags],
        extra: ['jsonb!', { kind: 'extra', columns: [...parts, ...beside] }, 'identifier'],
      }),
    },
  ];
}
