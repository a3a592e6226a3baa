import type { SourceServer } from './server-version.ts';

/** How long a reader may pause (a slow target) before the server gives it up. */
const NETWORK_TIMEOUT_S = 3600;
const IDLE_TIMEOUT_S = 28_800;
/** A schema change at the source holds its lock for long; better to retry than to queue behind it in silence. */
const LOCK_WAIT_TIMEOUT_S = 60;

/**
 * What makes every session read the same values from the same rows, whatever the server's defaults: no sql_mode that
 * changes results, UTC, UTF-8, no dirty reads, no statement time limit. And it cannot write.
 */
export function sessionStatements({ flavor, versionNumber }: SourceServer): string[] {
  const settings: Record<string, string | number> = {
    // Not empty, so that a key such as 31 February may be compared with; results are the same as with none.
    sql_mode: `'ALLOW_INVALID_DATES'`,
    time_zone: `'+00:00'`,
    net_write_timeout: NETWORK_TIMEOUT_S,
    net_read_timeout: NETWORK_TIMEOUT_S,
    wait_timeout: IDLE_TIMEOUT_S,
    lock_wait_timeout: LOCK_WAIT_TIMEOUT_S,
    sql_big_selects: 1,
    sql_select_limit: '18446744073709551615',
    sql_safe_updates: 0,
    sql_quote_show_create: 1,
    group_concat_max_len: 1 << 24,
  };
  if (flavor === 'mariadb') {
    settings.max_statement_time = 0;
    if (versionNumber >= 10_03_00) settings.idle_transaction_timeout = 0;
  } else {
    settings.max_execution_time = 0;
    // Otherwise row counts and AUTO_INCREMENT values are up to a day old.
    if (versionNumber >= 8_00_00) settings.information_schema_stats_expiry = 0;
  }
  const assignments = Object.entries(settings).map(([name, value]) => `SESSION ${name}=${value}`);
  return [
    'SET NAMES utf8mb4',
    `SET ${assignments.join(', ')}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  ];
}
