/**
 * Reads what a source database is made of: a fixed number of statements whatever the number of tables, and one more
 * for a table only where information_schema cannot answer. Not a snapshot: a table altered meanwhile may come out
 * mixed, which the plan's check against the first rows read will notice. Holds the catalog in memory, about 1 kB for
 * each column.
 */
import { TransfuseError } from '../core/errors.ts';
import { jsonColumnOf, readChecks } from './catalog-checks.ts';
import { readColumns } from './catalog-columns.ts';
import { readForeignKeys } from './catalog-foreign-keys.ts';
import { readIndexes } from './catalog-indexes.ts';
import type {
  SourceCatalog,
  SourceCheck,
  SourceColumn,
  SourceForeignKey,
  SourceTable,
} from './catalog-model.ts';
import { readStoredPrograms } from './catalog-others.ts';
import { openCatalogScope, type CatalogScope } from './catalog-scope.ts';
import type { SourceConnection } from './connection.ts';
import { readExactDefaults } from './exact-defaults.ts';
import { quoteSourceIdentifier } from './identifiers.ts';

interface TableRow {
  name: string;
  type: string;
  engine: string | null;
  comment: string;
  collation: string | null;
  rowEstimate: number | string | null;
  dataBytes: number | string | null;
  nextAutoIncrement: number | string | null;
  options: string | null;
}

/**
 * The whole catalog of `database`, tables by name. Needs SELECT on the database; shows only what the user may see.
 * Throws SOURCE_DATABASE_MISSING, SOURCE_QUERY_FAILED for a table that the server cannot open, SOURCE_LOST.
 */
export async function readSourceCatalog(source: SourceConnection, database: string): Promise<SourceCatalog> {
  const scope = await openCatalogScope(source, database);
  const rows = await readTableRows(scope);
  const columns = await readColumns(scope);
  const indexes = await readIndexes(scope);
  const foreignKeys = await readForeignKeys(scope);
  const checks = await readChecks(scope);
  const tables = rows
    .filter(({ type }) => type === 'BASE TABLE' || type === 'SYSTEM VERSIONED')
    .map((row) =>
      toTable(row, {
        columns: columns.get(row.name) ?? refuseUnreadable(row.name),
        indexes: indexes.get(row.name) ?? [],
        foreignKeys: foreignKeys.get(row.name) ?? [],
        checks: checks.get(row.name) ?? [],
      }),
    );
  spellReferences(tables, scope.database);
  await readExactDefaults(scope, tables);
  const named = (type: string): string[] => rows.filter((row) => row.type === type).map(({ name }) => name);
  return {
    database: scope.database,
    flavor: source.server.flavor,
    tables,
    others: { views: named('VIEW'), sequences: named('SEQUENCE'), ...(await readStoredPrograms(scope)) },
  };
}

async function readTableRows(scope: CatalogScope): Promise<TableRow[]> {
  const rows = await scope.query<TableRow>(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine, TABLE_COMMENT AS comment, ` +
      `TABLE_COLLATION AS collation, TABLE_ROWS AS rowEstimate, DATA_LENGTH AS dataBytes, ` +
      `AUTO_INCREMENT AS nextAutoIncrement, CREATE_OPTIONS AS options ` +
      `FROM information_schema.TABLES WHERE ${scope.isDatabase('TABLE_SCHEMA')}`,
  );
  return rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function toTable(
  row: TableRow,
  parts: Pick<SourceTable, 'columns' | 'indexes' | 'foreignKeys' | 'checks'>,
): SourceTable {
  const autoIncrement = parts.columns.some((column) => column.autoIncrement);
  return {
    name: row.name,
    engine: row.engine ?? '',
    comment: row.comment,
    collation: row.collation,
    rowEstimate: Number(row.rowEstimate ?? 0),
    dataBytes: Number(row.dataBytes ?? 0),
    partitioned: /\bpartitioned\b/i.test(row.options ?? ''),
    // Where nothing was ever inserted, MySQL shows none.
    nextAutoIncrement: autoIncrement ? String(row.nextAutoIncrement ?? 1) : null,
    ...parts,
    checks: withoutJsonChecks(parts.checks, parts.columns),
  };
}

/** MariaDB's JSON is LONGTEXT with a check: marks the column, and leaves out the check that the type implies. */
function withoutJsonChecks(checks: SourceCheck[], columns: SourceColumn[]): SourceCheck[] {
  return checks.filter((check) => {
    const name = jsonColumnOf(check)?.toLowerCase();
    const column = columns.find((candidate) => candidate.name.toLowerCase() === name);
    if (column?.dataType !== 'longtext') return true;
    column.json = true;
    return false;
  });
}

/** A foreign key may spell the names it refers to in another case than the table does. */
function spellReferences(tables: SourceTable[], database: string): void {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const byFoldedName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const spell = (names: string[], table: SourceTable): string[] =>
    names.map(
      (name) =>
        table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name ?? name,
    );
  const referenced = (key: SourceForeignKey): SourceTable | undefined =>
    key.referencedDatabase.toLowerCase() === database.toLowerCase()
      ? (byName.get(key.referencedTable) ?? byFoldedName.get(key.referencedTable.toLowerCase()))
      : undefined;
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      key.columns = spell(key.columns, table);
      const target = referenced(key);
      if (!target) continue;
      key.referencedDatabase = database;
      key.referencedTable = target.name;
      key.referencedColumns = spell(key.referencedColumns, target);
    }
  }
}

function refuseUnreadable(table: string): never {
  throw new TransfuseError(
    'SOURCE_QUERY_FAILED',
    `The source server cannot open table ${quoteSourceIdentifier(table)}, or shows none of its columns.`,
    {
      where: { table },
      fix: 'Run CHECK TABLE at the source and repair or drop the table, or grant SELECT on it.',
    },
  );
}
