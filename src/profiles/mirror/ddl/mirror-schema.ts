/**
 * The target schema of the mirror profile. Pure: the same catalog and options give the same plan, object for object and
 * name for name. Everything of the source is either in the plan or in its notes.
 */
import type { SourceCatalog } from '../../../mysql/catalog-model.ts';
import { quoteIdentifier } from '../../../postgres/identifiers.ts';
import type { SchemaObject, SchemaPlan } from '../../../postgres/schema-plan.ts';
import { RelationNames } from '../names.ts';
import { mirrorTables } from '../tables.ts';
import { checkObjects } from './checks.ts';
import { commentObjects } from './comments.ts';
import { createNotes, type DdlContext, type MirrorSchemaOptions } from './context.ts';
import { foreignKeyObjects } from './foreign-keys.ts';
import { keyObjects, type IndexObject } from './keys.ts';
import { noteWhatStays } from './leftovers.ts';
import { onUpdateObjects } from './on-update.ts';
import { tableObjects } from './tables-ddl.ts';

export type { MirrorSchemaOptions } from './context.ts';

/** Throws TransfuseError: SOURCE_TYPE_UNKNOWN, NAME_COLLISION. */
export function mirrorSchema(source: SourceCatalog, options: MirrorSchemaOptions): SchemaPlan {
  const tables = mirrorTables(source, options);
  const { notes, note } = createNotes();
  const names = new RelationNames(tables.map((table) => table.name));
  const context: DdlContext = { source, options, tables, names, note };
  const schema = options.targetSchema;
  const objects: SchemaObject[] = [
    { kind: 'schema', schema, table: null, name: schema, sql: `CREATE SCHEMA ${quoteIdentifier(schema)}` },
  ];
  const keys = new Map<string, IndexObject[]>();
  for (const table of tables) {
    const own = tableObjects(context, table);
    const indexes = keyObjects(context, table);
    keys.set(table.name, indexes);
    objects.push(...own, ...indexes.map(({ object }) => object), ...checkObjects(context, table));
    objects.push(...commentObjects(context, table, indexes), ...onUpdateObjects(context, table));
  }
  for (const table of tables) objects.push(...foreignKeyObjects(context, table, keys));
  noteWhatStays(context);
  return { schema, objects, notes };
}
