import type { SourceConnection } from './source-connection.ts';

/** Whether the source takes names without regard to case: then statements may write a table's name in any. */
export async function foldsNames(source: SourceConnection): Promise<boolean> {
  const [row] = await source.query<{ mode: number | string }>('SELECT @@lower_case_table_names AS mode');
  return Number(row!.mode) !== 0;
}
