import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { openTarget, type OpenTargetOptions, type TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError, sqlStateOf } from '../postgres/errors.ts';
import { quoteIdentifier } from '../postgres/identifiers.ts';

/** Databases that a server has before anyone made one; either may be closed to the user. */
const MAINTENANCE_DATABASES = ['postgres', 'template1'] as const;

/**
 * Creates the database of the settings where it does not exist, in UTF8. Returns whether it was created. Throws
 * TARGET_ACCESS_DENIED with the statement for whoever may create it, TARGET_ENCODING for one in another encoding, and
 * what openTarget throws.
 */
export async function ensureDatabase(
  settings: DatabaseSettings,
  options: OpenTargetOptions,
): Promise<boolean> {
  const existing = await openIfExists(settings, options);
  if (existing !== null) {
    await refuseOtherEncodings(existing, settings.database);
    return false;
  }
  const server = await openMaintenance(settings, options);
  try {
    await createDatabase(server, settings);
  } finally {
    await server.close();
  }
  return true;
}

async function openIfExists(
  settings: DatabaseSettings,
  options: OpenTargetOptions,
): Promise<TargetConnection | null> {
  try {
    return await openTarget(settings, options);
  } catch (error) {
    if (error instanceof TransfuseError && error.code === 'TARGET_DATABASE_MISSING') return null;
    throw error;
  }
}

async function refuseOtherEncodings(connection: TargetConnection, database: string): Promise<void> {
  try {
    const { rows } = await connection.query<{ encoding: string }>(
      `SELECT pg_catalog.current_setting('server_encoding') AS encoding`,
    );
    const encoding = rows[0]?.encoding ?? 'unknown';
    if (encoding === 'UTF8') return;
    throw new TransfuseError(
      'TARGET_ENCODING',
      `The target database ${database} is encoded in ${encoding}, not in UTF8.`,
      {
        where: { database, encoding },
      },
    );
  } finally {
    await connection.close();
  }
}

async function openMaintenance(
  settings: DatabaseSettings,
  options: OpenTargetOptions,
): Promise<TargetConnection> {
  let refusal: unknown;
  for (const database of MAINTENANCE_DATABASES) {
    try {
      return await openTarget(settings, { ...options, database });
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

async function createDatabase(server: TargetConnection, settings: DatabaseSettings): Promise<void> {
  const name = quoteIdentifier(settings.database);
  // template0: the only one from which an encoding of one's own can be chosen.
  const sql = `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`;
  try {
    await server.client.query(sql);
  } catch (error) {
    const state = sqlStateOf(error);
    // Another session was quicker.
    if (state === '42P04' || state === '23505') return;
    // The server's own locale does not go with UTF8; C goes with any encoding.
    if (state === '22023') return void (await server.query(`${sql} LOCALE 'C'`));
    throw classifyTargetError(error, {
      action: `create the database ${settings.database} as ${settings.user}`,
      where: { database: settings.database },
      ...(state === '42501' && {
        fix: `Let someone who may create databases run:\n${sql} OWNER ${quoteIdentifier(settings.user)};`,
      }),
    });
  }
}
