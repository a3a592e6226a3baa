/** Rows of other tables beside a mapping's own, as parts of its query: a join, the fields read from it, and what has to be watched. */
import type { Query, QueryField, Watch } from '../../mapping/mapping.ts';

export interface Lookup {
  joins?: string;
  fields?: Readonly<Record<string, QueryField>>;
  watches?: readonly Watch[];
}

/** A table with the column that is its key. */
interface Keyed {
  table: string;
  key: string;
}

/** The query of several lookups. Throws RangeError where two of them have a field of one name. */
export function queryWith(...lookups: readonly Lookup[]): Query {
  const fields = lookups.flatMap((lookup) => Object.entries(lookup.fields ?? {}));
  if (new Set(fields.map(([name]) => name)).size < fields.length)
    throw new RangeError('queryWith() takes fields of different names');
  return {
    joins: lookups
      .map(({ joins = '' }) => joins)
      .filter((joins) => joins !== '')
      .join('\n'),
    fields: Object.fromEntries(fields),
    watches: lookups.flatMap((lookup) => lookup.watches ?? []),
  };
}

/**
 * The row of `of` that the column `by` of the source table names, as `as`: its key is the field `<as>_key`, for `found` of a
 * reference. Row 0 is none: 0 stands for nobody everywhere. Of `by`, unless it is a number, the digits it begins with count, and the
 * reference refuses what is no number. `columns` are more fields, `<as>_<column>`.
 */
export function lookUp(
  as: string,
  of: Keyed,
  {
    source,
    by,
    isText = false,
    columns = [],
  }: { source: Keyed; by: string; isText?: boolean; columns?: string[] },
): Lookup {
  const name = isText ? `CAST(t.\`${by}\` AS UNSIGNED)` : `t.\`${by}\``;
  const isOwnKey = source.key === by;
  return {
    joins: `LEFT JOIN \`${of.table}\` ${as} ON ${as}.\`${of.key}\` = ${name} AND ${as}.\`${of.key}\` > 0`,
    fields: Object.fromEntries([
      [`${as}_key`, { sql: `${as}.\`${of.key}\``, like: `${of.table}.${of.key}` }],
      ...columns.map((column) => [
        `${as}_${column}`,
        { sql: `${as}.\`${column}\``, like: `${of.table}.${column}` },
      ]),
    ]) as Record<string, QueryField>,
    watches: [
      {
        table: of.table,
        inputs: [of.key],
        keys: isOwnKey
          ? null
          : `SELECT t.\`${source.key}\` FROM \`${source.table}\` t WHERE t.\`${by}\` = ${isText ? 'CONCAT(?)' : '?'}`,
        ...(columns.length === 0 && { keysOnly: true as const }),
      },
    ],
  };
}

/**
 * The option of a list that the column `by` of the source table holds the id of: fields `<by>_option` (its id as the list has it),
 * `<by>_title`, `<by>_activity`. By the primary key of list_options; as its collation compares, which is without regard to case.
 */
export function lookUpOption(list: string, by: string, source: Keyed): Lookup {
  const as = `${by}_list`;
  const field = (column: string): QueryField => ({
    sql: `${as}.\`${column}\``,
    like: `list_options.${column}`,
  });
  return {
    joins: `LEFT JOIN list_options ${as} ON ${as}.list_id = '${list}' AND ${as}.option_id = t.\`${by}\``,
    fields: {
      [`${by}_option`]: field('option_id'),
      [`${by}_title`]: field('title'),
      [`${by}_activity`]: field('activity'),
    },
    watches: [
      {
        table: 'list_options',
        inputs: ['list_id', 'option_id'],
        keys: `SELECT t.\`${source.key}\` FROM \`${source.table}\` t WHERE ? = '${list}' AND t.\`${by}\` = ?`,
      },
    ],
  };
}
