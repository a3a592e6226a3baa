/** The condition that finds a row of the source again, by the key that the ledger keeps of it. */
import type { JsonValue } from '../src/ledger/rejects.ts';
import type { SourceTable } from '../src/mysql/catalog-model.ts';
import { hexLiteral, quoteSourceIdentifier, quoteSourceString } from '../src/mysql/identifiers.ts';

const BINARY_TYPES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);

/** By the rules of the columns' collations: it may find others too. */
export function rowKeyCondition(
  { columns }: Pick<SourceTable, 'columns'>,
  key: Readonly<Record<string, JsonValue>>,
): string {
  const terms = Object.entries(key).map(([name, value]) => {
    const type = columns.find((column) => column.name === name)?.dataType ?? '';
    return `${quoteSourceIdentifier(name)} = ${keyLiteral(value, BINARY_TYPES.has(type))}`;
  });
  return `(${terms.join(' AND ')})`;
}

function keyLiteral(value: JsonValue, isBinary: boolean): string {
  if (typeof value === 'string') return isBinary ? hexLiteral(Buffer.from(value)) : quoteSourceString(value);
  if (value !== null && 'base64' in value) return hexLiteral(Buffer.from(value.base64, 'base64'));
  return 'NULL';
}
