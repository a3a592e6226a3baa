import { z } from 'zod';
import { SERVICES } from '../core/services.ts';
import {
  databaseName,
  optional,
  required,
  schemaName,
  text,
  timeZone,
  whole,
  type Section,
} from './variables.ts';

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const HOST = 'a host name or address, or the path of a socket';
const PORT = 'a port number from 1 to 65535';
const DATABASE = 'the name of a database, at most 63 bytes';

function choice<const T extends readonly string[]>(values: T, section: Section, describes: string) {
  return optional(z.enum(values), `one of ${values.join(', ')}`, values[0] ?? '', { section, describes });
}

function tls<P extends 'LEGACY' | 'TARGET'>(prefix: P, section: Section, server: string) {
  const file = (what: string) =>
    optional(text(), 'the path of a PEM file that can be read', '', { section, describes: what });
  return {
    [`${prefix}_DB_SSL_MODE`]: optional(z.enum(SSL_MODES), `one of ${SSL_MODES.join(', ')}`, 'verify-full', {
      section,
      describes: `How the connection to the ${server} is encrypted. disable only for this machine (the default for a socket)`,
    }),
    [`${prefix}_DB_SSL_CA`]: file('PEM file of the certificate authority; empty: the ones Node.js trusts'),
    [`${prefix}_DB_SSL_CERT`]: file('PEM file of the client certificate'),
    [`${prefix}_DB_SSL_KEY`]: file('PEM file of the client key'),
  } as {
    [K in `${P}_DB_SSL_MODE`]: z.ZodOptional<z.ZodEnum<{ [M in (typeof SSL_MODES)[number]]: M }>>;
  } & { [K in `${P}_DB_SSL_${'CA' | 'CERT' | 'KEY'}`]: z.ZodOptional<z.ZodString> };
}

function service<P extends string>(prefix: P, defaultDatabase: string, of: string) {
  const section = 'services';
  return {
    [`${prefix}_DB_NAME`]: optional(databaseName(), DATABASE, defaultDatabase, {
      section,
      describes: `Database of the ${of} service`,
    }),
    [`${prefix}_DB_HOST`]: optional(text(), HOST, 'TARGET_DB_HOST', { section, describes: `Its host` }),
    [`${prefix}_DB_PORT`]: optional(whole(1, 65_535), PORT, 'TARGET_DB_PORT', {
      section,
      describes: `Its port`,
    }),
    [`${prefix}_DB_USER`]: optional(text(), 'a user name', 'TARGET_DB_USER', {
      section,
      describes: `Its user`,
    }),
    [`${prefix}_DB_PASSWORD`]: optional(z.string(), 'a password', 'TARGET_DB_PASSWORD', {
      section,
      describes: `Its password`,
      secret: true,
    }),
  } as { [K in `${P}_DB_${'NAME' | 'HOST' | 'USER' | 'PASSWORD'}`]: z.ZodOptional<z.ZodString> } & {
    [K in `${P}_DB_PORT`]: z.ZodOptional<z.ZodType<number, string>>;
  };
}

function later(describes: string, shownDefault = '') {
  return optional(z.string(), 'anything', shownDefault, { section: 'later', describes });
}

