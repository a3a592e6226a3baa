import { TransfuseError } from './errors.ts';
import { includesGtids, parseGtidSet, type GtidSet } from './gtid-set.ts';

/** A place in the source's binlog. The effects of everything before it are in what is read from the source after it was recorded. */
export interface BinlogPosition {
  file: string;
  /** Bytes from the start of the file, as decimal digits. */
  offset: string;
  /** MySQL: the executed GTID set, null where gtid_mode is not ON. MariaDB: the GTID position of the binlog. '' before the first. */
  gtidSet: string | null;
  /** Tells a failover to another server; null on MariaDB, which has none. */
  serverUuid: string | null;
  /** MariaDB: @@server_id, by which replicas of one topology differ. Positions that an older version recorded lack it. */
  serverId?: string;
  /** By the clock of this machine, ISO 8601 in UTC. */
  recordedAt: string;
}

/** What tells one server from another. */
export type ServerIdentity = Pick<BinlogPosition, 'serverUuid' | 'serverId'>;

/** A place that was reached, in a form in which asking costs little. */
export interface ReachedPlace {
  file: string;
  offset: string | number;
  gtids: GtidSet | null;
  /** Whose file it is. */
  server: ServerIdentity;
}

/**
 * Whether everything before `goal` is also before `reached`. By file and offset where both are known to be of one server,
 * else by GTID. Throws CDC_POSITION_INVALID where neither can tell.
 */
export function hasPassed(reached: BinlogPosition, goal: BinlogPosition): boolean {
  return passes(goal)(reachedPlace(reached));
}

export function reachedPlace(position: BinlogPosition): ReachedPlace {
  const { file, offset, gtidSet } = position;
  return { file, offset, gtids: gtidSet ? parseGtidSet(gtidSet) : null, server: position };
}

/** The same as `hasPassed` for many places and one goal, which is taken apart once. */
export function passes(goal: BinlogPosition): (reached: ReachedPlace) => boolean {
  let goalGtids: GtidSet | null = null;
  let file: string | null = null;
  let isLaterFile: boolean | null = null;
  const passedByGtid = (gtids: GtidSet): boolean =>
    includesGtids(gtids, (goalGtids ??= parseGtidSet(goal.gtidSet!)));
  return (reached) => {
    const { serverUuid } = reached.server;
    const isOneServer = serverUuid !== null && serverUuid === goal.serverUuid;
    const gtids = goal.gtidSet && reached.gtids?.isEmpty === false ? reached.gtids : null;
    if (gtids && !isOneServer) return passedByGtid(gtids);
    if (!isOtherServer(reached.server, goal)) {
      if (reached.file === goal.file) return Number(reached.offset) >= Number(goal.offset);
      if (reached.file !== file) {
        file = reached.file;
        const order = compareFilePlaces({ file, offset: '0' }, goal);
        isLaterFile = order === null ? null : order > 0;
      }
      if (isLaterFile !== null) return isLaterFile;
    }
    if (gtids) return passedByGtid(gtids);
    throw new TransfuseError(
      'CDC_POSITION_INVALID',
      `The positions ${reached.file}:${reached.offset} and ${goal.file}:${goal.offset} cannot be compared: they are of two servers, or of two series of binlog files, and have no GTIDs.`,
    );
  };
}

/** Whether the files of the two are known to be of different servers. */
export function isOtherServer(one: ServerIdentity, other: ServerIdentity): boolean {
  if (one.serverUuid !== other.serverUuid) return true;
  return one.serverId !== undefined && other.serverId !== undefined && one.serverId !== other.serverId;
}

/** Whether the files of the two are known to be of one server. */
export function isSameServer(one: ServerIdentity, other: ServerIdentity): boolean {
  const isKnown = one.serverUuid !== null || (one.serverId !== undefined && other.serverId !== undefined);
  return isKnown && !isOtherServer(one, other);
}

/** A transaction, or a statement outside of one, as the binlog announces it. */
export interface TransactionPlace {
  /** null where the source numbers no transactions. */
  gtid: string | null;
  start: { file: string; offset: number };
}

/**
 * Tells of transactions whether they are before `position`: then their effects are in what was read from the source after it was recorded.
 * By GTID where there are, since a file and offset may be ahead of what was visible. Throws CDC_POSITION_INVALID for a
 * place that cannot be compared.
 */
export function transactionsBefore(position: BinlogPosition): (transaction: TransactionPlace) => boolean {
  const done =
    position.gtidSet === null
      ? null
      : parseGtidSet(position.gtidSet, position.serverUuid === null ? 'mariadb' : 'mysql');
  return ({ gtid, start }) => {
    if (done !== null && gtid !== null) return done.contains(gtid);
    const order = compareFilePlaces({ file: start.file, offset: String(start.offset) }, position);
    if (order !== null) return order < 0;
    throw new TransfuseError(
      'CDC_POSITION_INVALID',
      `The positions ${start.file}:${start.offset} and ${position.file}:${position.offset} cannot be compared: they are of two series of binlog files, and have no GTIDs.`,
    );
  };
}

/** Negative, 0 or positive, as sorting takes it; null for files of different names, whose numbers say nothing. */
export function compareFilePlaces(
  one: Pick<BinlogPosition, 'file' | 'offset'>,
  other: Pick<BinlogPosition, 'file' | 'offset'>,
): number | null {
  const [fileOne, fileOther] = [splitFileName(one.file), splitFileName(other.file)];
  if (fileOne.base !== fileOther.base) return null;
  const [a, b] =
    fileOne.number === fileOther.number
      ? [BigInt(one.offset), BigInt(other.offset)]
      : [fileOne.number, fileOther.number];
  return a < b ? -1 : Number(a > b);
}

/** `binlog.000042`: numbers go on beyond 999999 with more digits, so they must not be compared as text. */
function splitFileName(file: string): { base: string; number: bigint } {
  const dot = file.lastIndexOf('.');
  const digits = file.slice(dot + 1);
  if (dot < 0 || !/^\d+$/.test(digits)) return { base: file, number: 0n };
  return { base: file.slice(0, dot), number: BigInt(digits) };
}
