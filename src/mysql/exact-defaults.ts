import type { SourceColumn, SourceTable } from './catalog-model.ts';
import type { CatalogScope } from './catalog-scope.ts';
import { quoteSourceIdentifier } from './identifiers.ts';

const BINARY = /binary$|blob$/;

/**
 * Replaces default values that information_schema cannot show: it has three-byte UTF-8 only, and loses bytes that are
 * no text. The literal of a binary column becomes `0x` and hexadecimal digits. Asks only about tables that have such.
 */
export async function readExactDefaults(scope: CatalogScope, tables: SourceTable[]): Promise<void> {
  for (const table of tables) {
    const columns = table.columns.filter(isInexact);
    if (columns.length === 0) continue;
    const values = columns.map(({ name }, i) => `HEX(DEFAULT(t.${quoteSourceIdentifier(name)})) AS \`${i}\``);
    const from = `${quoteSourceIdentifier(scope.database)}.${quoteSourceIdentifier(table.name)}`;
    // An empty table has no row to ask for its defaults; this join always has one.
    const [row] = await scope.query<Record<string, string | null>>(
      `SELECT ${values.join(', ')} FROM (SELECT 1 AS one) AS o LEFT JOIN ${from} AS t ON FALSE`,
    );
    for (const [i, column] of columns.entries()) {
      const hex = row?.[i];
      if (typeof hex === 'string') column.default = { kind: 'literal', value: literalOf(column, hex) };
    }
  }
}

function isInexact({ default: value, dataType, charset }: SourceColumn): boolean {
  if (value?.kind !== 'literal') return false;
  return BINARY.test(dataType) || (charset === 'utf8mb4' && value.value.includes('?'));
}

function literalOf({ dataType }: SourceColumn, hex: string): string {
  return BINARY.test(dataType) ? `0x${hex}` : Buffer.from(hex, 'hex').toString('utf8');
}
