import { quantity } from '../core/quantity.ts';
import type { SourceFacts } from '../mysql/facts.ts';
import { finding, type Finding } from './finding.ts';

const DAY_SECONDS = 86_400;
const MIN_RETENTION_DAYS = 2;
const ADVISED_RETENTION_DAYS = 7;

/** The binlog settings that the change stream rests on (invariant 2). Pure. */
export function binlogChecks(facts: SourceFacts, database: string): Finding[] {
  const { binlog, server } = facts;
  const logged = finding(
    'source-log-bin',
    binlog.enabled,
    binlog.enabled ? 'The binlog is on.' : 'The binlog is off.',
    'Without it changes made during the load cannot be followed.',
    {
      remedy:
        'Add this to the configuration of the source, such as my.cnf, take skip-log-bin and disable-log-bin out of it, and restart ' +
        'the server:\n  [mysqld]\n  log_bin = mysql-bin\n  server_id = 1',
    },
  );
  // The rest says nothing while the binlog is off, but would be needed next.
  const rowMetadata = binlog.rowMetadata;
  return [
    logged,
    // MySQL 9 and later know no other format and drop the setting.
    setting(facts, 'binlog_format', binlog.format || 'ROW', 'ROW', 'Only row events say which rows changed.'),
    setting(
      facts,
      'binlog_row_image',
      binlog.rowImage || 'FULL',
      'FULL',
      'Each event has to carry whole rows.',
    ),
    rowMetadata === null
      ? finding(
          'source-binlog-row-metadata',
          null,
          `${server.version} does not know binlog_row_metadata: events do not name their columns.`,
          'After ALTER TABLE an event could be read by the wrong columns; then the sync stops rather than guess.',
          { remedy: 'Change no table while the migration runs, or upgrade the source.' },
        )
      : setting(
          facts,
          'binlog_row_metadata',
          rowMetadata,
          'FULL',
          'Events then name their columns, and ALTER TABLE cannot mix them up.',
        ),
    setting(
      facts,
      'binlog_row_value_options',
      binlog.rowValueOptions,
      '',
      'Otherwise only parts of changed JSON values are logged.',
    ),
    filters(facts, database),
    replicated(facts),
    numbered(facts),
    retention(facts),
  ];
}

/** Row events are filtered by the database of their table. */
function filters({ binlog }: SourceFacts, database: string): Finding {
  const found = binlog.filters;
  const ok =
    found && (found.only.length === 0 || found.only.includes(database)) && !found.never.includes(database);
  const verdict = ok
    ? `The binlog holds the changes of ${database}.`
    : `The binlog leaves out ${database}: ${found?.never.includes(database) ? 'binlog_ignore_db names it' : 'binlog_do_db names others only'}.`;
  return finding(
    'source-binlog-filters',
    ok,
    found ? verdict : 'Whether the binlog leaves out databases cannot be seen with these privileges.',
    'Changes that are not in the binlog are missed without a sign.',
    {
      remedy: found
        ? `In the configuration of the source, such as my.cnf, ${found.never.includes(database) ? `remove binlog_ignore_db = ${database}` : `add binlog_do_db = ${database}`}, and restart the server.`
        : 'Grant the privilege that shows the position of the binlog, named above.',
    },
  );
}

/** A replica logs only what is written to it directly, unless told otherwise. */
function replicated({ binlog, server, account }: SourceFacts): Finding {
  const name =
    server.flavor === 'mysql' && server.versionNumber >= 8_00_26
      ? 'log_replica_updates'
      : 'log_slave_updates';
  const ok =
    binlog.logsReplicatedChanges || binlog.isReplica === false ? true : binlog.isReplica ? false : null;
  const what = {
    true: binlog.isReplica
      ? `The source is a replica, and ${name} is on.`
      : 'The source is no replica, or logs what it replicates.',
    false: `The source is a replica, and ${name} is off.`,
    null: `${name} is off, and whether the source is a replica cannot be seen with these privileges.`,
  }[String(ok) as 'true' | 'false' | 'null'];
  return finding(
    'source-log-replica-updates',
    ok,
    what,
    'Otherwise the binlog lacks every change that comes from the server above.',
    ok === null
      ? { remedySql: `GRANT ${replicaPrivilege(server)} ON *.* TO ${account};` }
      : {
          remedy:
            'Add this to the configuration of the source, such as my.cnf, and restart it, or migrate from the server above:\n' +
            `  [mysqld]\n  ${name} = ON`,
        },
  );
}

