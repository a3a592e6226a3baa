/** What the mappings of clinical notes have in common. */
import { apply, constant, type ColumnDeclaration } from '../../../mapping/declare.ts';
import { columns } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { queryWith, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import { authorColumns, formColumns, lookUpAuthor, lookUpForm, type FormTable } from './encounter-form.ts';

export interface Note {
  table: string;
  lookups: readonly Lookup[];
  columns: Readonly<Record<string, ColumnDeclaration>>;
}

/** A mapping of one table to notes. Columns that are not given are NULL. */
export function noteMapping({ table, lookups, columns: given }: Note): QueryMapping {
  return {
    shape: 'query',
    id: `notes_${table}`,
    service: 'medical-records',
    source: { table },
    target: { schema: 'medical_records', table: 'clinical_note' },
    query: queryWith(...lookups),
    columns: columns({ ...NOTHING, ...origin(table, 'id'), ...given }),
  };
}

const NOTHING: Readonly<Record<string, ColumnDeclaration>> = {
  title: ['text', constant(null)],
  author_username: ['text', constant(null)],
  author_id: ['uuid', constant(null)],
  noted_at: ['timestamp with time zone', constant(null)],
  body: ['text', constant(null), 'clinical'],
  sections: ['jsonb', constant(null), 'clinical'],
  code_system: ['text', constant(null), 'clinical'],
  code: ['text', constant(null), 'clinical'],
  fhir_uuid: ['uuid', constant(null)],
};

/** A note that is a form of an encounter. */
export function formNote(
  site: Site,
  form: FormTable,
  { lookups = [], columns: given }: Omit<Note, 'table' | 'lookups'> & { lookups?: readonly Lookup[] },
): QueryMapping {
  const { table } = form;
  const isDated = site.has(table, 'date');
  return noteMapping({
    table,
    lookups: [lookUpForm(form), lookUpAuthor(site, form), ...lookups],
    columns: {
      ...formColumns(table),
      ...authorColumns,
      title: ['text', apply(txt, 'form_form_name'), 'clinical'],
      noted_at: [
        'timestamp with time zone',
        isDated ? apply(moment(site, 'noted_at', 'date'), 'date') : constant(null),
        'clinical',
      ],
      ...given,
    },
  });
}
