import type { TargetConnection } from '../../postgres/connection.ts';
import { qualified } from '../../postgres/identifiers.ts';
import type { SavedObject } from '../saved-objects.ts';
import { concurrently } from './object-statements.ts';
import { runDefinition } from './run-definition.ts';

/**
 * Builds an index without keeping anybody from writing. Finished already, by a call that was killed before it could say so: does
 * nothing. What a failed attempt left behind, now or before, is dropped: it would cost every writer and serve no reader. Throws
 * TransfuseError as runDefinition does.
 */
export async function buildConcurrently(connection: TargetConnection, index: SavedObject): Promise<void> {
  const before = await findIndex(connection, index);
  if (before?.valid) return;
  const [current] = (await connection.query<{ lock_timeout: string }>('SHOW lock_timeout')).rows;
  // It waits for every transaction that is open, and nobody waits for it meanwhile.
  await connection.query("SELECT pg_catalog.set_config('lock_timeout', '0', false)");
  try {
    if (before) await dropInvalid(connection, index);
    for (const statement of concurrently(index)) await runDefinition(connection, index, statement);
  } catch (error) {
    if (!connection.isLost && (await findIndex(connection, index))?.valid === false)
      await dropInvalid(connection, index);
    throw error;
  } finally {
    if (!connection.isLost) {
      await connection.query("SELECT pg_catalog.set_config('lock_timeout', $1, false)", [
        current!.lock_timeout,
      ]);
    }
  }
}

async function findIndex(
  connection: TargetConnection,
  { schema, table, name }: SavedObject,
): Promise<{ valid: boolean } | null> {
  const { rows } = await connection.query<{ valid: boolean }>(
    `SELECT x.indisvalid AS valid FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
     JOIN pg_catalog.pg_class t ON t.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
     WHERE n.nspname = $1 AND t.relname = $2 AND i.relname = $3`,
    [schema, table, name],
  );
  return rows[0] ?? null;
}

async function dropInvalid(connection: TargetConnection, { schema, name }: SavedObject): Promise<void> {
  await connection.query(`DROP INDEX CONCURRENTLY ${qualified(schema, name)}`);
}
