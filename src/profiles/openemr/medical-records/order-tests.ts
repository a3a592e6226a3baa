/** The tests of an order, which are rows of `procedure_order_code`, as one JSON array. */
import type { QueryField, Transform } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean } from '../text.ts';

const TABLE = 'procedure_order_code';
const SEQ = 'procedure_order_seq';

/** By column of the source: what a test has it as, and the value that says nothing. */
const MEMBERS: Readonly<Record<string, { name: string; silent?: string }>> = {
  procedure_code: { name: 'code' },
  procedure_name: { name: 'name' },
  diagnoses: { name: 'diagnoses' },
  procedure_order_title: { name: 'title' },
  procedure_type: { name: 'type' },
  // 1 is ordered, 2 is added by the laboratory.
  procedure_source: { name: 'source', silent: '1' },
  do_not_send: { name: 'do_not_send', silent: '0' },
  transport: { name: 'transport' },
  date_end: { name: 'date_end', silent: '0000-00-00 00:00:00' },
  reason_code: { name: 'reason_code' },
  reason_description: { name: 'reason_description' },
  reason_status: { name: 'reason_status' },
  reason_date_low: { name: 'reason_date_low', silent: '0000-00-00 00:00:00' },
  reason_date_high: { name: 'reason_date_high', silent: '0000-00-00 00:00:00' },
};

/** The field `tests`, an array of arrays: the number in the order, and the columns of `testColumns` as texts. */
export function lookUpTests(site: Site): Lookup {
  const columns = testColumns(site);
  const values = columns.map((column) => `CAST(c.${column} AS CHAR)`).join(', ');
  const all = `SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(c.${SEQ}, ${values})) AS CHAR) FROM ${TABLE} c WHERE c.procedure_order_id = t.procedure_order_id`;
  // Never selected: they say which columns this query was made for.
  const known = columns.map((column): [string, QueryField] => [
    `test_${column}`,
    { sql: 'NULL', like: `${TABLE}.${column}` },
  ]);
  return {
    fields: { tests: { sql: all, like: `${TABLE}.diagnoses` }, ...Object.fromEntries(known) },
    watches: [{ table: TABLE, inputs: ['procedure_order_id'], keys: null }],
  };
}

export function testColumns(site: Site): string[] {
  return Object.keys(MEMBERS).filter((column) => site.has(TABLE, column));
}

/** `[{"seq": 1, "code": "718-7", "name": "…"}, …]` in the order of seq, without what says nothing. */
export function testsOf(columns: readonly string[]): Transform {
  const members = columns.map((column) => MEMBERS[column]!);
  return {
    name: `testsOf(${columns.map((column, index) => `${column}: ${JSON.stringify(members[index])}`).join(', ')})`,
    apply: (raw) => {
      const rows = JSON.parse(raw ?? '[]') as [number, ...(string | null)[]][];
      const tests = rows
        .toSorted(([a], [b]) => a - b)
        .map(([seq, ...values]) => ({
          seq,
          ...Object.fromEntries(
            members.flatMap(({ name, silent }, index) => {
              const value = clean(values[index] ?? null);
              return value === null || value === silent ? [] : [[name, value]];
            }),
          ),
        }));
      return JSON.stringify(tests);
    },
  };
}
