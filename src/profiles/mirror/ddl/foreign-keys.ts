/** Foreign keys, where PostgreSQL can have them: to a mirrored table, on columns that a unique key covers. */
import type { ReferentialAction, SourceForeignKey } from '../../../mysql/catalog-model.ts';
import { qualified, quoteIdentifier } from '../../../postgres/identifiers.ts';
import type { SchemaObject } from '../../../postgres/schema-plan.ts';
import type { MirrorColumn, MirrorTable } from '../tables.ts';
import type { DdlContext } from './context.ts';
import { isLoose, type IndexObject } from './keys.ts';

/** `keys` are the keys and indexes that were made, by target table. */
export function foreignKeyObjects(
  context: DdlContext,
  table: MirrorTable,
  keys: ReadonlyMap<string, readonly IndexObject[]>,
): SchemaObject[] {
  return table.source.foreignKeys.flatMap((foreignKey) => {
    const note = (text: string): void =>
      context.note(table.source.name, `foreign key ${foreignKey.name}`, text);
    const referenced = referencedTable(context, foreignKey);
    if (referenced === null) {
      note(
        `Is not created: ${foreignKey.referencedDatabase}.${foreignKey.referencedTable} is not among the tables moved.`,
      );
      return [];
    }
    const columns = columnsOf(table, foreignKey.columns);
    const referencedColumns = columnsOf(referenced, foreignKey.referencedColumns);
    const obstacle = obstacleTo(columns, referencedColumns, keys.get(referenced.name) ?? []);
    if (obstacle !== null) {
      note(`Is not created: ${obstacle}.`);
      return [];
    }
    if (columns.some(isLoose)) {
      note(
        'Is stricter: a reference that differs from its row in case, accents or trailing spaces is an orphan here.',
      );
    }
    return [foreignKeyObject(context, table, foreignKey, { columns, referenced, referencedColumns }, note)];
  });
}

function referencedTable(context: DdlContext, foreignKey: SourceForeignKey): MirrorTable | null {
  if (foreignKey.referencedDatabase !== context.source.database) return null;
  const named = (fold: (name: string) => string) =>
    context.tables.find((table) => fold(table.source.name) === fold(foreignKey.referencedTable));
  // Servers with lower_case_table_names=2 write the reference as it was typed.
  return named((name) => name) ?? named((name) => name.toLowerCase()) ?? null;
}

function columnsOf(table: MirrorTable, names: readonly string[]): MirrorColumn[] {
  return names.flatMap((name) => {
    const folded = name.toLowerCase();
    return table.columns.find((column) => column.source.name.toLowerCase() === folded) ?? [];
  });
}

function obstacleTo(
  columns: readonly MirrorColumn[],
  referenced: readonly MirrorColumn[],
  keys: readonly IndexObject[],
): string | null {
  const wanted = referenced.map((column) => column.source.name).sort();
  const isCovered = keys.some(
    ({ source }) =>
      source.unique &&
      source.kind === 'btree' &&
      source.parts.every((part) => part.column !== null) &&
      sameNames(source.parts.map((part) => part.column!).sort(), wanted) &&
      source.parts.every((part) => part.prefixLength === null),
  );
  if (!isCovered) return 'the columns that it references have no unique key, which PostgreSQL wants';
  const family = (column: MirrorColumn): string =>
    /^(smallint|integer|bigint|numeric)/.test(column.type)
      ? 'number'
      : /^(text$|character varying)/.test(column.type)
        ? 'text'
        : column.type.replace(/\(\d+\)/, '');
  const differs = columns.find((column, i) => family(column) !== family(referenced[i] ?? column));
  return differs === undefined ? null : 'the types of both sides do not compare in PostgreSQL';
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function foreignKeyObject(
  context: DdlContext,
  table: MirrorTable,
  source: SourceForeignKey,
  ends: { columns: MirrorColumn[]; referenced: MirrorTable; referencedColumns: MirrorColumn[] },
  note: (text: string) => void,
): SchemaObject {
  const schema = context.options.targetSchema;
  const name = context.names.claim(`${table.name}_${source.name}_fkey`);
  const list = (columns: readonly MirrorColumn[]): string =>
    columns.map((c) => quoteIdentifier(c.name)).join(', ');
  const definition =
    `FOREIGN KEY (${list(ends.columns)}) REFERENCES ${qualified(schema, ends.referenced.name)}(${list(ends.referencedColumns)})` +
    actionSql('UPDATE', source.onUpdate, note) +
    actionSql('DELETE', source.onDelete, note);
  const sql = `ALTER TABLE ${qualified(schema, table.name)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`;
  return { kind: 'foreign-key', schema, table: table.name, name, sql, definition };
}

/** NO ACTION is left out, as PostgreSQL prints it. */
function actionSql(
  event: 'UPDATE' | 'DELETE',
  action: ReferentialAction,
  note: (text: string) => void,
): string {
  if (action === 'SET DEFAULT') {
    note(`ON ${event} SET DEFAULT becomes NO ACTION, which is what InnoDB makes of it.`);
    return '';
  }
  return action === 'NO ACTION' ? '' : ` ON ${event} ${action}`;
}
