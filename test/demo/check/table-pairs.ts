import type { ColumnPair } from './canonical-columns.ts';
import { readAll, type DatabaseEnd } from './database-ends.ts';

/** A table of the source with the table it became. */
export interface TablePair {
  name: string;
  /** Quoted. */
  source: string;
  /** Quoted and qualified; null where it is not in the target. */
  target: string | null;
  columns: ColumnPair[];
  /** Columns on one side only, by the number of their place. */
  unpairedColumns: number;
  /** An integer column without NULLs by which a sample can be taken, of the primary key if it has one; or null. */
  sampleBy: ColumnPair | null;
  /** Rows that the ledger keeps as rejected. */
  rejected: number;
}

/** Every base table of the source, whether or not anything of it arrived. */
export async function pairTables(source: DatabaseEnd, target: DatabaseEnd): Promise<TablePair[]> {
  const names = await readAll(
    source,
    `SELECT TABLE_NAME FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
  );
  const loads = await readAll(
    target,
    `SELECT l.source_table, l.target_schema, l.target_table,
       (SELECT count(*) FROM transfuse.rejects r
        WHERE r.run_id = l.run_id AND r.mapping = l.mapping AND r.resolved_at IS NULL)
     FROM transfuse.loads l
     WHERE l.run_id = (SELECT id FROM transfuse.runs ORDER BY started_at DESC LIMIT 1)`,
  );
  const pairs: TablePair[] = [];
  for (const [name] of names as [string][]) {
    const load = loads.find(([sourceTable]) => sourceTable === name) as
      [string, string, string, string] | undefined;
    const sourceColumns = await readSourceColumns(source, name);
    const targetColumns = load ? await readTargetColumns(target, load[1], load[2]) : [];
    const columns = sourceColumns.flatMap((column, place): Column[] => {
      const counterpart = targetColumns[place];
      return counterpart ? [{ source: column, target: counterpart }] : [];
    });
    pairs.push({
      name,
      source: quoteForSource(name),
      target: load ? `${quoteForTarget(load[1])}.${quoteForTarget(load[2])}` : null,
      columns,
      unpairedColumns: Math.abs(sourceColumns.length - targetColumns.length),
      sampleBy: columns.find(isKey) ?? columns.find(({ source }) => source.isWhole) ?? null,
      rejected: Number(load?.[3] ?? 0),
    });
  }
  return pairs;
}

type Column = ColumnPair & { source: { isWhole: boolean; isKey: boolean } };

function isKey({ source }: Column): boolean {
  return source.isWhole && source.isKey;
}

async function readSourceColumns(source: DatabaseEnd, table: string): Promise<Column['source'][]> {
  const rows = await readAll(
    source,
    `SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, DATA_TYPE IN ('int', 'bigint') AND IS_NULLABLE = 'NO', COLUMN_KEY = 'PRI'
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [table],
  );
  return (rows as [string, string, string, string, string][]).map(
    ([name, dataType, columnType, isWhole, isKey]) => ({
      name: quoteForSource(name),
      dataType: dataType.toLowerCase(),
      columnType: columnType.toLowerCase(),
      isWhole: isWhole === '1',
      isKey: isKey === '1',
    }),
  );
}

async function readTargetColumns(
  target: DatabaseEnd,
  schema: string,
  table: string,
): Promise<ColumnPair['target'][]> {
  const rows = await readAll(
    target,
    `SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [schema, table],
  );
  return (rows as [string, string][]).map(([name, type]) => ({ name: quoteForTarget(name), type }));
}

function quoteForSource(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function quoteForTarget(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
