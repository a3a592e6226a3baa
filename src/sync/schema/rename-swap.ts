/** The swap by which tools that alter tables online put a copy of a table in its place. */
import type { ClassifiedStatement } from '../../../cdc/classify-statement.ts';

export interface RenameSwap {
  tool: 'gh-ost' | 'pt-online-schema-change';
  table: string;
  /** The copy, which has the table's name from now on. */
  copy: string;
}

const MAX_NAME = 64;

/**
 * `RENAME TABLE t TO _t_del, _t_gho TO t` of gh-ost, `RENAME TABLE t TO _t_old, _t_new TO t` of pt-online-schema-change (with more
 * underscores where a name was taken), within one database; null for any other.
 */
export function recognizeSwap({ renames }: Pick<ClassifiedStatement, 'renames'>): RenameSwap | null {
  const [away, into, ...more] = renames;
  if (!away || !into || more.length > 0) return null;
  const { database, table } = away.from;
  const isOneDatabase = [away.to, into.from, into.to].every((name) => name.database === database);
  if (!isOneDatabase || into.to.table !== table) return null;
  const copy = into.from.table;
  if (isNamed(copy, table, '_gho', 1) && isNamed(away.to.table, table, '_del', 1)) {
    return { tool: 'gh-ost', table, copy };
  }
  if (isNamed(copy, table, '_new', 10) && isNamed(away.to.table, table, '_old', 10)) {
    return { tool: 'pt-online-schema-change', table, copy };
  }
  return null;
}

/** `_t_gho`; of a name that would be too long only the beginning stands there, and gh-ost may put a time in front of its ending. */
function isNamed(name: string, table: string, ending: string, maxUnderscores: number): boolean {
  const underscores = /^_*/.exec(name)![0].length - /^_*/.exec(table)![0].length;
  if (underscores < 1 || underscores > maxUnderscores || !name.endsWith(ending)) return false;
  const middle = name.slice(underscores, name.length - ending.length).replace(/_\d{14}$/, '');
  return middle === table || (name.length === MAX_NAME && middle.length > 0 && table.startsWith(middle));
}
