/**
 * Makes a schema that is written by hand. Promises: all of it or nothing, in one transaction; a schema that has tables is left as it
 * is, whoever made it: that it fits the mappings is checked before anything is loaded into it.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { openTarget, type OpenTargetOptions, type TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError } from '../postgres/errors.ts';
import type { SchemaScript } from '../postgres/schema-plan.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { ensureDatabase } from './create-database.ts';

export interface ScriptReport {
  database: string;
  databaseCreated: boolean;
  schema: string;
  /** false where its tables were there. */
  schemaCreated: boolean;
  tables: string[];
}

/** Throws TARGET_ACCESS_DENIED, TARGET_ENCODING, TARGET_STATEMENT_FAILED, and what openTarget throws. */
export async function runScript(
  settings: DatabaseSettings,
  script: SchemaScript,
  options: OpenTargetOptions,
): Promise<ScriptReport> {
  const databaseCreated = await ensureDatabase(settings, options);
  const connection = await openTarget(settings, options);
  try {
    const before = await tablesOf(connection, script.schema);
    if (before.length === 0) await make(connection, script);
    const tables = before.length > 0 ? before : await tablesOf(connection, script.schema);
    const { database } = settings;
    return { database, databaseCreated, schema: script.schema, schemaCreated: before.length === 0, tables };
  } finally {
    await connection.close();
  }
}

async function make(connection: TargetConnection, { schema, sql }: SchemaScript): Promise<void> {
  try {
    await inTransaction(connection, () => connection.query(sql));
  } catch (error) {
    if (!(error instanceof TransfuseError))
      throw classifyTargetError(error, { action: `create the schema ${schema}` });
    const { code, message, where, fix } = error;
    throw new TransfuseError(code, `The script of the schema ${schema} was not run: ${message}`, {
      where: { ...where, schema },
      fix,
    });
  }
}

async function tablesOf(connection: TargetConnection, schema: string): Promise<string[]> {
  const { rows } = await connection.query<{ name: string }>(
    'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = $1 ORDER BY 1',
    [schema],
  );
  return rows.map(({ name }) => name);
}
