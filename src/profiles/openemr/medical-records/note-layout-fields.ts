/** The fields of a form that a site has laid out, gathered with their titles. */
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';

interface LaidOut {
  table: string;
  key: string;
  /** Columns of the source table: by which its fields are found, and the name of its layout. */
  form: string;
  layout: string;
  /** Where its fields are. */
  data: string;
  /** Which rows of the source table have fields. */
  condition: string;
}

/**
 * `fields`: a JSON array of [field, value, place in the layout, title, type, title of the option], in no order. A field that its layout
 * has several times is there as often. `shared_fields`: the same of those that are kept with the encounter.
 */
export function lookUpFields(site: Site, { table, key, form, layout, data, condition }: LaidOut): Lookup {
  const name = `t.\`${layout}\``;
  const row = (field: string, value: string): string =>
    `JSON_ARRAY(${field}, ${value}, o.seq, o.title, o.data_type, lo.title)`;
  const options = (value: string): string =>
    `LEFT JOIN list_options lo ON lo.list_id = o.list_id AND lo.option_id = ${value}`;
  const own = `SELECT CAST(JSON_ARRAYAGG(${row('d.field_id', 'd.field_value')}) AS CHAR) FROM ${data} d
LEFT JOIN layout_options o ON o.form_id = ${name} AND o.field_id = d.field_id ${options('d.field_value')}
WHERE d.form_id = t.\`${form}\``;
  const keys = (where: string): string =>
    `SELECT t.\`${key}\` FROM \`${table}\` t WHERE (${condition}) AND ${where}`;
  const shared = site.has('shared_attributes') && site.has(table, 'encounter');
  const sharedRows = `SELECT CAST(JSON_ARRAYAGG(${row('s.field_id', 's.field_value')}) AS CHAR) FROM shared_attributes s
JOIN layout_options o ON o.form_id = ${name} AND o.field_id = s.field_id AND o.source = 'E' ${options('s.field_value')}
WHERE s.pid = t.pid AND s.encounter = t.encounter`;
  return {
    fields: {
      fields: { sql: `IF(${condition}, (${own}), NULL)`, like: `${data}.field_value` },
      shared_fields: {
        sql: shared ? `IF(${condition}, (${sharedRows}), NULL)` : 'NULL',
        like: `${data}.field_value`,
      },
    },
    watches: [
      { table: data, inputs: ['form_id'], keys: keys(`t.\`${form}\` = ?`) },
      { table: 'layout_options', inputs: ['form_id'], keys: keys(`t.\`${layout}\` = ?`) },
      {
        table: 'list_options',
        inputs: ['list_id'],
        keys: keys(`t.\`${layout}\` IN (SELECT o.form_id FROM layout_options o WHERE o.list_id = ?)`),
      },
      ...(shared
        ? [
            {
              table: 'shared_attributes',
              inputs: ['pid', 'encounter'],
              keys: keys('t.pid = ? AND t.encounter = ?'),
            },
          ]
        : []),
    ],
  };
}
