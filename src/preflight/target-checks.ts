/** What a target must be and allow. Pure: facts in, findings out. */
import { isLocal } from '../config/plaintext.ts';
import type { DatabaseSettings } from '../config/settings.ts';
import { quoteIdentifier } from '../postgres/identifiers.ts';
import { finding, type Finding } from './finding.ts';

export interface TargetState {
  version: string;
  versionNumber: number;
  tls: { inUse: boolean; version: string | null };
  /** null where the database does not exist yet; the other facts are then those of the server. */
  database: { encoding: string; canCreateSchemas: boolean; schemas: SchemaState[] } | null;
  canCreateDatabases: boolean;
}

/** A schema that is needed. */
export interface SchemaState {
  name: string;
  exists: boolean;
  /** Whether tables may be made in it. */
  canCreate: boolean;
}

const OLDEST_VERSION_NUMBER = 130_000;

/** Every check of one target database. `end` begins the ids: `target` or `target-doctor`. */
export function checkTarget(end: string, state: TargetState, settings: DatabaseSettings): Finding[] {
  const { database } = state;
  return [
    finding(
      `${end}-version`,
      state.versionNumber >= OLDEST_VERSION_NUMBER,
      `The target is PostgreSQL ${state.version}.`,
      'PostgreSQL 13 is the oldest that is supported.',
      { remedy: 'Upgrade the target.' },
    ),
    checkTls(end, state, settings),
    checkDatabase(end, state, settings),
    ...(database === null
      ? []
      : [
          checkEncoding(end, database.encoding, settings),
          ...database.schemas.map((schema) => checkSchema(end, schema, database.canCreateSchemas, settings)),
        ]),
    finding(
      `${end}-disk`,
      null,
      'How much disk space is free cannot be asked of a PostgreSQL server.',
      'A full disk stops the load; it resumes when there is room again.',
      { remedy: 'Have at least twice the size of the source free, indexes and WAL included.' },
    ),
  ];
}

function checkTls(end: string, { tls }: TargetState, { host, tls: { mode } }: DatabaseSettings): Finding {
  const local = isLocal(host);
  const plain = local
    ? 'The connection is not encrypted and does not leave this machine.'
    : 'The connection is not encrypted, which ALLOW_PLAINTEXT allows.';
  return finding(
    `${end}-tls`,
    tls.inUse || local ? true : null,
    tls.inUse ? `The connection uses ${tls.version ?? 'TLS'}, mode ${mode}.` : plain,
    'Patient data travels on this connection.',
    { remedy: 'Set TARGET_DB_SSL_MODE=verify-full and give the CA in TARGET_DB_SSL_CA.' },
  );
}

function checkDatabase(end: string, state: TargetState, settings: DatabaseSettings): Finding {
  const exists = state.database !== null;
  const missing = state.canCreateDatabases
    ? `The database ${settings.database} does not exist yet; bin/schema creates it.`
    : `The database ${settings.database} does not exist, and the user may not create it.`;
  return finding(
    `${end}-database`,
    exists || state.canCreateDatabases,
    exists ? `The database ${settings.database} exists.` : missing,
    'The tables are made in it.',
    { remedySql: createDatabase(settings) },
  );
}

function checkEncoding(end: string, encoding: string, settings: DatabaseSettings): Finding {
  const name = quoteIdentifier(settings.database);
  const aside = quoteIdentifier(`${settings.database}_${encoding.toLowerCase()}`);
  return finding(
    `${end}-encoding`,
    encoding === 'UTF8',
    `The database ${settings.database} is encoded in ${encoding}.`,
    'Any other encoding cannot hold every name and note.',
    {
      remedy:
        'An encoding cannot be changed: let TARGET_DB_NAME name another database, or, signed in to another one of the server:',
      remedySql: `ALTER DATABASE ${name} RENAME TO ${aside};\n${createDatabase(settings)}`,
    },
  );
}

function checkSchema(
  end: string,
  schema: SchemaState,
  canCreateSchemas: boolean,
  settings: DatabaseSettings,
): Finding {
  const ok = schema.exists ? schema.canCreate : canCreateSchemas;
  const user = quoteIdentifier(settings.user);
  const may = ok ? 'may' : 'may not';
  return finding(
    `${end}-schema-${schema.name}`,
    ok,
    schema.exists
      ? `The user ${may} make tables in the schema ${schema.name}.`
      : `The user ${may} create the schema ${schema.name}.`,
    schema.name === 'transfuse'
      ? 'The ledger of the migration lives there.'
      : 'The migrated tables are made there.',
    {
      remedy: `In the database ${settings.database}, as its owner:`,
      remedySql: schema.exists
        ? `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(schema.name)} TO ${user};`
        : `GRANT CREATE ON DATABASE ${quoteIdentifier(settings.database)} TO ${user};`,
    },
  );
}

function createDatabase({ database, user }: DatabaseSettings): string {
  return `CREATE DATABASE ${quoteIdentifier(database)} OWNER ${quoteIdentifier(user)} ENCODING 'UTF8' TEMPLATE template0;`;
}
