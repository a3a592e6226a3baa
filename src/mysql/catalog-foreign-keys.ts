import type { ReferentialAction, SourceForeignKey } from './catalog-model.ts';
import { groupBy, type CatalogScope } from './catalog-scope.ts';
import { quoteSourceIdentifier } from './identifiers.ts';

interface UsageRow {
  tableName: string;
  name: string;
  position: number | string;
  column: string;
  referencedDatabase: string;
  referencedTable: string;
  referencedColumn: string;
}

interface Actions {
  onDelete: ReferentialAction;
  onUpdate: ReferentialAction;
}

interface ActionRow extends Actions {
  tableName: string;
  name: string;
}

/** Foreign keys by table. Names are spelled as the key's definition spells them. */
export async function readForeignKeys(scope: CatalogScope): Promise<Map<string, SourceForeignKey[]>> {
  const usages = await scope.query<UsageRow>(
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, ORDINAL_POSITION AS position, COLUMN_NAME AS \`column\`, ` +
      `REFERENCED_TABLE_SCHEMA AS referencedDatabase, REFERENCED_TABLE_NAME AS referencedTable, ` +
      `REFERENCED_COLUMN_NAME AS referencedColumn FROM information_schema.KEY_COLUMN_USAGE ` +
      `WHERE ${scope.isDatabase('TABLE_SCHEMA')} AND REFERENCED_TABLE_NAME IS NOT NULL`,
  );
  if (usages.length === 0) return new Map();
  const rules = await scope.query<ActionRow>(
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, DELETE_RULE AS onDelete, UPDATE_RULE AS onUpdate ` +
      `FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE ${scope.isDatabase('CONSTRAINT_SCHEMA')}`,
  );
  const actions = groupBy(rules, ({ tableName }) => tableName);
  const result = new Map<string, SourceForeignKey[]>();
  for (const [table, rows] of groupBy(usages, ({ tableName }) => tableName)) {
    // MariaDB shows the actions only to users who may do more than SELECT.
    const known = actions.get(table) ?? (await readActionsFromDefinition(scope, table));
    const byName = new Map(known.map((row) => [row.name, row]));
    const keys = [...groupBy(rows, ({ name }) => name).values()];
    result.set(
      table,
      keys.map((parts) => toForeignKey(parts, byName)),
    );
  }
  return result;
}

function toForeignKey(rows: UsageRow[], actions: Map<string, Actions>): SourceForeignKey {
  rows.sort((a, b) => Number(a.position) - Number(b.position));
  const first = rows[0] as UsageRow;
  const { onDelete, onUpdate } = actions.get(first.name) ?? { onDelete: 'RESTRICT', onUpdate: 'RESTRICT' };
  return {
    name: first.name,
    columns: rows.map(({ column }) => column),
    referencedDatabase: first.referencedDatabase,
    referencedTable: first.referencedTable,
    referencedColumns: rows.map(({ referencedColumn }) => referencedColumn),
    onDelete,
    onUpdate,
  };
}

const DEFINITION = /^\s*CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY .*\)((?: ON (?:DELETE|UPDATE) [A-Z ]+?)*),?$/;

async function readActionsFromDefinition(scope: CatalogScope, table: string): Promise<ActionRow[]> {
  const name = `${quoteSourceIdentifier(scope.database)}.${quoteSourceIdentifier(table)}`;
  const [row] = await scope.query<Record<string, string>>(`SHOW CREATE TABLE ${name}`);
  return parseActions(row?.['Create Table'] ?? '').map((actions) => ({ ...actions, tableName: table }));
}

/** The actions of the foreign keys in what SHOW CREATE TABLE prints. */
export function parseActions(definition: string): (Actions & { name: string })[] {
  return definition.split('\n').flatMap((line) => {
    const match = DEFINITION.exec(line);
    if (!match) return [];
    const action = (event: string): ReferentialAction =>
      (new RegExp(` ON ${event} (CASCADE|SET NULL|SET DEFAULT|NO ACTION|RESTRICT)`).exec(
        match[2] ?? '',
      )?.[1] ?? 'RESTRICT') as ReferentialAction;
    return [
      {
        name: (match[1] ?? '').replaceAll('``', '`'),
        onDelete: action('DELETE'),
        onUpdate: action('UPDATE'),
      },
    ];
  });
}
