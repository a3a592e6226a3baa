import type { ServiceName } from '../core/services.ts';

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface TlsSettings {
  mode: SslMode;
  /** Paths of PEM files; null where not given. */
  caFile: string | null;
  certFile: string | null;
  keyFile: string | null;
}

export interface DatabaseSettings {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  tls: TlsSettings;
}

export type ExportFormat = 'csv' | 'ndjson' | 'json';

/** A directory of files in the place of a legacy server. */
export interface ExportSettings {
  /** Absolute. */
  directory: string;
  csv: {
    delimiter: string;
    /** What makes a quote within quotes one of the text. */
    escape: string;
    /** A field that is this text is NULL. */
    nullMarker: string;
    charset: string;
    /** Whether the first record names the columns. */
    header: boolean;
  };
}

/** When sync is about to overwrite a row that others have written to the target: tell of it, or stop before it. */
export type ForeignWritePolicy = 'warn' | 'stop';

export interface StorageSettings {
  bucket: string;
  /** What names of objects begin with: empty, or with a slash at its end. */
  prefix: string;
  /** Of another server than Google's; null where not given. */
  apiEndpoint: string | null;
  /** Resource name of the key that encrypts the objects; null where it is Google's own. */
  kmsKey: string | null;
}

export interface DocumentSettings {
  /** Absolute path of the legacy files. */
  root: string;
  /** Whether documents with the same content share an object. */
  sharesContent: boolean;
}

/** The whole configuration, validated. Passed down explicitly; nothing below src/cli reads the environment. */
export interface Settings {
  source: DatabaseSettings & { type: 'mysql'; timeZone: string | null };
  /** null where the source is a server. */
  exports: ExportSettings | null;
  targets: Record<ServiceName, DatabaseSettings>;
  bulk: {
    /** Rows per batch through the streams. */
    batchRows: number;
    chunkRows: number;
    jobs: number;
    maxRejects: number;
    /** How long a lost server is waited for before the command gives up. */
    retryTimeoutMs: number;
  };
  sync: {
    foreignWrites: ForeignWritePolicy;
  };
  mapping: {
    zeroDate: 'null' | 'reject';
    nul: 'reject' | 'strip';
    tinyint1: 'smallint' | 'boolean';
    identifierCase: 'lower' | 'keep';
    targetSchema: string;
    /** YYYY-MM-DD. */
    cutoverDate: string | null;
    orphans: 'reject' | 'null';
  };
  /** null where no bucket is named. */
  storage: StorageSettings | null;
  /** null where document files stay where they are; never without `storage`. */
  documents: DocumentSettings | null;
  /** Of the fields that a profile encrypts: 64 hexadecimal digits. Secret. */
  fieldKey: string | null;
  /** Of reports: paths of PEM files; null where not given. */
  signing: { keyFile: string | null; publicKeyFile: string | null };
  log: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'; dir: string };
}