/** Every variable of the environment that Transfuse knows, in the order of the documentation. */
export const environmentSchema = z.object({
  LEGACY_DB_HOST: required(text(), HOST, { section: 'source', describes: 'Host of the legacy server' }),
  LEGACY_DB_PORT: optional(whole(1, 65_535), PORT, '3306', { section: 'source', describes: 'Its port' }),
  LEGACY_DB_USER: required(text(), 'a user name', { section: 'source', describes: 'User to read with' }),
  LEGACY_DB_PASSWORD: required(z.string(), 'a password (empty for none)', {
    section: 'source',
    describes: 'Its password. Quote it: an unquoted # begins a comment',
    secret: true,
  }),
  LEGACY_DB_NAME: required(text().max(64), 'the name of a database, at most 64 characters', {
    section: 'source',
    describes: 'Database to migrate',
  }),
  LEGACY_DB_TYPE: optional(
    z.literal('mysql'),
    'mysql (csv and json exports are not part of this version)',
    'mysql',
    {
      section: 'source',
      describes: 'Kind of source; mysql stands for MariaDB too',
    },
  ),
  ...tls('LEGACY', 'source', 'legacy server'),
  SOURCE_TIME_ZONE: optional(timeZone(), 'an IANA time zone such as Europe/Berlin', '', {
    section: 'source',
    describes: 'Time zone whose wall clock the legacy DATETIME columns show',
  }),

  TARGET_DB_HOST: required(text(), HOST, { section: 'target', describes: 'Host of the PostgreSQL server' }),
  TARGET_DB_PORT: optional(whole(1, 65_535), PORT, '5432', { section: 'target', describes: 'Its port' }),
  TARGET_DB_USER: required(text(), 'a user name', {
    section: 'target',
    describes: 'User that owns the tables',
  }),
  TARGET_DB_PASSWORD: required(z.string(), 'a password (empty for none)', {
    section: 'target',
    describes: 'Its password. Quote it: an unquoted # begins a comment',
    secret: true,
  }),
  TARGET_DB_NAME: optional(databaseName(), DATABASE, SERVICES.patient.defaultDatabase, {
    section: 'target',
    describes: 'Database of the patient service; the mirror profile puts everything there',
  }),
  TARGET_DB_TYPE: optional(z.literal('postgres'), 'postgres', 'postgres', {
    section: 'target',
    describes: 'Kind of target',
  }),
  ...tls('TARGET', 'target', 'target servers'),
  TARGET_SCHEMA: optional(
    schemaName(),
    'the name of a schema, at most 63 bytes, neither transfuse nor a name of PostgreSQL itself',
    'public',
    { section: 'target', describes: 'Schema that the mirror profile puts its tables in' },
  ),
  ...service('TARGET_APPOINTMENT', SERVICES.appointment.defaultDatabase, 'appointment'),
  ...service('TARGET_MEDICAL_RECORDS', SERVICES['medical-records'].defaultDatabase, 'medical records'),
  ...service('TARGET_DOCTOR', SERVICES.doctor.defaultDatabase, 'doctor'),

  BATCH_SIZE: optional(whole(1, 100_000), 'a whole number from 1 to 100000', '500', {
    section: 'load',
    unit: 'rows',
    describes: 'Rows per batch through the streams',
  }),
  CHUNK_ROWS: optional(whole(1, 100_000_000), 'a whole number from 1 to 100000000', '100000', {
    section: 'load',
    unit: 'rows',
    describes: 'Rows per chunk: the unit that is committed, resumed and verified',
  }),
  JOBS: optional(whole(1, 64), 'a whole number from 1 to 64', 'processor cores, at most 8', {
    section: 'load',
    unit: 'chunks',
    describes: 'Chunks loaded at the same time; each takes a connection to both servers',
  }),
  MAX_REJECTS: optional(whole(0, 1e12), 'a whole number from 0', '0', {
    section: 'load',
    unit: 'rows',
    describes:
      'Rejected rows that are tolerated; with more, everything else is loaded and the exit code is 5',
  }),
  RETRY_TIMEOUT_SECONDS: optional(whole(0, 86_400), 'a whole number from 0 to 86400', '300', {
    section: 'load',
    unit: 'seconds',
    describes: 'How long a lost server is waited for before the command gives up',
  }),

  ZERO_DATE_POLICY: choice(
    ['null', 'reject'],
    'mapping',
    'What becomes of a row with a zero or partial date',
  ),
  NUL_POLICY: choice(['reject', 'strip'], 'mapping', 'What becomes of a row with U+0000 in a text'),
  TINYINT1: choice(
    ['smallint', 'boolean'],
    'mapping',
    'Type of TINYINT(1); boolean rejects values other than 0 and 1',
  ),
  IDENTIFIER_CASE: choice(['lower', 'keep'], 'mapping', 'Case of table and column names in the target'),

  LOG_LEVEL: optional(z.enum(LOG_LEVELS), `one of ${LOG_LEVELS.join(', ')}`, 'info', {
    section: 'logs',
    describes: 'Least severe level that is logged',
  }),
  LOG_DIR: optional(text(), 'the path of a directory', 'logs/', {
    section: 'logs',
    describes: 'Directory of the log files, made when missing, readable by its owner only',
  }),

  ALLOW_PLAINTEXT: optional(z.literal('i-understand'), 'i-understand, or nothing', '', {
    section: 'safety',
    describes: 'i-understand allows SSL mode disable for a host that is not this machine',
  }),

  GCS_BUCKET: later('Bucket that receives document files'),
  GCS_PATH: later('Prefix of their names', 'migrated-files/'),
  GCS_API_ENDPOINT: later('Address of another storage API'),
  GCS_KMS_KEY: later('Key that encrypts the objects'),
  DOCUMENTS_ROOT: later('Directory of the legacy document files'),
  ORPHAN_POLICY: later('reject, null or stub for references to rows that do not exist', 'reject'),
  METRICS_PORT: later('Port of the metrics', '9090'),
  DASHBOARD_PORT: later('Port of the dashboard', '3000'),
  DASHBOARD_HOST: later('Address it listens on', '127.0.0.1'),
  DASHBOARD_TOKEN: later('Token that opens it'),
});

export type Environment = z.infer<typeof environmentSchema>;
export const VARIABLE_NAMES = Object.keys(environmentSchema.shape);
