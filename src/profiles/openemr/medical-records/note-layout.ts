/** Forms that a site has laid out itself: a row of `forms` or `transactions`, with a row for each of its fields. */
import { apply, constant, reference, uuid } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { lookUp } from '../lookups.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { userNamed } from './encounter-form.ts';
import { encounterId, lookUpEncounter } from './encounter-reference.ts';
import { isDeleted } from './encounter-values.ts';
import { noteMapping, type Note } from './note-base.ts';
import { lookUpFields } from './note-layout-fields.ts';
import { layoutSections } from './note-layout-sections.ts';

const FORMS = { table: 'forms', key: 'id' };
const TRANSACTIONS = { table: 'transactions', key: 'id' };
const LAYOUT = /^LBF/i;

/** Entries of the registry of forms whose fields are in `lbf_data`. */
export function layoutFormMapping(site: Site): QueryMapping {
  return {
    where: {
      inputs: ['formdir'],
      description: 'forms that a site has laid out: LBF…',
      accepts: (formdir) => formdir !== null && LAYOUT.test(formdir),
      atSource: `LOWER(formdir) LIKE 'lbf%'`,
    },
    ...noteMapping({
      table: FORMS.table,
      lookups: [
        ...lookUpCommon(FORMS),
        lookUpEncounter({ table: FORMS.table, key: ['id'], pid: 'pid', encounter: 'encounter' }),
        lookUpFields(site, {
          ...FORMS,
          form: 'form_id',
          layout: 'formdir',
          data: 'lbf_data',
          condition: `t.formdir LIKE 'LBF%'`,
        }),
      ],
      columns: {
        ...commonColumns(site, FORMS.table),
        encounter_id: ['uuid', encounterId('encounter'), 'identifier'],
        kind: ['text!', apply(txt, 'formdir')],
        title: ['text', apply(txt, 'form_name'), 'clinical'],
        deleted: ['boolean!', apply(isDeleted, 'deleted'), 'critical'],
      },
    }),
  };
}

/** Referrals and other transactions, whose fields are in `lbt_data`. */
export function transactionMapping(site: Site): QueryMapping {
  return noteMapping({
    table: TRANSACTIONS.table,
    lookups: [
      ...lookUpCommon(TRANSACTIONS),
      lookUpFields(site, {
        ...TRANSACTIONS,
        form: 'id',
        layout: 'title',
        data: 'lbt_data',
        condition: 'TRUE',
      }),
    ],
    columns: {
      ...commonColumns(site, TRANSACTIONS.table),
      encounter_id: ['uuid', constant(null)],
      kind: [
        'text!',
        apply({ name: 'transactionKind', apply: (title) => txt.apply(title) ?? 'transaction' }, 'title'),
      ],
      deleted: ['boolean!', constant('f')],
    },
  });
}

type Source = typeof FORMS;

function lookUpCommon(source: Source): Note['lookups'] {
  return [
    lookUp('patient', { table: 'patient_data', key: 'pid' }, { source, by: 'pid' }),
    {
      fields: { author_key: { sql: userNamed('t.`user`'), like: 'users.id' } },
      watches: [
        {
          table: 'users',
          inputs: ['username'],
          keys: `SELECT t.id FROM \`${source.table}\` t WHERE t.\`user\` = ?`,
        },
      ],
    },
  ];
}

function commonColumns(site: Site, table: string): Note['columns'] {
  return {
    id: ['uuid!', uuid(table, 'id'), 'identifier'],
    patient_id: [
      'uuid!',
      reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
      'identifier',
    ],
    author_username: ['text', apply(txt, 'user'), 'identifier'],
    author_id: ['uuid', uuid('users', 'author_key'), 'identifier'],
    noted_at: ['timestamp with time zone', apply(moment(site, 'noted_at', 'date'), 'date'), 'clinical'],
    body_format: ['text!', constant('structured')],
    sections: ['jsonb', apply(layoutSections, 'fields', 'shared_fields'), 'clinical'],
  };
}
