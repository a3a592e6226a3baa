/** The mapping of `history_data`: every save of a patient's history is a row, of which the newest counts. */
import { apply, constant, reference, uuid } from '../../../mapping/declare.ts';
import type { QueryMapping, Transform } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean, moment } from '../text.ts';
import { noteMapping } from './note-base.ts';
import { HISTORY_TEXTS, LIFESTYLE_COLUMNS } from './note-history-columns.ts';
import { EXAMS, LIFESTYLE, unpack } from './note-layout-value.ts';

const SOURCE = { table: 'history_data', key: 'id' };

export function historyMapping(site: Site): QueryMapping {
  const names = [...LIFESTYLE_COLUMNS, 'exams', ...HISTORY_TEXTS].filter((name) =>
    site.has(SOURCE.table, name),
  );
  const hasAuthor = site.has(SOURCE.table, 'created_by');
  return {
    where: {
      inputs: ['id', 'newest'],
      description: 'of the histories of a patient only the newest is one',
      accepts: (id, newest) => id === newest,
    },
    ...noteMapping({
      table: SOURCE.table,
      lookups: [
        lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: SOURCE, by: 'pid' }),
        hasAuthor
          ? lookUp('author', { table: 'users', key: 'id' }, { source: SOURCE, by: 'created_by' })
          : {},
        lookUpFhirUuid(site, SOURCE.table),
        {
          fields: {
            newest: {
              sql: 'SELECT MAX(newer.id) FROM history_data newer WHERE newer.pid = t.pid',
              like: 'history_data.id',
            },
          },
          watches: [
            {
              table: SOURCE.table,
              inputs: ['pid'],
              keys: 'SELECT t.id FROM history_data t WHERE t.pid = ?',
            },
          ],
        },
      ],
      columns: {
        id: ['uuid!', uuid(SOURCE.table, 'id'), 'identifier'],
        patient_id: [
          'uuid!',
          reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
          'identifier',
        ],
        encounter_id: ['uuid', constant(null)],
        kind: ['text!', constant('social_history')],
        author_id: [
          'uuid',
          hasAuthor
            ? reference('users', {
                input: 'created_by',
                found: 'author_key',
                onOrphan: { flag: 'author_id' },
              })
            : constant(null),
          'identifier',
        ],
        noted_at: ['timestamp with time zone', apply(moment(site, 'noted_at', 'date'), 'date'), 'clinical'],
        body_format: ['text!', constant('structured')],
        sections: ['jsonb', apply(historySections(names), ...names), 'clinical'],
        deleted: ['boolean!', constant('f')],
        fhir_uuid: fhirUuid(site, SOURCE.table),
      },
    }),
  };
}

/** By column; lifestyles and examinations with their parts. */
function historySections(names: readonly string[]): Transform {
  const typeOf = (name: string): number =>
    name === 'exams' ? EXAMS : LIFESTYLE_COLUMNS.includes(name) ? LIFESTYLE : 0;
  return {
    name: `historySections(${names.join(', ')})`,
    apply: (...texts) => {
      const sections = names.flatMap((name, index) => {
        const text = clean(texts[index] ?? null);
        const isEmpty = text === null || text === '0000-00-00' || /^\|*$/.test(text);
        return isEmpty ? [] : [[name, unpack(typeOf(name), text)]];
      });
      return JSON.stringify(Object.fromEntries(sections));
    },
  };
}
