import { TransfuseError } from '../core/errors.ts';
import { retentionSecondsOf } from './binlog-retention.ts';
import type { SourceConnection } from './connection.ts';
import { parseGrants, type SourceGrant } from './grants.ts';
import { positionStatement } from './position.ts';
import { readInactiveRoles, showGrants, type InactiveRole } from './roles.ts';
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
  /** Whether the server takes the database in a GRANT for a name and not for a pattern. */
  literalGrants: boolean;
  /** What counts: the account's own and those of its active roles. */
  grants: SourceGrant[];
  inactiveRoles: InactiveRole[];
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
  /** Whether changes that come from a server above it, where the source is a replica, are in its binlog too. */
  logsReplicatedChanges: boolean;
  /** Whether it is a replica; null where the user may not know. */
  isReplica: boolean | null;
  /** Databases that alone are logged, and those that are not: empty for none. null where the user may not know. */
  filters: { only: string[]; never: string[] } | null;
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
  'log_replica_updates',
  'log_slave_updates',
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

/** A handful of statements. Needs no privilege, but tells less without the one that shows positions and replicas. */
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
  const grants = await showGrants(source);
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
    binlog: {
      ...binlogFacts(settings),
      isReplica: await readIsReplica(source),
      filters: await readFilters(source),
    },
    account: source.context.account ?? '',
    literalGrants: source.context.literalGrants ?? false,
    grants: parseGrants(grants, source.context.literalGrants),
    inactiveRoles: await readInactiveRoles(source, grants),
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

async function readIsReplica(source: SourceConnection): Promise<boolean | null> {
  const { flavor, versionNumber } = source.server;
  const mysql = versionNumber >= 8_00_22 ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS';
  const rows = await unlessDenied(source.query(flavor === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : mysql));
  return rows && rows.length > 0;
}

async function readFilters(source: SourceConnection): Promise<BinlogFacts['filters']> {
  const rows = await unlessDenied(
    source.query<{ Binlog_Do_DB: string; Binlog_Ignore_DB: string }>(positionStatement(source)),
  );
  const names = (list: string | undefined) => (list ? list.split(',') : []);
  return rows && { only: names(rows[0]?.Binlog_Do_DB), never: names(rows[0]?.Binlog_Ignore_DB) };
}

async function unlessDenied<Row>(answer: Promise<Row[]>): Promise<Row[] | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TransfuseError && error.code === 'SOURCE_ACCESS_DENIED') return null;
    throw error;
  }
}

function binlogFacts(settings: Map<string, string>): Omit<BinlogFacts, 'isReplica' | 'filters'> {
  return {
    enabled: isOn(settings.get('log_bin') ?? ''),
    format: settings.get('binlog_format') ?? '',
    rowImage: settings.get('binlog_row_image') ?? '',
    rowMetadata: settings.get('binlog_row_metadata') ?? null,
    rowValueOptions: settings.get('binlog_row_value_options') ?? '',
    retentionSeconds: retentionSecondsOf(settings),
    gtidMode: settings.get('gtid_mode') ?? null,
    compressed: isOn(
      settings.get('binlog_transaction_compression') ?? settings.get('log_bin_compress') ?? '',
    ),
    logsReplicatedChanges: isOn(
      settings.get('log_replica_updates') ?? settings.get('log_slave_updates') ?? '',
    ),
  };
}
