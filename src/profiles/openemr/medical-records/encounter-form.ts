/**
 * The forms filled in at an encounter. Their registry, `forms`, says whose a form is, at which encounter, and whether it was deleted;
 * what the form's own row says of that counts only where it is not in the registry.
 */
import { apply, reference, uuid, type ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Watch } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean } from '../text.ts';
import { encounterId, encounterOf } from './encounter-reference.ts';
import { isFormDeleted } from './encounter-values.ts';

export interface FormTable {
  table: string;
  /** What the registry calls it. */
  formdir: string;
  /** The column that the registry names it by; `id`, or one that several rows have in common. */
  formId?: string;
}

const FIELDS = ['deleted', 'encounter', 'user', 'form_name', 'issue_id', 'provider_id'];
const NAMED = `IF(form.pid > 0, form.pid, t.pid)`;

/** Keys of the form's rows, for a condition on their entry `fo` of the registry. */
function keysByEntry({ table, formdir, formId = 'id' }: FormTable, condition: string): string {
  // Where several rows are one form no index finds them by it: they are read through once, if there is such a form at all.
  const rows =
    formId === 'id'
      ? 'SELECT fo.form_id FROM forms fo'
      : `SELECT STRAIGHT_JOIN t.id FROM forms fo JOIN \`${table}\` t ON t.\`${formId}\` = fo.form_id`;
  return `${rows} WHERE ${condition} AND fo.formdir = '${formdir}'`;
}

/** `form_<column>` of the registry, `patient_named`, `patient_key` and `encounter_key`. Of several entries the first that is not deleted. */
export function lookUpForm(form: FormTable): Lookup {
  const { table, formdir, formId = 'id' } = form;
  const entry = (as: string): string => `${as}.form_id = t.\`${formId}\` AND ${as}.formdir = '${formdir}'`;
  const keys = (condition: string): string => keysByEntry(form, condition);
  return {
    joins: `LEFT JOIN forms form ON ${entry('form')} AND NOT EXISTS (SELECT 1 FROM forms other WHERE ${entry('other')}
AND (other.deleted < form.deleted OR (other.deleted = form.deleted AND other.id < form.id)))
LEFT JOIN patient_data patient ON patient.pid = ${NAMED} AND patient.pid > 0`,
    fields: {
      ...Object.fromEntries(
        FIELDS.map((column) => [`form_${column}`, { sql: `form.\`${column}\``, like: `forms.${column}` }]),
      ),
      patient_named: { sql: NAMED, like: 'forms.pid' },
      patient_key: { sql: 'patient.pid', like: 'patient_data.pid' },
      encounter_key: { sql: encounterOf(NAMED, 'form.encounter'), like: 'form_encounter.id' },
    },
    watches: [
      { table: 'forms', inputs: ['form_id'], keys: formId === 'id' ? null : keys('fo.form_id = ?') },
      ...(formId === 'id' ? [] : [goneFrom(table, { formdir, formId })]),
      {
        table: 'patient_data',
        inputs: ['pid', 'pid'],
        keys: `${keys('fo.pid = ?')} UNION ALL SELECT t.id FROM \`${table}\` t WHERE t.pid = ?`,
        keysOnly: true,
      },
      {
        table: 'form_encounter',
        inputs: ['pid', 'encounter'],
        // Where the registry names no patient the form's own row does.
        keys: keys('(fo.pid = ? OR fo.pid <= 0 OR fo.pid IS NULL) AND fo.encounter = ?'),
      },
    ],
  };
}

/** The registry does not tell any more which rows were of a form that it had: the table is read through for it. */
function goneFrom(table: string, { formdir, formId }: { formdir: string; formId: string }): Watch {
  return {
    table: 'forms',
    inputs: ['form_id', 'formdir'],
    keys: `SELECT t.id FROM \`${table}\` t WHERE t.\`${formId}\` = ? AND ? = '${formdir}'`,
    leavesOnly: true,
  };
}

type FormColumn = 'id' | 'patient_id' | 'encounter_id' | 'deleted';

/** Behind `lookUpForm`. */
export function formColumns(table: string): Record<FormColumn, ColumnDeclaration> {
  return {
    id: ['uuid!', uuid(table, 'id'), 'identifier'],
    patient_id: [
      'uuid!',
      reference('patient_data', { input: 'patient_named', found: 'patient_key', onOrphan: 'reject' }),
      'identifier',
    ],
    encounter_id: ['uuid', encounterId('form_encounter'), 'identifier'],
    deleted: [
      'boolean!',
      apply(isFormDeleted, 'form_deleted', 'form_issue_id', 'form_provider_id'),
      'critical',
    ],
  };
}

/** SQL for the user of that name. Names have no index: users are few, and reading through them costs less than joining them to long texts. */
export function userNamed(name: string): string {
  return `SELECT MIN(u.id) FROM users u WHERE u.username = ${name} AND u.username <> ''`;
}

/** Behind `lookUpForm`. The user of that name: `author_key`, and `author_name`, as the row's column `user` has it, or else the registry. */
export function lookUpAuthor(site: Site, form: FormTable): Lookup {
  const { table } = form;
  const hasUser = site.has(table, 'user');
  const name = hasUser ? `COALESCE(NULLIF(t.\`user\`, ''), form.\`user\`)` : 'form.`user`';
  const byEntry = keysByEntry(form, 'fo.`user` = ?');
  return {
    fields: {
      author_name: { sql: name, like: 'users.username' },
      author_key: { sql: userNamed(name), like: 'users.id' },
    },
    watches: [
      hasUser
        ? {
            table: 'users',
            inputs: ['username', 'username'],
            keys: `SELECT t.id FROM \`${table}\` t WHERE t.\`user\` = ? UNION ALL ${byEntry}`,
          }
        : { table: 'users', inputs: ['username'], keys: byEntry },
    ],
  };
}

/** Behind `lookUpAuthor`: a name that no user has is kept, without an id. */
export const authorColumns: Record<'author_username' | 'author_id', ColumnDeclaration> = {
  author_username: [
    'text',
    apply({ name: 'authorName', apply: (name) => clean(name) }, 'author_name'),
    'identifier',
  ],
  author_id: ['uuid', uuid('users', 'author_key'), 'identifier'],
};
