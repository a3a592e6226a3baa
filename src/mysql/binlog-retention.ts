/** How long the source keeps its binlog, and whether a position is still in it: for bulk and sync, while there is time. */
import type { BinlogPosition } from '../core/position.ts';
import { compareFilePlaces } from '../core/position.ts';
import type { SourceConnection } from './source-connection.ts';
import { binlogPrivilege } from './position.ts';

export interface BinlogRetention {
  /** null: until somebody purges it. Managed services purge by rules of their own. */
  retentionSeconds: number | null;
  /** Oldest first. */
  files: string[];
  /** The size of each. */
  fileBytes: number[];
}

/**
 * purged: the file of the position is gone · urgent: more than half of the time is over after which the server may delete it ·
 * safe: neither.
 */
export type RetentionVerdict = 'safe' | 'urgent' | 'purged';

/** What to do about an urgent verdict. */
export const RAISE_RETENTION =
  'What is purged before bin/sync has read it is lost to it: raise binlog_expire_logs_seconds at the source (before MariaDB 10.6 expire_logs_days) until sync has caught up.';

/** For people. */
export function hoursOf(seconds: number): string {
  return String(Number((seconds / 3600).toFixed(1)));
}

/** Throws SOURCE_ACCESS_DENIED with the GRANT that is missing. */
export async function readBinlogRetention(source: SourceConnection): Promise<BinlogRetention> {
  const context = { doing: 'reading the list of binlog files', privilege: binlogPrivilege(source) };
  const logs = await source.query<{ Log_name: string; File_size: number | string }>(
    'SHOW BINARY LOGS',
    context,
  );
  const settings = await source.query<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('binlog_expire_logs_seconds', 'expire_logs_days')",
    context,
  );
  const values = new Map(settings.map((row) => [row.Variable_name, row.Value]));
  return {
    retentionSeconds: retentionSecondsOf(values),
    files: logs.map((row) => row.Log_name),
    fileBytes: logs.map((row) => Number(row.File_size)),
  };
}

/** From the server's variables; null for ever. The newer setting wins where both exist; days may be fractions on MariaDB. */
export function retentionSecondsOf(settings: ReadonlyMap<string, string>): number | null {
  const seconds = Number(settings.get('binlog_expire_logs_seconds') ?? 0);
  const days = Number(settings.get('expire_logs_days') ?? 0);
  return seconds || days * 86_400 || null;
}

/** Pure. A file may be deleted once it has been left alone for the retention time: at the earliest that long after the position. */
export function judgeRetention(
  position: Pick<BinlogPosition, 'file' | 'offset' | 'recordedAt'>,
  { retentionSeconds, files }: Pick<BinlogRetention, 'retentionSeconds' | 'files'>,
  nowMs: number,
): RetentionVerdict {
  const oldest = files[0];
  const start = { file: oldest ?? '', offset: '0' };
  const isBefore = oldest !== undefined && (compareFilePlaces(position, start) ?? 0) < 0;
  if (oldest === undefined || isBefore || !files.includes(position.file)) return 'purged';
  if (retentionSeconds === null || files.at(-1) === position.file) return 'safe';
  const ageSeconds = (nowMs - Date.parse(position.recordedAt)) / 1000;
  return ageSeconds > retentionSeconds / 2 ? 'urgent' : 'safe';
}
