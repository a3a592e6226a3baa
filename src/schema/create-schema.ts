/**
 * Makes a schema plan real. Promises: everything is compared before anything is created; where anything differs nothing
 * is created; an object that exists is never altered; run again, it creates only what is missing. The objects of a table
 * are made in one transaction, the foreign keys after all tables. Holds the plan and the catalog in memory, no rows.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { readTargetCatalog } from '../postgres/catalog.ts';
import { openTarget, type OpenTargetOptions } from '../postgres/connection.ts';
import type { SchemaObject, SchemaPlan } from '../postgres/schema-plan.ts';
import { compareSchema, type LeftAlone } from './compare-schema.ts';
import { ensureDatabase } from './create-database.ts';
import { createObjects } from './create-objects.ts';
import { SchemaDiffersError } from './schema-differs-error.ts';

export interface CreateSchemaOptions {
  settings: DatabaseSettings;
  schemaPlan: SchemaPlan;
  /** Neither created nor compared: what a bulk load has saved and dropped comes back by its own hand. */
  leaveAlone?: readonly LeftAlone[];
  connection: OpenTargetOptions;
}

export interface SchemaReport {
  database: string;
  databaseCreated: boolean;
  created: SchemaObject[];
  present: SchemaObject[];
  leftAlone: LeftAlone[];
  notes: SchemaPlan['notes'];
}

/**
 * Throws SchemaDiffersError (TARGET_SCHEMA_DIFFERS), TARGET_ACCESS_DENIED with the GRANT that is missing,
 * TARGET_ENCODING, and what openTarget and TargetConnection.query throw.
 */
export async function createSchema(options: CreateSchemaOptions): Promise<SchemaReport> {
  const { settings, schemaPlan, leaveAlone = [] } = options;
  const databaseCreated = await ensureDatabase(settings, options.connection);
  const connection = await openTarget(settings, options.connection);
  try {
    const catalog = await readTargetCatalog(connection, schemaPlan.schema, { withRows: false });
    const compared = compareSchema(schemaPlan, catalog, { leaveAlone });
    const differing = compared.filter((difference) => difference.status === 'differs');
    if (differing.length > 0) throw new SchemaDiffersError(settings.database, differing);
    const missing = new Set(compared.map((difference) => difference.object));
    const created = schemaPlan.objects.filter((object) => missing.has(object));
    await createObjects(connection, created, { settings, extensions: catalog.extensions });
    const absent = new Set(leaveAlone.map(({ table, name }) => `${table}\0${name}`));
    const present = schemaPlan.objects.filter(
      (object) => !missing.has(object) && !absent.has(`${object.table}\0${object.name}`),
    );
    return {
      database: settings.database,
      databaseCreated,
      created,
      present,
      leftAlone: [...leaveAlone],
      notes: schemaPlan.notes,
    };
  } finally {
    await connection.close();
  }
}
