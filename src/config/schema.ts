import { SERVICES, type ServiceName } from '../core/services.ts';
import {
  anything,
  bucketName,
  databaseName,
  date,
  delimiter,
  hexDigits,
  kmsKey,
  objectPrefix,
  oneOf,
  optional,
  origin,
  required,
  schemaName,
  text,
  timeZone,
  whole,
  type OptionalVariable,
  type RequiredVariable,
  type Section,
  type Variable,
} from './variables.ts';

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const HOST = 'a host name or address, or the path of a socket';
const PORT = 'a port number from 1 to 65535';
const DATABASE = 'the name of a database, at most 63 bytes';
const FIELD_KEY_FORM = '64 hexadecimal digits';

function choice<const T extends string>(
  values: readonly T[],
  shownDefault: T,
  section: Section,
  describes: string,
) {
  return optional(oneOf(values), `one of ${values.join(', ')}`, shownDefault, { section, describes });
}

function sslMode(section: Section, server: string) {
  const describes = `How the connection to the ${server} is encrypted. disable only for this machine (the default for a socket)`;
  return choice(SSL_MODES, 'verify-full', section, describes);
}

function pemFile(section: Section, describes: string) {
  return optional(text(), 'the path of a PEM file that can be read', '', { section, describes });
}

function service(name: Exclude<ServiceName, 'patient'>, of: string) {
  const section = 'services';
  return {
    name: optional(databaseName(), DATABASE, SERVICES[name].defaultDatabase, {
      section,
      describes: `Database of the ${of} service`,
    }),
    host: optional(text(), HOST, 'TARGET_DB_HOST', { section, describes: 'Its host' }),
    port: optional(whole(1, 65_535), PORT, 'TARGET_DB_PORT', { section, describes: 'Its port' }),
    user: optional(text(), 'a user name', 'TARGET_DB_USER', { section, describes: 'Its user' }),
    password: optional(anything(), 'a password', 'TARGET_DB_PASSWORD', {
      section,
      describes: 'Its password',
      secret: true,
    }),
  };
}

const APPOINTMENT = service('appointment', 'appointment');
const MEDICAL_RECORDS = service('medical-records', 'medical records');
const DOCTOR = service('doctor', 'doctor');

function later(describes: string, shownDefault = '') {
  return optional(anything(), 'anything', shownDefault, { section: 'later', describes });
}

