/**
 * Before a dump: whether the recorded position still means on this server what it meant when it was recorded. What a
 * server cannot be asked about is left to the dump itself, whose errors say the same.
 */
import { TransfuseError } from '../src/core/errors.ts';
import { includesGtids, parseGtidSet, type GtidSet } from '../src/core/gtid-set.ts';
import { compareFilePlaces, isOtherServer, isSameServer, type BinlogPosition } from '../src/core/position.ts';
import type { SourceConnection } from '../src/mysql/connection.ts';
import { quoteSourceString } from '../src/mysql/identifiers.ts';
import { readBinlogPosition } from '../src/mysql/position.ts';

const FAILED_OVER =
  'Connect to the server on which the run began, or load the tables again with bin/bulk --replace.';

/**
 * Where the binlog of the server ends now. Throws CDC_BINLOG_OFF, CDC_SOURCE_REPLACED, CDC_POSITION_PURGED,
 * CDC_POSITION_INVALID, SOURCE_ACCESS_DENIED. Without GTIDs a binlog that was reset and has grown past the position again can
 * only be told by an event that does not begin there.
 */
export async function checkResume(source: SourceConnection, from: BinlogPosition): Promise<BinlogPosition> {
  const end = await readBinlogPosition(source);
  if (!end) throw new TransfuseError('CDC_BINLOG_OFF', 'The binlog of the source is off.');
  const isOtherKind = (from.serverUuid === null) !== (end.serverUuid === null);
  if (isOtherKind) throw replaced('The source is no longer of the kind, MySQL or MariaDB, that it was', from);
  if (from.gtidSet) await checkGtids(source, from, end, from.gtidSet);
  else await checkFile(source, from, end);
  return end;
}

async function checkGtids(
  source: SourceConnection,
  from: BinlogPosition,
  end: BinlogPosition,
  gtidSet: string,
): Promise<void> {
  if (end.gtidSet === null) {
    throw new TransfuseError(
      'CDC_BINLOG_OFF',
      'The source numbers its transactions no longer: gtid_mode is not ON.',
      {
        fix: 'Run SET GLOBAL gtid_mode = ON at the source, by its steps, or load the tables again with bin/bulk --replace.',
      },
    );
  }
  const done = parseGtidSet(gtidSet);
  if (!includesGtids(parseGtidSet(end.gtidSet, done.dialect), done)) {
    throw new TransfuseError(
      'CDC_POSITION_INVALID',
      'The source lacks transactions that were already applied: it was reset or restored, or is a replica that lags behind.',
      {
        where: whereOf(from),
        fix: `If it is a replica, wait until it has caught up. Otherwise: ${FAILED_OVER}`,
      },
    );
  }
  // Numbers alone do not tell: a server that was reset gives the same ones again.
  if (isSameServer(from, end)) await checkPlaceByGtid(source, from, end, done);
  if (done.dialect === 'mariadb') return;
  const [row] = await source.query<{ purged: string }>('SELECT @@GLOBAL.gtid_purged AS purged');
  if (includesGtids(done, parseGtidSet(row?.purged ?? ''))) return;
  throw purged('The source has deleted the binlog of transactions that were not read yet', from);
}

/**
 * On the server that the place is of: the place must be there, or have been deleted since, and hold no more than what was
 * done. The place may be behind the numbers, never ahead.
 */
async function checkPlaceByGtid(
  source: SourceConnection,
  from: BinlogPosition,
  end: BinlogPosition,
  done: GtidSet,
): Promise<void> {
  const files = await listFiles(source);
  const file = files.find(({ Log_name }) => Log_name === from.file);
  if (!file) {
    const isBeyondLast = (compareFilePlaces(from, { file: end.file, offset: '0' }) ?? -1) > 0;
    if (isBeyondLast)
      throw renumbered(`The source has no binlog file ${from.file}; the last is ${end.file}`, from);
    return;
  }
  if (BigInt(file.File_size) < BigInt(from.offset)) {
    throw renumbered(`The binlog file ${from.file} is shorter than what was read of it`, from);
  }
  await checkBoundary(source, from);
  if (source.server.flavor !== 'mariadb') return;
  const [row] = await source.query<{ gtid: string | null }>(
    `SELECT BINLOG_GTID_POS(${quoteSourceString(from.file)}, ${BigInt(from.offset)}) AS gtid`,
  );
  const there = parseGtidSet(row?.gtid ?? '', done.dialect);
  if (!includesGtids(done, there)) {
    throw renumbered(
      `The binlog file ${from.file} holds other transactions than those that were read of it`,
      from,
    );
  }
}

async function listFiles(
  source: SourceConnection,
): Promise<{ Log_name: string; File_size: string | number }[]> {
  return source.query('SHOW BINARY LOGS', {
    doing: 'listing the binlog files',
    privilege: source.server.flavor === 'mariadb' ? 'BINLOG MONITOR' : 'REPLICATION CLIENT',
  });
}

async function checkFile(source: SourceConnection, from: BinlogPosition, end: BinlogPosition): Promise<void> {
  if (isOtherServer(from, end)) throw replaced('The source is another server than before', from);
  const files = await listFiles(source);
  const file = files.find(({ Log_name }) => Log_name === from.file);
  if (!file) {
    const first = files[0]?.Log_name ?? end.file;
    const isBeforeFirst = (compareFilePlaces(from, { file: first, offset: '0' }) ?? 1) < 0;
    if (isBeforeFirst)
      throw purged(`The source has deleted its binlog file ${from.file}; the oldest is ${first}`, from);
    throw renumbered(`The source has no binlog file ${from.file}; the last is ${end.file}`, from);
  }
  // The size in the list may be older than what was read from the file meanwhile.
  if (BigInt(file.File_size) < BigInt(from.offset)) {
    throw renumbered(`The binlog file ${from.file} is shorter than what was read of it`, from);
  }
  await checkBoundary(source, from);
}

/** A file of the same name that was begun anew has, nearly always, no event at the same offset. */
async function checkBoundary(source: SourceConnection, from: BinlogPosition): Promise<void> {
  const sql = `SHOW BINLOG EVENTS IN ${quoteSourceString(from.file)} FROM ${BigInt(from.offset)} LIMIT 1`;
  try {
    await source.query(sql, { doing: 'looking at the binlog', privilege: 'REPLICATION SLAVE' });
  } catch (error) {
    const isRefused =
      error instanceof TransfuseError && error.code === 'SOURCE_QUERY_FAILED' && !error.transient;
    if (!isRefused) throw error;
    throw renumbered(`In the binlog file ${from.file} no event begins at ${from.offset}`, from);
  }
}

function replaced(what: string, from: BinlogPosition): TransfuseError {
  return new TransfuseError('CDC_SOURCE_REPLACED', `${what}.`, { where: whereOf(from) });
}

function purged(what: string, from: BinlogPosition): TransfuseError {
  return new TransfuseError('CDC_POSITION_PURGED', `${what}.`, { where: whereOf(from) });
}

function renumbered(what: string, from: BinlogPosition): TransfuseError {
  return new TransfuseError(
    'CDC_POSITION_INVALID',
    `${what}: the binlog was reset, renumbered or restored.`,
    {
      where: whereOf(from),
      fix: FAILED_OVER,
    },
  );
}

function whereOf({ file, offset }: BinlogPosition): { file: string; offset: string } {
  return { file, offset };
}
