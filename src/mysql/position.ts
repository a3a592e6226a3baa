import type { BinlogPosition } from '../core/position.ts';
import type { SourceConnection } from './connection.ts';
import { quoteSourceString } from './identifiers.ts';

interface BinlogStatusRow {
  File: string;
  Position: number | string;
  Executed_Gtid_Set?: string;
}

/**
 * Where the binlog ends now, to be recorded before the first row is read (invariant 2). null when the binlog is off.
 * Throws SOURCE_ACCESS_DENIED with the GRANT that is missing.
 */
export async function readBinlogPosition(source: SourceConnection): Promise<BinlogPosition | null> {
  const { flavor, versionNumber } = source.server;
  const statement =
    flavor === 'mysql' && versionNumber >= 8_04_00 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
  const privilege =
    flavor === 'mariadb' && versionNumber >= 10_05_02 ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
  const [status] = await source.query<BinlogStatusRow>(statement, {
    doing: 'reading the binlog position',
    privilege,
  });
  if (!status?.File) return null;
  const identity = await (flavor === 'mysql'
    ? mysqlIdentity(source, status)
    : mariadbIdentity(source, status));
  return {
    file: status.File,
    offset: String(status.Position),
    ...identity,
    recordedAt: new Date().toISOString(),
  };
}

type Identity = Pick<BinlogPosition, 'gtidSet' | 'serverUuid'>;

async function mysqlIdentity(source: SourceConnection, status: BinlogStatusRow): Promise<Identity> {
  const [row] = await source.query<{ uuid: string | null }>('SELECT @@server_uuid AS uuid');
  return { gtidSet: status.Executed_Gtid_Set?.replaceAll(/\s/g, '') || null, serverUuid: row?.uuid ?? null };
}

async function mariadbIdentity(source: SourceConnection, status: BinlogStatusRow): Promise<Identity> {
  // For this very file and offset: @@gtid_binlog_pos may have moved on since.
  const [row] = await source.query<{ gtid: string | null }>(
    `SELECT BINLOG_GTID_POS(${quoteSourceString(status.File)}, ${Number(status.Position)}) AS gtid`,
  );
  return { gtidSet: row?.gtid || null, serverUuid: null };
}