function replicaPrivilege({ flavor, versionNumber }: SourceFacts['server']): string {
  return flavor === 'mariadb' && versionNumber >= 10_05_09 ? 'SLAVE MONITOR' : 'REPLICATION CLIENT';
}

/** MySQL alone can be without: MariaDB numbers always. */
function numbered({ binlog, server }: SourceFacts): Finding {
  const ok = server.flavor === 'mariadb' || binlog.gtidMode?.toUpperCase() === 'ON' ? true : null;
  return finding(
    'source-gtid',
    ok,
    ok
      ? 'Transactions have global numbers.'
      : `gtid_mode is ${binlog.gtidMode ?? 'not known to this version'}.`,
    'By number a position is exact and outlives a failover; by file and offset the load waits two seconds for what is being committed, and a failover ends the sync.',
    {
      // No statements to paste: what an application may do changes with each step.
      remedy:
        'Where the applications allow it, lead enforce_gtid_consistency (WARN, ON) and gtid_mode (OFF_PERMISSIVE, ON_PERMISSIVE, ON) ' +
        'through their modes, as the manual of the source says; or let nobody change the server while the migration runs.',
    },
  );
}

function setting(facts: SourceFacts, name: string, actual: string, wanted: string, why: string): Finding {
  const shown = (value: string) => (value === '' ? 'empty' : value);
  const ok = actual.toUpperCase() === wanted;
  return finding(
    `source-${name.replaceAll('_', '-')}`,
    ok,
    `${name} is ${shown(actual)}${ok ? '' : `, and must be ${shown(wanted)}`}.`,
    why,
    {
      remedy: 'Sessions that are open keep the old value: reconnect the applications afterwards.',
      remedySql: setGlobal(facts, name, `'${wanted}'`),
    },
  );
}

function retention(facts: SourceFacts): Finding {
  const { retentionSeconds } = facts.binlog;
  const days = retentionSeconds === null ? null : retentionSeconds / DAY_SECONDS;
  const { flavor, versionNumber } = facts.server;
  const inSeconds = versionNumber >= (flavor === 'mysql' ? 8_00_01 : 10_06_01);
  return finding(
    'source-binlog-retention',
    days === null || days >= MIN_RETENTION_DAYS,
    days === null
      ? 'The source keeps its binlog until somebody purges it.'
      : `The source keeps its binlog for ${quantity(Number(days.toFixed(2)), 'day')}.`,
    `A purged binlog ends the change stream: it must outlive the load, at least ${MIN_RETENTION_DAYS} days. Managed services purge by rules of their own.`,
    {
      remedySql: inSeconds
        ? setGlobal(facts, 'binlog_expire_logs_seconds', String(ADVISED_RETENTION_DAYS * DAY_SECONDS))
        : setGlobal(facts, 'expire_logs_days', String(ADVISED_RETENTION_DAYS)),
    },
  );
}

/** A statement that lasts beyond a restart where the server can do that, or a reminder where it cannot. */
export function setGlobal({ server }: Pick<SourceFacts, 'server'>, name: string, value: string): string {
  const persists = server.flavor === 'mysql' && server.versionNumber >= 8_00_00;
  if (persists) return `SET PERSIST ${name} = ${value};`;
  return `SET GLOBAL ${name} = ${value};\n-- and in the [mysqld] section of my.cnf, to last: ${name} = ${value.replaceAll("'", '')}`;
}
