import type { SourceFacts } from '../mysql/facts.ts';
import { finding, type Finding } from './finding.ts';

const DAY_SECONDS = 86_400;
const MIN_RETENTION_DAYS = 2;
const ADVISED_RETENTION_DAYS = 7;

/** The binlog settings that the change stream rests on (invariant 2). Pure. */
export function binlogChecks(facts: SourceFacts): Finding[] {
  const { binlog, server } = facts;
  const logged = finding(
    'source-log-bin',
    binlog.enabled,
    binlog.enabled ? 'The binlog is on.' : 'The binlog is off.',
    'Without it changes made during the load cannot be followed.',
    {
      remedy: 'Put this into the [mysqld] section of the configuration of the source and restart it.',
      remedySql: '-- my.cnf\nlog_bin = mysql-bin\nserver_id = 1',
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
    retention(facts),
  ];
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
      : `The source keeps its binlog for ${Number(days.toFixed(2))} days.`,
    `A purged binlog ends the change stream: it must outlive the load, at least ${MIN_RETENTION_DAYS} days. Managed services purge by rules of their own.`,
    {
      remedySql: inSeconds
        ? setGlobal(facts, 'binlog_expire_logs_seconds', String(ADVISED_RETENTION_DAYS * DAY_SECONDS))
        : setGlobal(facts, 'expire_logs_days', String(ADVISED_RETENTION_DAYS)),
    },
  );
}

/** A statement that lasts beyond a restart where the server can do that, or a reminder where it cannot. */
function setGlobal({ server }: SourceFacts, name: string, value: string): string {
  const persists = server.flavor === 'mysql' && server.versionNumber >= 8_00_00;
  if (persists) return `SET PERSIST ${name} = ${value};`;
  return `SET GLOBAL ${name} = ${value};\n-- and in the [mysqld] section of my.cnf, to last: ${name} = ${value.replaceAll("'", '')}`;
}
