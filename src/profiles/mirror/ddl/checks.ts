/** CHECK constraints: those of the source that can be translated, and those that stand for ENUM and SET. */
import { qualified, quoteIdentifier, quoteLiteral } from '../../../postgres/identifiers.ts';
import type { SchemaObject } from '../../../postgres/schema-plan.ts';
import type { MirrorColumn, MirrorTable } from '../tables.ts';
import { translateCheck } from './check-translation.ts';
import type { DdlContext } from './context.ts';
import { translatableColumns } from './translatable-columns.ts';

export function checkObjects(context: DdlContext, table: MirrorTable): SchemaObject[] {
  const columns = translatableColumns(table);
  const objects = table.columns.flatMap((column) => {
    const condition = membersCondition(column);
    return condition === null ? [] : [checkObject(context, table, column.name, condition)];
  });
  for (const check of table.source.checks) {
    const note = (text: string): void => context.note(table.source.name, `check ${check.name}`, text);
    if (!check.enforced) {
      note('Is not created: the source does not enforce it.');
      continue;
    }
    const translation = translateCheck(check.expression, columns);
    if ('reason' in translation) note(`Is not created: ${translation.reason}.`);
    else if (!translation.alwaysTrue) objects.push(checkObject(context, table, check.name, translation.sql));
  }
  return objects;
}

function membersCondition(column: MirrorColumn): string | null {
  const { dataType, members } = column.source;
  if (members === null || members.length === 0) return null;
  const array = `ARRAY[${members.map(quoteLiteral).join(', ')}]`;
  if (dataType === 'enum') return `${quoteIdentifier(column.name)} = ANY (${array})`;
  return dataType === 'set' ? `${quoteIdentifier(column.name)} <@ ${array}` : null;
}

function checkObject(
  context: DdlContext,
  table: MirrorTable,
  label: string,
  condition: string,
): SchemaObject {
  const schema = context.options.targetSchema;
  const name = context.names.claim(`${table.name}_${label}_check`);
  const definition = `CHECK (${condition})`;
  const sql = `ALTER TABLE ${qualified(schema, table.name)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`;
  return { kind: 'check', schema, table: table.name, name, sql, definition };
}
