import { qualified, quoteIdentifier, quoteLiteral } from '../../../postgres/identifiers.ts';
import type { CommentTarget, SchemaObject } from '../../../postgres/schema-plan.ts';
import type { MirrorTable } from '../tables.ts';
import type { DdlContext } from './context.ts';
import type { IndexObject } from './keys.ts';

/** Comments on the table, its columns and its indexes. */
export function commentObjects(
  context: DdlContext,
  table: MirrorTable,
  indexes: readonly IndexObject[],
): SchemaObject[] {
  const schema = context.options.targetSchema;
  const objects: SchemaObject[] = [];
  const add = (on: CommentTarget, subject: string, name: string, comment: string): void => {
    // SQL has no way to write U+0000.
    const text = comment.replaceAll('\0', '');
    if (text === '') return;
    const sql = `COMMENT ON ${subject} IS ${quoteLiteral(text)}`;
    objects.push({ kind: 'comment', schema, table: table.name, name, sql, on, text });
  };
  const tableSql = qualified(schema, table.name);
  add({ kind: 'table' }, `TABLE ${tableSql}`, table.name, table.source.comment);
  for (const { name, source } of table.columns) {
    add({ kind: 'column', name }, `COLUMN ${tableSql}.${quoteIdentifier(name)}`, name, source.comment);
  }
  for (const { source, object } of indexes) {
    const { name } = object;
    add({ kind: 'index', name }, `INDEX ${qualified(schema, name)}`, name, source.comment);
  }
  return objects;
}
