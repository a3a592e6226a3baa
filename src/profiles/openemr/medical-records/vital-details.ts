/** What newer versions say of single measurements of a form: how they are to be read, and why one was not taken. */
import { apply, constant, type ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Transform } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean } from '../text.ts';

const DETAILS = 'form_vital_details';
const PARTS = [
  'interpretation_list_id',
  'interpretation_option_id',
  'interpretation_codes',
  'interpretation_title',
  'reason_code',
  'reason_description',
  'reason_status',
];

const partsIn = (site: Site): string[] => PARTS.filter((part) => site.has(DETAILS, part));

/** `details`: a JSON array of [id, column, parts…], in no order. */
export function lookUpDetails(site: Site): Lookup {
  if (!site.has(DETAILS)) return {};
  const parts = partsIn(site).map((part) => `d.\`${part}\``);
  return {
    fields: {
      details: {
        sql: `SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(d.id, d.vitals_column, ${parts.join(', ')})) AS CHAR)
FROM ${DETAILS} d WHERE d.form_id = t.id`,
        like: 'forms.form_name',
      },
      // Nothing reads these: they say which of the parts there are, for commands that know no more of the source than this.
      ...Object.fromEntries(
        partsIn(site).map((part) => [`details_${part}`, { sql: 'NULL', like: `${DETAILS}.${part}` }]),
      ),
    },
    watches: [{ table: DETAILS, inputs: ['form_id'], keys: null }],
  };
}

/** By column of the legacy row, behind `lookUpDetails`. */
export function detailsColumn(site: Site): ColumnDeclaration {
  return [
    'jsonb',
    site.has(DETAILS) ? apply(detailsOf(partsIn(site)), 'details') : constant(null),
    'clinical',
  ];
}

/** The last detail of a column counts; empty parts are left out. */
function detailsOf(parts: readonly string[]): Transform {
  return {
    name: `vitalDetails(${parts.join(', ')})`,
    apply: (json) => {
      if (json === null) return null;
      const details = (JSON.parse(json) as [number, string, ...(string | null)[]][]).toSorted(
        ([a], [b]) => a - b,
      );
      const byColumn = details.map(([, column, ...values]) => {
        const named = parts.map((part, index) => [part, clean(values[index] ?? null)] as const);
        return [column, Object.fromEntries(named.filter(([, value]) => value !== null))] as const;
      });
      return JSON.stringify(Object.fromEntries(byColumn));
    },
  };
}
