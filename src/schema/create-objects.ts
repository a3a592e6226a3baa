import type { DatabaseSettings } from '../config/settings.ts';
import type { TransfuseError } from '../core/errors.ts';
import type { TargetExtension } from '../postgres/catalog-model.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError, targetErrorKind } from '../postgres/errors.ts';
import { quoteIdentifier } from '../postgres/identifiers.ts';
import type { SchemaObject } from '../postgres/schema-plan.ts';
import { inTransaction } from '../postgres/transaction.ts';

/** Each created object locks several relations until its transaction ends; the server's lock table is finite. */
const MAX_OBJECTS_PER_TRANSACTION = 100;

interface CreateContext {
  settings: DatabaseSettings;
  extensions: readonly TargetExtension[];
}

/** Creates the objects in their order. An object that the server refuses is named; those before its group stay. */
export async function createObjects(
  connection: TargetConnection,
  objects: readonly SchemaObject[],
  context: CreateContext,
): Promise<void> {
  if (objects.length === 0) return;
  await allowExtensionTypes(connection, context.extensions);
  for (const group of groupsOf(objects)) {
    try {
      // Several statements in one message are one transaction and one round trip.
      await connection.client.query(group.map(({ sql }) => sql).join(';\n'));
    } catch (error) {
      if (targetErrorKind(error) === 'transient') throw refusal(error, group[0]!, context);
      await createOneByOne(connection, group, context);
    }
  }
}

/** Types of extensions are written without their schema, which differs from server to server. */
async function allowExtensionTypes(
  connection: TargetConnection,
  extensions: readonly TargetExtension[],
): Promise<void> {
  const schemas = new Set(extensions.map((extension) => extension.schema));
  const path = [...schemas].map(quoteIdentifier).join(', ');
  await connection.query(`SELECT pg_catalog.set_config('search_path', $1, false)`, [path]);
}

/** Groups of whole tables, as large as one transaction may be. */
function groupsOf(objects: readonly SchemaObject[]): SchemaObject[][] {
  const groups: SchemaObject[][] = [];
  let group: SchemaObject[] = [];
  for (const [i, object] of objects.entries()) {
    const startsTable = object.table !== objects[i - 1]?.table;
    if (startsTable && group.length >= MAX_OBJECTS_PER_TRANSACTION) {
      groups.push(group);
      group = [];
    }
    group.push(object);
  }
  groups.push(group);
  return groups;
}

/** The group was refused as a whole: once more, to find which object it was. */
async function createOneByOne(
  connection: TargetConnection,
  group: readonly SchemaObject[],
  context: CreateContext,
): Promise<void> {
  await inTransaction(connection, async () => {
    for (const object of group) {
      try {
        await connection.client.query(object.sql);
      } catch (error) {
        throw refusal(error, object, context);
      }
    }
  });
}

function refusal(error: unknown, object: SchemaObject, { settings }: CreateContext): TransfuseError {
  const user = quoteIdentifier(settings.user);
  const grant =
    object.kind === 'schema'
      ? `GRANT CREATE ON DATABASE ${quoteIdentifier(settings.database)} TO ${user};`
      : `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(object.schema)} TO ${user};`;
  const label =
    object.table === null || object.table === object.name ? object.name : `${object.table}.${object.name}`;
  return classifyTargetError(error, {
    action: `create the ${object.kind} ${label}`,
    where: { database: settings.database, object: object.name },
    ...(targetErrorKind(error) === 'permission' && {
      fix: `Let the owner run, in the database ${settings.database}:\n${grant}`,
    }),
  });
}
