import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';
import { finding, type Finding } from './finding.ts';
import { checkTarget, type SchemaState, type TargetState } from './target-checks.ts';
import { unreachable } from './unreachable.ts';

/** A database that every server has, to ask from when ours does not exist yet. */
const MAINTENANCE_DATABASE = 'postgres';

/**
 * Reaches one target database and checks every prerequisite there. Changes nothing. `end` begins the ids of the
 * findings. A target that cannot be reached is one failed finding; only INTERRUPTED is thrown.
 */
export async function inspectTarget(
  end: string,
  settings: DatabaseSettings,
  schemas: readonly string[],
  signal: AbortSignal,
): Promise<Finding[]> {
  let opened: { target: TargetConnection; exists: boolean };
  try {
    opened = await open(settings, signal);
  } catch (error) {
    return [unreachable(end, error, settings)];
  }
  const { target, exists } = opened;
  const reached = finding(
    `${end}-reachable`,
    true,
    `Signed in to ${settings.host}:${settings.port}${exists ? `, database ${settings.database}` : ''}.`,
    'It is written to.',
  );
  try {
    const state = await readState(target, exists ? schemas : null);
    return [reached, ...checkTarget(end, state, settings)];
  } catch (error) {
    return [reached, unreachable(end, error, settings, `${end}-inspected`)];
  } finally {
    await target.close();
  }
}

async function open(settings: DatabaseSettings, signal: AbortSignal) {
  const applicationName = 'transfuse test-connection';
  try {
    return { target: await openTarget(settings, { applicationName, signal }), exists: true };
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code !== 'TARGET_DATABASE_MISSING') throw error;
    const elsewhere = await openTarget(settings, { applicationName, signal, database: MAINTENANCE_DATABASE });
    return { target: elsewhere, exists: false };
  }
}

interface ServerRow {
  version: string;
  versionNumber: number;
  tlsInUse: boolean;
  tlsVersion: string | null;
  canCreateDatabases: boolean;
  canCreateSchemas: boolean;
  encoding: string;
}

const SERVER_SQL = `
  SELECT pg_catalog.current_setting('server_version') AS version,
         pg_catalog.current_setting('server_version_num')::int AS "versionNumber",
         COALESCE(s.ssl, false) AS "tlsInUse", s.version AS "tlsVersion",
         r.rolcreatedb OR r.rolsuper AS "canCreateDatabases",
         pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS "canCreateSchemas",
         pg_catalog.current_setting('server_encoding') AS encoding
    FROM pg_catalog.pg_roles r
    LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = pg_catalog.pg_backend_pid()
   WHERE r.rolname = current_user`;

const SCHEMA_SQL = `
  SELECT pg_catalog.has_schema_privilege(oid, 'USAGE') AND pg_catalog.has_schema_privilege(oid, 'CREATE') AS "canCreate"
    FROM pg_catalog.pg_namespace WHERE nspname = $1`;

async function readState(target: TargetConnection, schemas: readonly string[] | null): Promise<TargetState> {
  const [server] = (await target.query<ServerRow>(SERVER_SQL)).rows;
  if (!server)
    throw new TransfuseError('TARGET_ACCESS_DENIED', 'The target does not show the role that is signed in.');
  const found: SchemaState[] = [];
  for (const name of schemas ?? []) {
    const [row] = (await target.query<{ canCreate: boolean }>(SCHEMA_SQL, [name])).rows;
    found.push({ name, exists: row !== undefined, canCreate: row?.canCreate ?? false });
  }
  const { encoding, canCreateSchemas } = server;
  return {
    version: server.version,
    versionNumber: server.versionNumber,
    tls: { inUse: server.tlsInUse, version: server.tlsVersion },
    database: schemas === null ? null : { encoding, canCreateSchemas, schemas: found },
    canCreateDatabases: server.canCreateDatabases,
  };
}
