/**
 * How the source's collations compare, as far as PostgreSQL can be told: case is folded with lower(), trailing spaces
 * are ignored with rtrim(). What stays weaker is that accents count.
 */
import { quoteLiteral } from '../../../postgres/identifiers.ts';

export interface TextComparison {
  foldsCase: boolean;
  ignoresTrailingSpaces: boolean;
}

/** What a collation's name says of it. Null: no collation, so bytes. */
export function comparisonOf(collation: string | null): TextComparison {
  const name = collation?.toLowerCase() ?? 'binary';
  if (name === 'binary') return { foldsCase: false, ignoresTrailingSpaces: false };
  return {
    foldsCase: name.endsWith('_ci'),
    ignoresTrailingSpaces: !/_0900_|_nopad_|_uca1400_nopad/.test(name),
  };
}

/** The comparison that either side asks for. */
export function combine(a: TextComparison | null, b: TextComparison | null): TextComparison {
  return {
    foldsCase: (a?.foldsCase ?? false) || (b?.foldsCase ?? false),
    ignoresTrailingSpaces: (a?.ignoresTrailingSpaces ?? false) || (b?.ignoresTrailingSpaces ?? false),
  };
}

export function foldSql(sql: string, comparison: TextComparison): string {
  const trimmed = comparison.ignoresTrailingSpaces ? `rtrim(${sql})` : sql;
  return comparison.foldsCase ? `lower(${trimmed})` : trimmed;
}

/** A literal that meets folded text. Outside ASCII the server folds it, by the same rules as the column's values. */
export function foldLiteral(text: string, comparison: TextComparison): string {
  const trimmed = comparison.ignoresTrailingSpaces ? text.replace(/ +$/, '') : text;
  if (!comparison.foldsCase) return quoteLiteral(trimmed);
  // oxlint-disable-next-line no-control-regex
  return /^[\x01-\x7f]*$/.test(trimmed)
    ? quoteLiteral(trimmed.toLowerCase())
    : `lower(${quoteLiteral(trimmed)})`;
}
