/**
 * Columns that hold the id of an entry of an option list (`list_options`), whose title is what people see. Sites edit these lists, and
 * older rows and imports have words instead of ids.
 */
import { apply } from '../../../mapping/declare.ts';
import type { Expression, QueryField, Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import type { Lookup } from '../lookups.ts';
import { clean } from '../text.ts';

export interface Option {
  /** Of the source table, a number or a text. */
  column: string;
  /** The list that it is an entry of; where there are several, the first that has the entry. */
  lists: readonly [string, ...string[]];
  /** The codes of the entry are asked for too. */
  withCodes?: boolean;
}

const INACTIVE = '-';

/** The fields `<column>_option`, the title behind a sign, and `<column>_codes`. */
export function lookUpOptions(
  source: { table: string; key: string },
  options: readonly Option[],
): Required<Lookup> {
  const joins: string[] = [];
  const fields: Record<string, QueryField> = {};
  const columnOfList: string[] = [];
  for (const { column, lists, withCodes = false } of options) {
    const titles = lists.map((list, index) => {
      const alias = `o_${column}_${index}`;
      // A number finds the entry by its index as a text only. CAST would give that a collation of its own, in conflict with the column's.
      joins.push(
        `LEFT JOIN list_options ${alias} ON ${alias}.list_id = '${list}' AND ${alias}.option_id = CONCAT(t.\`${column}\`)`,
      );
      columnOfList.push(`WHEN '${list}' THEN t.\`${column}\``);
      return `CONCAT(IF(${alias}.activity = 0, '${INACTIVE}', '+'), ${alias}.title)`;
    });
    fields[`${column}_option`] = { sql: `COALESCE(${titles.join(', ')})`, like: 'list_options.title' };
    if (withCodes) fields[`${column}_codes`] = { sql: `o_${column}_0.codes`, like: 'list_options.codes' };
  }
  const keys = `SELECT t.${source.key} FROM ${source.table} t WHERE CASE ? ${columnOfList.join(' ')} END = ?`;
  return {
    joins: joins.join('\n'),
    fields,
    watches: [{ table: 'list_options', inputs: ['list_id', 'option_id'], keys }],
  };
}

/** The title of the entry that the column names, behind `lookUpOptions`. */
export function titleOf({ column, lists }: Option, target: string): Expression {
  return apply(titleOfOption(target, column, lists), column, `${column}_option`);
}

const NOTHING = /^\s*0*\s*$/;
const NUMBER = /^\s*\d+\s*$/;

/**
 * The title of an entry; the id is kept. An id that is in no list is set aside where it is a number, and else taken for words. Gets
 * the id, and what `lookUpOptions` found.
 */
export function titleOfOption(target: string, source: string, lists: readonly string[]): Transform {
  return {
    name: `titleOfOption(${target}, ${source}, ${lists.join(' or ')})`,
    apply: (raw, found) => {
      const id = clean(raw ?? null);
      if (id === null) return null;
      if (found == null) {
        if (NOTHING.test(id)) return null;
        raiseFlag(`${target}_unknown_option`);
        keepRaw(source, raw!);
        return NUMBER.test(id) ? null : id;
      }
      const title = clean(found.slice(1));
      if (title !== id && !(title === null && NOTHING.test(id))) keepRaw(source, raw!);
      if (found.startsWith(INACTIVE)) raiseFlag(`${target}_inactive_option`);
      return title;
    },
  };
}