/** Every variable of the environment that Transfuse knows, in the order of the documentation. */
const TABLE = {
  LEGACY_DB_HOST: required(text(), HOST, { section: 'source', describes: 'Host of the legacy server' }),
  LEGACY_DB_PORT: optional(whole(1, 65_535), PORT, '3306', { section: 'source', describes: 'Its port' }),
  LEGACY_DB_USER: required(text(), 'a user name', { section: 'source', describes: 'User to read with' }),
  LEGACY_DB_PASSWORD: required(anything(), 'a password (empty for none)', {
    section: 'source',
    describes: 'Its password. Quote it: an unquoted # begins a comment',
    secret: true,
  }),
  LEGACY_DB_NAME: required(text(64), 'the name of a database, at most 64 characters', {
    section: 'source',
    describes: 'Database to migrate',
  }),
  LEGACY_DB_TYPE: optional(oneOf(['mysql', 'csv', 'json']), 'mysql, csv, json', 'mysql', {
    section: 'source',
    describes:
      'Kind of source; mysql stands for MariaDB too; csv and json for the files of LEGACY_EXPORTS_DIR, and then no other LEGACY_DB_* is needed',
  }),
  LEGACY_EXPORTS_DIR: optional(text(), 'the path of a directory', '', {
    section: 'source',
    describes: 'Directory of exports, where LEGACY_DB_TYPE is csv or json',
  }),
  CSV_DELIMITER: optional(delimiter(), 'one character, or tab', ',', {
    section: 'source',
    describes: 'What separates the fields of a CSV file',
  }),
  CSV_ESCAPE: optional(oneOf(['"', '\\']), '" or \\', '"', {
    section: 'source',
    describes: 'What stands before a quote within quotes',
  }),
  CSV_NULL: optional(anything(), 'any text', '\\N', {
    section: 'source',
    describes: 'The field of a CSV file that stands for NULL; the word empty for the empty one',
  }),
  CSV_CHARSET: choice(
    ['utf8', 'latin1', 'windows-1252', 'utf16le'],
    'utf8',
    'source',
    'Character set of CSV files',
  ),
  CSV_HEADER: choice(
    ['yes', 'no'],
    'yes',
    'source',
    'Whether the first record of a CSV file names the columns; without, they are c1, c2 and so on, or those of the manifest',
  ),
  LEGACY_DB_SSL_MODE: sslMode('source', 'legacy server'),
  LEGACY_DB_SSL_CA: pemFile(
    'source',
    'PEM file of the certificate authority; empty: the ones Node.js trusts',
  ),
  LEGACY_DB_SSL_CERT: pemFile('source', 'PEM file of the client certificate'),
  LEGACY_DB_SSL_KEY: pemFile('source', 'PEM file of the client key'),
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
  TARGET_DB_PASSWORD: required(anything(), 'a password (empty for none)', {
    section: 'target',
    describes: 'Its password. Quote it: an unquoted # begins a comment',
    secret: true,
  }),
  TARGET_DB_NAME: optional(databaseName(), DATABASE, SERVICES.patient.defaultDatabase, {
    section: 'target',
    describes: 'Database of the patient service; the mirror profile puts everything there',
  }),
  TARGET_DB_TYPE: optional(oneOf(['postgres']), 'postgres', 'postgres', {
    section: 'target',
    describes: 'Kind of target',
  }),
  TARGET_DB_SSL_MODE: sslMode('target', 'target servers'),
  TARGET_DB_SSL_CA: pemFile(
    'target',
    'PEM file of the certificate authority; empty: the ones Node.js trusts',
  ),
  TARGET_DB_SSL_CERT: pemFile('target', 'PEM file of the client certificate'),
  TARGET_DB_SSL_KEY: pemFile('target', 'PEM file of the client key'),
  TARGET_SCHEMA: optional(
    schemaName(),
    'the name of a schema, at most 63 bytes, neither transfuse nor a name of PostgreSQL itself',
    'public',
    { section: 'target', describes: 'Schema that the mirror profile puts its tables in' },
  ),
  TARGET_APPOINTMENT_DB_NAME: APPOINTMENT.name,
  TARGET_APPOINTMENT_DB_HOST: APPOINTMENT.host,
  TARGET_APPOINTMENT_DB_PORT: APPOINTMENT.port,
  TARGET_APPOINTMENT_DB_USER: APPOINTMENT.user,
  TARGET_APPOINTMENT_DB_PASSWORD: APPOINTMENT.password,
  TARGET_MEDICAL_RECORDS_DB_NAME: MEDICAL_RECORDS.name,
  TARGET_MEDICAL_RECORDS_DB_HOST: MEDICAL_RECORDS.host,
  TARGET_MEDICAL_RECORDS_DB_PORT: MEDICAL_RECORDS.port,
  TARGET_MEDICAL_RECORDS_DB_USER: MEDICAL_RECORDS.user,
  TARGET_MEDICAL_RECORDS_DB_PASSWORD: MEDICAL_RECORDS.password,
  TARGET_DOCTOR_DB_NAME: DOCTOR.name,
  TARGET_DOCTOR_DB_HOST: DOCTOR.host,
  TARGET_DOCTOR_DB_PORT: DOCTOR.port,
  TARGET_DOCTOR_DB_USER: DOCTOR.user,
  TARGET_DOCTOR_DB_PASSWORD: DOCTOR.password,

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
    'null',
    'mapping',
    'What becomes of a row with a zero or partial date',
  ),
  NUL_POLICY: choice(['reject', 'strip'], 'reject', 'mapping', 'What becomes of a row with U+0000 in a text'),
  TINYINT1: choice(
    ['smallint', 'boolean'],
    'smallint',
    'mapping',
    'Type of TINYINT(1); boolean rejects values other than 0 and 1',
  ),
  IDENTIFIER_CASE: choice(
    ['lower', 'keep'],
    'lower',
    'mapping',
    'Case of table and column names in the target',
  ),

  ORPHAN_POLICY: choice(
    ['reject', 'null'],
    'reject',
    'mapping',
    'What becomes of a row that needs another one which the source does not have: rejected, or loaded without it and flagged, where the target allows that',
  ),
  CUTOVER_DATE: optional(date(), 'a date such as 2026-03-01', '', {
    section: 'mapping',
    describes:
      'Day on which the new system takes over. What is over, current or still to come is judged by it; the profile openemr needs it',
  }),

  FIELD_KEY: optional(hexDigits(64), FIELD_KEY_FORM, '', {
    section: 'safety',
    describes:
      'Key of the fields that a profile encrypts (openssl rand -hex 32). Whoever loses it loses them; another one is another plan',
    secret: true,
  }),
  FIELD_KEY_FILE: optional(text(), `the path of a file that holds ${FIELD_KEY_FORM}`, '', {
    section: 'safety',
    describes: 'The same, from a file, which keeps it out of the environment',
  }),

  SIGNING_KEY: pemFile(
    'safety',
    'PEM file of the Ed25519 key that signs reports of bin/verify (openssl genpkey -algorithm ed25519)',
  ),
  SIGNING_PUBLIC_KEY: pemFile(
    'safety',
    'PEM file of the public key that bin/verify --check trusts; that of SIGNING_KEY unless set',
  ),

  FOREIGN_WRITES: choice(
    ['warn', 'stop'],
    'warn',
    'safety',
    'When sync is about to overwrite a row of the target that others have written since the load: warn counts it and keeps their row in transfuse.foreign_writes, stop ends the sync before it',
  ),

  LOG_LEVEL: choice(LOG_LEVELS, 'info', 'logs', 'Least severe level that is logged'),
  LOG_DIR: optional(text(), 'the path of a directory', 'logs/', {
    section: 'logs',
    describes: 'Directory of the log files, made when missing, readable by its owner only',
  }),

  ALLOW_PLAINTEXT: optional(oneOf(['i-understand']), 'i-understand, or nothing', '', {
    section: 'safety',
    describes: 'i-understand allows SSL mode disable for a host that is not this machine',
  }),

  GCS_BUCKET: optional(
    bucketName(),
    'the name of a bucket, without gs://, in lower case, 3 to 63 characters',
    '',
    {
      section: 'storage',
      describes:
        'Bucket of Google Cloud Storage. Credentials are application-default ones: GOOGLE_APPLICATION_CREDENTIALS, workload identity, or gcloud',
    },
  ),
  GCS_PATH: optional(
    objectPrefix(),
    'a path without a slash at its beginning, at most 512 bytes',
    'migrated-files/',
    {
      section: 'storage',
      describes: 'What names of objects begin with',
    },
  ),
  GCS_API_ENDPOINT: optional(origin(), 'a URL such as https://storage.example, without a path', '', {
    section: 'storage',
    describes:
      'Private endpoint of the storage API, or a test server; one on this machine is asked without credentials',
  }),
  GCS_KMS_KEY: optional(kmsKey(), 'projects/…/locations/…/keyRings/…/cryptoKeys/…', '', {
    section: 'storage',
    describes: 'Key of Cloud KMS that encrypts the objects',
  }),
  DOCUMENTS_ROOT: optional(text(), 'the path of a directory', '', {
    section: 'storage',
    describes:
      'Directory of the legacy document files, only read (of OpenEMR: sites/<site>/documents). With it documents go to the bucket; without, their rows move alone',
  }),
  DOCUMENT_DUPLICATES: choice(
    ['keep', 'share'],
    'keep',
    'storage',
    'Documents with the same content: keep stores each, below the id of its patient; share stores the content once, for all of them',
  ),
  METRICS_PORT: later('Port of the metrics', '9090'),
  DASHBOARD_PORT: later('Port of the dashboard', '3000'),
  DASHBOARD_HOST: later('Address it listens on', '127.0.0.1'),
  DASHBOARD_TOKEN: later('Token that opens it'),
};

type Value<V> =
  V extends RequiredVariable<infer T> ? T : V extends OptionalVariable<infer T> ? T | undefined : never;

/** The values of all variables; undefined where one is not set. */
export type Environment = { [N in keyof typeof TABLE]: Value<(typeof TABLE)[N]> };
export type VariableName = keyof Environment;

export const VARIABLES: { readonly [N in VariableName]: Variable<Environment[N]> } = TABLE;
export const VARIABLE_NAMES = Object.keys(VARIABLES).filter(isVariableName);

export function isVariableName(name: string): name is VariableName {
  return Object.hasOwn(VARIABLES, name);
}
