import type { SourceConnection } from './connection.ts';
import { parseGrants, type SourceGrant } from './grants.ts';
import type { SourceServer } from './server-version.ts';

/** What the source server is and how it is set: global values, not those of our own session. */
export interface SourceFacts {
  server: SourceServer;
  versionComment: string;
  hostname: string;
  serverId: string;
  /** null on MariaDB, which has none. */
  serverUuid: string | null;
  sqlMode: string;
  characterSet: string;
  timeZone: string;
  /** What SYSTEM as a time zone means there. */
  systemTimeZone: string;
  lowerCaseTableNames: number;
  maxAllowedPacketBytes: number;
  readOnly: boolean;
  binlog: BinlogFacts;
  /** The account that the server took us for, as in `'user'@'host'`. */
  account: string;
  grants: SourceGrant[];
  tls: { inUse: boolean; version: string | null; cipher: string | null };
}

export interface BinlogFacts {
  enabled: boolean;
  format: string;
  rowImage: string;
  /** null where the server does not know the setting (MySQL 5.7, MariaDB before 10.5). */
  rowMetadata: string | null;
  /** Must be empty; MySQL may log only parts of JSON values otherwise. */
  rowValueOptions: string;
  /** How long the server keeps its binlog; null for ever. Managed services purge by rules of their own. */
  retentionSeconds: number | null;
  /** MySQL's gtid_mode; MariaDB has GTIDs always. */
  gtidMode: string | null;
  compressed: boolean;
}

const VARIABLES = [
  'binlog_expire_logs_seconds',
  'binlog_format',
  'binlog_row_image',
  'binlog_row_metadata',
  'binlog_row_value_options',
  'binlog_transaction_compression',
  'character_set_server',
  'expire_logs_days',
  'gtid_mode',
  'hostname',
  'log_bin',
  'log_bin_compress',
  'lower_case_table_names',
  'max_allowed_packet',
  'read_only',
  'server_id',
  'server_uuid',
  'sql_mode',
  'system_time_zone',
  'time_zone',
  'version_comment',
];

interface NameAndValue {
  Variable_name: string;
  Value: string;
}

/** Three statements; needs no privilege. */
export async function readSourceFacts(source: SourceConnection): Promise<SourceFacts> {
  const context = { doing: 'reading the settings of the server' };
  const names = VARIABLES.map((name) => `'${name}'`).join(', ');
  const settings = valuesOf(
    await source.query<NameAndValue>(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`, context),
  );
  const status = valuesOf(
    await source.query<NameAndValue>(
      `SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_cipher', 'Ssl_version')`,
      context,
    ),
  );
  const grants = await source.query<Record<string, string>>('SHOW GRANTS', context);
  const text = (name: string): string => settings.get(name) ?? '';
  return {
    server: source.server,
    versionComment: text('version_comment'),
    hostname: text('hostname'),
    serverId: text('server_id'),
    serverUuid: source.server.flavor === 'mysql' ? text('server_uuid') || null : null,
    sqlMode: text('sql_mode'),
    characterSet: text('character_set_server'),
    timeZone: text('time_zone'),
    systemTimeZone: text('system_time_zone'),
    lowerCaseTableNames: Number(text('lower_case_table_names')),
    maxAllowedPacketBytes: Number(text('max_allowed_packet')),
    readOnly: isOn(text('read_only')),
    binlog: binlogFacts(settings),
    account: source.context.account ?? '',
    grants: parseGrants(grants.map((row) => Object.values(row)[0] ?? '')),
    tls: {
      inUse: Boolean(status.get('Ssl_cipher')),
      version: status.get('Ssl_version') || null,
      cipher: status.get('Ssl_cipher') || null,
    },
  };
}

function valuesOf(rows: NameAndValue[]): Map<string, string> {
  return new Map(rows.map((row) => [row.Variable_name, row.Value]));
}

function isOn(value: string): boolean {
  return ['ON', '1', 'YES'].includes(value.toUpperCase());
}

function binlogFacts(settings: Map<string, string>): BinlogFacts {
  // The newer setting wins where both exist.
  const seconds = Number(settings.get('binlog_expire_logs_seconds') ?? 0);
  const days = Number(settings.get('expire_logs_days') ?? 0);
  return {
    enabled: isOn(settings.get('log_bin') ?? ''),
    format: settings.get('binlog_format') ?? '',
    rowImage: settings.get('binlog_row_image') ?? '',
    rowMetadata: settings.get('binlog_row_metadata') ?? null,
    rowValueOptions: settings.get('binlog_row_value_options') ?? '',
    retentionSeconds: seconds || days * 86_400 || null,
    gtidMode: settings.get('gtid_mode') ?? null,
    compressed: isOn(
      settings.get('binlog_transaction_compression') ?? settings.get('log_bin_compress') ?? '',
    ),
  };
}
