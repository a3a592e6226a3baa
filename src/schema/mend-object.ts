import { qualified, quoteIdentifier } from '../postgres/identifiers.ts';
import type { SchemaObject } from '../postgres/schema-plan.ts';

/**
 * The statements that would put the planned object into the place of one that differs; none where a column has to be looked at
 * instead. They are for people to read and run. The text of a comment is not in them: it may speak of a patient.
 */
export function mendObject(object: SchemaObject): string[] {
  switch (object.kind) {
    case 'primary-key':
    case 'unique':
    case 'check':
    case 'foreign-key': {
      const table = qualified(object.schema, object.table);
      return [`ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(object.name)};`, `${object.sql};`];
    }
    case 'index':
      return [`DROP INDEX ${qualified(object.schema, object.name)};`, `${object.sql};`];
    case 'trigger': {
      const table = qualified(object.schema, object.table);
      return [`DROP TRIGGER ${quoteIdentifier(object.name)} ON ${table};`, `${object.sql};`];
    }
    case 'function':
      return [`${object.sql.replace(/^CREATE FUNCTION/, 'CREATE OR REPLACE FUNCTION')};`];
    case 'comment':
      return [`COMMENT ON ${commentSubject(object)} IS NULL; -- bin/schema then sets it`];
    default:
      return [];
  }
}

function commentSubject({ schema, table, on }: SchemaObject & { kind: 'comment' }): string {
  if (on.kind === 'table') return `TABLE ${qualified(schema, table)}`;
  if (on.kind === 'index') return `INDEX ${qualified(schema, on.name)}`;
  return `COLUMN ${qualified(schema, table)}.${quoteIdentifier(on.name)}`;
}
