/** The databases that are filled: made by bin/schema, so that every contestant fills the very same table. */
import path from 'node:path';
import { runMeasured } from '../measure/run-measured.ts';
import type { Arena } from './contestant.ts';
import { addPrimaryKeySql } from './contestant.ts';
import { TRANSFORMED_PROFILE, projectRoot, transfuseEnv } from './transfuse-env.ts';

/** Creates the database with the table in it. */
export async function createTargetDatabase(
  arena: Arena,
  database: string,
  profile: 'mirror' | 'transformed',
): Promise<void> {
  const { servers } = arena;
  await servers.queryTarget('postgres', `CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'UTF8'`);
  const option = profile === 'mirror' ? '' : ` --profile ${TRANSFORMED_PROFILE}`;
  const script = `${path.join(projectRoot, 'bin/schema')}${option}`;
  await runMeasured(script, transfuseEnv(arena, database), servers.directory);
}

/** Takes the primary key away for good, whatever its name, and checks that it can be put back under ours. */
export async function removePrimaryKey({ servers, table }: Arena, database: string): Promise<void> {
  const keys = await servers.queryTarget<{ name: string }>(
    database,
    `SELECT quote_ident(conname) AS name FROM pg_constraint WHERE conrelid = '${table.name}'::regclass AND contype = 'p'`,
  );
  for (const { name } of keys) {
    await servers.queryTarget(database, `ALTER TABLE ${table.name} DROP CONSTRAINT ${name}`);
  }
}

/** An empty table without its primary key. */
export async function emptyWithoutKey(arena: Arena, database: string): Promise<void> {
  await removePrimaryKey(arena, database);
  await arena.servers.queryTarget(database, `TRUNCATE ${arena.table.name}`);
}

/** An empty table with its primary key, and no trace of an earlier run. */
export async function emptyWithKey(arena: Arena, database: string): Promise<void> {
  const { servers, table } = arena;
  await servers.queryTarget(database, 'DROP SCHEMA IF EXISTS transfuse CASCADE');
  await servers.queryTarget(database, `TRUNCATE ${table.name}`);
  if (!(await hasPrimaryKey(arena, database))) await servers.queryTarget(database, addPrimaryKeySql(arena));
}

async function hasPrimaryKey({ servers, table }: Arena, database: string): Promise<boolean> {
  const keys = await servers.queryTarget(
    database,
    `SELECT 1 FROM pg_constraint WHERE conrelid = '${table.name}'::regclass AND contype = 'p'`,
  );
  return keys.length === 1;
}

/** Throws unless every row is there, and the primary key. */
export async function checkArrival(arena: Arena, database: string): Promise<void> {
  const { servers, table, rows } = arena;
  const [counted] = await servers.queryTarget<{ rows: string }>(
    database,
    `SELECT count(*) AS rows FROM ${table.name}`,
  );
  if (Number(counted?.rows) !== rows)
    throw new Error(`${counted?.rows} of ${rows} rows arrived in ${database}`);
  if (!(await hasPrimaryKey(arena, database)))
    throw new Error(`${database} has no primary key after the load`);
}

/** Of all rows and their values. Carriage returns are left out: the native ways lose them. */
export async function contentDigest({ servers, table }: Arena, database: string): Promise<string> {
  const [row] = await servers.queryTarget<{ digest: string }>(
    database,
    `SELECT sum(hashtextextended(replace(t::text, E'\\r', ''), 0)) AS digest FROM ${table.name} AS t`,
  );
  return String(row?.digest);
}
