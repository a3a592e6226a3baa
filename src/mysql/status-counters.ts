import { quoteSourceString } from './identifiers.ts';
import type { SourceConnection } from './source-connection.ts';

/** The server's counters of these names, those that are numbers, by their names in lower case. Throws SOURCE_*. */
export async function readStatusCounters(
  source: SourceConnection,
  names: readonly string[],
): Promise<Map<string, number>> {
  const rows = await source.query<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL STATUS WHERE Variable_name IN (${names.map(quoteSourceString).join(', ')})`,
  );
  return new Map(
    rows
      .map((row): [string, number] => [row.Variable_name.toLowerCase(), Number(row.Value)])
      .filter(([, value]) => !Number.isNaN(value)),
  );
}
