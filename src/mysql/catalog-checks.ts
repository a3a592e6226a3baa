import type { SourceCheck } from './catalog-model.ts';
import { groupBy, type CatalogScope } from './catalog-scope.ts';
import { unescapeExpression } from './sql-literals.ts';

interface CheckRow {
  tableName: string;
  name: string;
  expression: string;
  enforced: string;
}

/** CHECK constraints by table, those that MariaDB hangs on a column too. Empty for servers without them. */
export async function readChecks(scope: CatalogScope): Promise<Map<string, SourceCheck[]>> {
  const sql = checksQuery(scope);
  if (sql === null) return new Map();
  const rows = await scope.query<CheckRow>(sql);
  const escaped = scope.source.server.flavor === 'mysql';
  const result = new Map<string, SourceCheck[]>();
  for (const [table, checks] of groupBy(rows, ({ tableName }) => tableName)) {
    result.set(
      table,
      checks.map(({ name, expression, enforced }) => ({
        name,
        expression: escaped ? unescapeExpression(expression) : expression,
        enforced: enforced === 'YES',
      })),
    );
  }
  return result;
}

function checksQuery(scope: CatalogScope): string | null {
  // MariaDB: a name is unique in its table only, and the table is told right here.
  if (scope.has('CHECK_CONSTRAINTS', 'TABLE_NAME')) {
    return (
      `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS expression, 'YES' AS enforced ` +
      `FROM information_schema.CHECK_CONSTRAINTS WHERE ${scope.isDatabase('CONSTRAINT_SCHEMA')}`
    );
  }
  if (!scope.has('CHECK_CONSTRAINTS', 'CHECK_CLAUSE')) return null;
  return (
    `SELECT t.TABLE_NAME AS tableName, c.CONSTRAINT_NAME AS name, c.CHECK_CLAUSE AS expression, t.ENFORCED AS enforced ` +
    `FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t ` +
    `ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME ` +
    `WHERE t.CONSTRAINT_TYPE = 'CHECK' AND ${scope.isDatabase('c.CONSTRAINT_SCHEMA')}`
  );
}

/** The column that a check declares to be JSON, which is how MariaDB spells that type; null for any other check. */
export function jsonColumnOf({ expression }: SourceCheck): string | null {
  const match = /^\(*json_valid\(`((?:[^`]|``)+)`\)\)*$/i.exec(expression.trim());
  return match ? (match[1] ?? '').replaceAll('``', '`') : null;
}
