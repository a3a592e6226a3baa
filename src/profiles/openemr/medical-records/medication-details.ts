/** What newer versions say of an entry of the list of medication in a table beside it, `lists_medication`. */
import type { QueryField, Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';

const TABLE = 'lists_medication';

/** Kept in `extra` as they are. */
const KEPT = [
  'usage_category',
  'usage_category_title',
  'medication_adherence_information_source',
  'medication_adherence',
  'medication_adherence_date_asserted',
  'is_primary_record',
  'reporting_source_record_id',
];
/** Read by columns of the target. */
const READ = ['drug_dosage_instructions', 'request_intent', 'request_intent_title'];

/** Whether the source has this version's table. */
export function hasDetails(site: Site): boolean {
  return site.has(TABLE);
}

/** Names of the fields that are kept beside the instructions, as `lookUpDetails` has them. */
export function keptDetails(site: Site): string[] {
  return [...KEPT.filter((column) => site.has(TABLE, column)), 'all_details'];
}

/**
 * The newest of an entry's rows, of which there is one as a rule, each column as a field of its name. Where there are more, all of
 * them together are the field `all_details`, by their ids.
 */
export function lookUpDetails(site: Site): Lookup {
  const names = [...READ, ...KEPT].filter((column) => site.has(TABLE, column));
  const fields = names.map((column): [string, QueryField] => [
    column,
    { sql: `m.${column}`, like: `${TABLE}.${column}` },
  ]);
  const all = [...names, 'prescription_id'].map((column) => `'${column}', CAST(x.${column} AS CHAR)`);
  const rows = `SELECT IF(COUNT(*) > 1, CAST(JSON_OBJECTAGG(x.id, JSON_OBJECT(${all.join(', ')})) AS CHAR), NULL) FROM ${TABLE} x WHERE x.list_id = t.id`;
  return {
    joins: `LEFT JOIN ${TABLE} m ON m.id = (SELECT MAX(d.id) FROM ${TABLE} d WHERE d.list_id = t.id)`,
    fields: {
      ...Object.fromEntries(fields),
      all_details: { sql: rows, like: `${TABLE}.drug_dosage_instructions` },
    },
    watches: [{ table: TABLE, inputs: ['list_id'], keys: null }],
  };
}

/** The transform of the first inputs; the others are `keptDetails`. Flags an entry that has several rows. */
export function keepingDetails(transform: Transform, inputs: number, kept: readonly string[]): Transform {
  return {
    name: `keepingDetails(${transform.name}, ${kept.join(', ')})`,
    apply: (...values) => {
      for (const [index, name] of kept.entries()) {
        const value = values[inputs + index];
        if (value == null || value === '') continue;
        if (name === 'all_details') raiseFlag('medication_details_several');
        keepRaw(name, name === 'all_details' ? sortedJson(value) : value);
      }
      return transform.apply(...values.slice(0, inputs));
    },
  };
}

/** The servers give the members of an object in any order. */
function sortedJson(json: string): string {
  const rows = JSON.parse(json) as Record<string, Record<string, string | null>>;
  const ids = Object.keys(rows).toSorted((a, b) => Number(a) - Number(b));
  return JSON.stringify(
    ids.map((id) => ({
      id,
      ...Object.fromEntries(
        Object.entries(rows[id]!)
          .filter(([, value]) => value !== null && value !== '')
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    })),
  );
}
