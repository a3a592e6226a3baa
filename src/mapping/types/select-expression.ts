import type { SourceColumn } from '../../mysql/catalog-model.ts';

/**
 * The SQL that reads a column exactly over the text protocol. `quotedName` is the column's name, quoted.
 *
 * FLOAT is printed with six digits, and FLOAT(m,d) and DOUBLE(m,d) with d decimals; their product with a DOUBLE is
 * printed with as many digits as give the same bits again, also those of the negative zero. Everything else arrives as
 * it is stored.
 */
export function selectExpression(column: SourceColumn, quotedName: string): string {
  const inexact = column.dataType === 'float' || (column.dataType === 'double' && column.scale !== null);
  return inexact ? `${quotedName} * 1e0` : quotedName;
}
