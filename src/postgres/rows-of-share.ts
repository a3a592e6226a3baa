import { quoteIdentifier, quoteLiteral } from './identifiers.ts';

/** The condition for the rows of one mapping, of a table `t` that it shares with others. */
export function rowsOfShare(constants: readonly { column: string; value: string }[]): string {
  return constants
    .map(({ column, value }) => `t.${quoteIdentifier(column)} = ${quoteLiteral(value)}`)
    .join(' AND ');
}
