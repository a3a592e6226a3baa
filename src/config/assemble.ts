import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { SERVICES } from '../core/services.ts';
import { isSocket } from './plaintext.ts';
import type { Environment } from './schema.ts';
import type { DatabaseSettings, Settings, StorageSettings, TlsSettings } from './settings.ts';

/** The machine's cores, but no more connections than a server in use can be expected to spare. */
export function defaultJobs(): number {
  return Math.min(availableParallelism(), 8);
}

/** Turns a valid environment into Settings: every default is applied here and nowhere else. Paths become absolute. */
export function assembleSettings(environment: Environment, cwd: string): Settings {
  return {
    source: {
      type: 'mysql',
      host: environment.LEGACY_DB_HOST,
      port: environment.LEGACY_DB_PORT ?? 3306,
      user: environment.LEGACY_DB_USER,
      password: environment.LEGACY_DB_PASSWORD,
      database: environment.LEGACY_DB_NAME,
      tls: tlsSettings(environment, 'LEGACY', environment.LEGACY_DB_HOST, cwd),
      timeZone: environment.SOURCE_TIME_ZONE ?? null,
    },
    exports: exportSettings(environment, cwd),
    targets: targetSettings(environment, cwd),
    bulk: {
      batchRows: environment.BATCH_SIZE ?? 500,
      chunkRows: environment.CHUNK_ROWS ?? 100_000,
      jobs: environment.JOBS ?? defaultJobs(),
      maxRejects: environment.MAX_REJECTS ?? 0,
      retryTimeoutMs: (environment.RETRY_TIMEOUT_SECONDS ?? 300) * 1000,
    },
    sync: { foreignWrites: environment.FOREIGN_WRITES ?? 'warn' },
    mapping: {
      zeroDate: environment.ZERO_DATE_POLICY ?? 'null',
      nul: environment.NUL_POLICY ?? 'reject',
      tinyint1: environment.TINYINT1 ?? 'smallint',
      identifierCase: environment.IDENTIFIER_CASE ?? 'lower',
      targetSchema: environment.TARGET_SCHEMA ?? 'public',
      cutoverDate: environment.CUTOVER_DATE ?? null,
      orphans: environment.ORPHAN_POLICY ?? 'reject',
    },
    storage: storageSettings(environment),
    documents:
      environment.DOCUMENTS_ROOT === undefined
        ? null
        : {
            root: resolve(cwd, environment.DOCUMENTS_ROOT),
            sharesContent: environment.DOCUMENT_DUPLICATES === 'share',
          },
    fieldKey: environment.FIELD_KEY ?? null,
    signing: {
      keyFile: environment.SIGNING_KEY === undefined ? null : resolve(cwd, environment.SIGNING_KEY),
      publicKeyFile:
        environment.SIGNING_PUBLIC_KEY === undefined ? null : resolve(cwd, environment.SIGNING_PUBLIC_KEY),
    },
    log: { level: environment.LOG_LEVEL ?? 'info', dir: resolve(cwd, environment.LOG_DIR ?? 'logs') },
  };
}

function exportSettings(environment: Environment, cwd: string): Settings['exports'] {
  const { LEGACY_EXPORTS_DIR } = environment;
  if (LEGACY_EXPORTS_DIR === undefined) return null;
  return {
    directory: resolve(cwd, LEGACY_EXPORTS_DIR),
    csv: {
      delimiter: environment.CSV_DELIMITER ?? ',',
      escape: environment.CSV_ESCAPE ?? '"',
      nullMarker: environment.CSV_NULL === 'empty' ? '' : (environment.CSV_NULL ?? '\\N'),
      charset: environment.CSV_CHARSET ?? 'utf8',
      header: environment.CSV_HEADER !== 'no',
    },
  };
}

function storageSettings(environment: Environment): StorageSettings | null {
  const { GCS_BUCKET, GCS_PATH, GCS_API_ENDPOINT, GCS_KMS_KEY } = environment;
  if (GCS_BUCKET === undefined) return null;
  return {
    bucket: GCS_BUCKET,
    prefix: GCS_PATH ?? 'migrated-files/',
    apiEndpoint: GCS_API_ENDPOINT ?? null,
    kmsKey: GCS_KMS_KEY ?? null,
  };
}

function targetSettings(environment: Environment, cwd: string): Settings['targets'] {
  const patient: DatabaseSettings = {
    host: environment.TARGET_DB_HOST,
    port: environment.TARGET_DB_PORT ?? 5432,
    user: environment.TARGET_DB_USER,
    password: environment.TARGET_DB_PASSWORD,
    database: environment.TARGET_DB_NAME ?? SERVICES.patient.defaultDatabase,
    tls: tlsSettings(environment, 'TARGET', environment.TARGET_DB_HOST, cwd),
  };
  const other = (service: 'appointment' | 'medical-records' | 'doctor'): DatabaseSettings => {
    const { envPrefix, defaultDatabase } = SERVICES[service];
    const host = environment[`${envPrefix}_DB_HOST`] ?? patient.host;
    return {
      host,
      port: environment[`${envPrefix}_DB_PORT`] ?? patient.port,
      user: environment[`${envPrefix}_DB_USER`] ?? patient.user,
      password: environment[`${envPrefix}_DB_PASSWORD`] ?? patient.password,
      database: environment[`${envPrefix}_DB_NAME`] ?? defaultDatabase,
      tls: tlsSettings(environment, 'TARGET', host, cwd),
    };
  };
  return {
    patient,
    appointment: other('appointment'),
    'medical-records': other('medical-records'),
    doctor: other('doctor'),
  };
}

function tlsSettings(
  environment: Environment,
  prefix: 'LEGACY' | 'TARGET',
  host: string,
  cwd: string,
): TlsSettings {
  const file = (kind: 'CA' | 'CERT' | 'KEY') => {
    const path = environment[`${prefix}_DB_SSL_${kind}`];
    return path === undefined ? null : resolve(cwd, path);
  };
  return {
    // A socket has no host name to verify and its bytes never leave the machine.
    mode: environment[`${prefix}_DB_SSL_MODE`] ?? (isSocket(host) ? 'disable' : 'verify-full'),
    caFile: file('CA'),
    certFile: file('CERT'),
    keyFile: file('KEY'),
  };
}
