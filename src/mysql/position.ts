import type { BinlogPosition } from '../core/position.ts';
import type { SourceConnection } from './connection.ts';
import { quoteSourceString } from './identifiers.ts';

interface BinlogStatusRow {
  File: string;
  Position: number | string;
  Executed_Gtid_Set?: string;
}

/** After how long a transaction that is in MySQL's binlog is taken to be visible: it has been synced and is about to be committed. */
const COMMIT_SETTLE_MS = 2_000;

/**
 * A place in the binlog, to be recorded before the first row is read and after the last (invariant 2). null when the binlog is off.
 * Every transaction committed later is in the binlog behind it; every one before it is visible to whoever reads from now on, where
 * it is taken by GTID (MySQL) or at all (MariaDB). MySQL's file and offset are those of the binlog's end, which may be ahead of
 * what is visible: with `gtidSet` null, rows must not be read before `settleMs` has passed.
 * Throws SOURCE_ACCESS_DENIED with the GRANT that is missing.
 */
export async function readBinlogPosition(source: SourceConnection): Promise<BinlogPosition | null> {
  const recordedAt = new Date().toISOString();
  const [status] = await source.query<BinlogStatusRow>(positionStatement(source), {
    doing: 'reading the binlog position',
    privilege: binlogPrivilege(source),
  });
  if (!status?.File) return null;
  if (source.server.flavor === 'mariadb') {
    const place = await mariadbSnapshot(source);
    const numbers = await mariadbGtids(source, place);
    return { ...place, ...numbers, serverUuid: null, recordedAt };
  }
  const identity = await mysqlIdentity(source, status);
  return { file: status.File, offset: String(status.Position), ...identity, recordedAt };
}

/** How long after `position` was read, from `nowMs` on, rows must still not be read, so that they hold everything before it. */
export function settleMs({ gtidSet, recordedAt }: BinlogPosition, nowMs: number): number {
  return gtidSet === null ? Math.max(0, Date.parse(recordedAt) + COMMIT_SETTLE_MS - nowMs) : 0;
}

/** Shows where the binlog ends, and which databases it leaves out. */
export function positionStatement({
  server: { flavor, versionNumber },
}: Pick<SourceConnection, 'server'>): string {
  return flavor === 'mysql' && versionNumber >= 8_04_00 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
}

/** What seeing the binlog's files and positions takes; not yet reading it. */
export function binlogPrivilege({
  server: { flavor, versionNumber },
}: Pick<SourceConnection, 'server'>): string {
  return flavor === 'mariadb' && versionNumber >= 10_05_02 ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
}

type Identity = Pick<BinlogPosition, 'gtidSet' | 'serverUuid'>;

async function mysqlIdentity(source: SourceConnection, status: BinlogStatusRow): Promise<Identity> {
  const [row] = await source.query<{ uuid: string; mode: string }>(
    'SELECT @@server_uuid AS uuid, @@GLOBAL.gtid_mode AS mode',
  );
  // In the modes between OFF and ON some transactions have no number, and a dump cannot begin by the set.
  const gtidSet = row?.mode === 'ON' ? (status.Executed_Gtid_Set ?? '').replaceAll(/\s/g, '') : null;
  return { gtidSet, serverUuid: row?.uuid ?? null };
}

/**
 * Where the binlog stands for a snapshot of the storage engine. SHOW MASTER STATUS would give a place beyond transactions that are
 * written to the binlog and not yet visible: a row read at once would lack them, and sync would begin behind them.
 */
async function mariadbSnapshot(source: SourceConnection): Promise<Pick<BinlogPosition, 'file' | 'offset'>> {
  await source.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  try {
    const rows = await source.query<{ Variable_name: string; Value: string }>(
      "SHOW STATUS LIKE 'binlog_snapshot_%'",
    );
    const status = new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
    return {
      file: status.get('binlog_snapshot_file') ?? '',
      offset: status.get('binlog_snapshot_position') ?? '',
    };
  } finally {
    await source.query('COMMIT');
  }
}

async function mariadbGtids(
  source: SourceConnection,
  { file, offset }: Pick<BinlogPosition, 'file' | 'offset'>,
): Promise<{ gtidSet: string | null; serverId: string }> {
  // For this very file and offset: @@gtid_binlog_pos may have moved on since.
  const [row] = await source.query<{ gtid: string | null; id: string | number }>(
    `SELECT BINLOG_GTID_POS(${quoteSourceString(file)}, ${Number(offset)}) AS gtid, @@server_id AS id`,
  );
  return { gtidSet: row?.gtid ?? null, serverId: String(row?.id) };
}
