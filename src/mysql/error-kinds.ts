/**
 * What the error numbers of MySQL and MariaDB, and the codes of the driver and of Node, mean for a migration. Numbers
 * come first: MariaDB reuses numbers above 1900 for its own errors, and the driver then gives them MySQL's names.
 */
export type SourceErrorKind =
  'unreachable' | 'lost' | 'busy' | 'tls' | 'permission' | 'database-missing' | 'gone' | 'data' | 'fatal';

/** The kinds that a later attempt may not meet again. */
export const TRANSIENT_KINDS: ReadonlySet<SourceErrorKind> = new Set(['unreachable', 'lost', 'busy']);

const NUMBERS: Partial<Record<SourceErrorKind, readonly number[]>> = {
  lost: [
    1053, // server shutdown in progress
    1152, // aborted connection
    1158, // error reading communication packets
    1159, // timeout reading communication packets
    1160, // error writing communication packets
    1161, // timeout writing communication packets
    1184, // aborted new connection
    1927, // MariaDB: connection was killed
    2006, // server has gone away
    2013, // lost connection during query
    3168, // server isn't available
    3169, // session was killed
    4031, // disconnected because of inactivity
  ],
  busy: [
    1028, // sort aborted, which a KILL causes
    1037, // out of memory
    1040, // too many connections
    1041, // out of memory
    1135, // cannot create a thread
    1203, // too many connections of this user
    1205, // lock wait timeout, metadata locks included
    1206, // lock table full
    1213, // deadlock
    1226, // user's resource limit reached
    1317, // an administrator killed the query
    1637, // too many active transactions
    1969, // MariaDB: max_statement_time exceeded
    3024, // max_execution_time exceeded
    3032, // offline mode
    3572, // NOWAIT
  ],
  permission: [
    1044, // access denied to the database
    1045, // access denied
    1129, // host is blocked after connection errors
    1130, // host is not allowed to connect
    1141, // no such grant
    1142, // command denied on the table
    1143, // command denied on the column
    1227, // a global privilege is missing
    1251, // authentication protocol not supported by the client
    1275, // old authentication protocol refused
    1370, // routine privilege missing
    1524, // plugin of the account is not loaded
    1698, // access denied, no password possible
    1820, // password must be changed
    1862, // password expired
    1873, // access denied on change of user
    3118, // account locked
    3955, // MySQL: account locked after failed logins
    4151, // MariaDB: account locked
    4166, // MariaDB: access denied
  ],
  'database-missing': [1049],
  gone: [
    1033, // .frm does not fit
    1051, // unknown table
    1054, // unknown column
    1109, // unknown table in a clause
    1146, // table does not exist
    1176, // index does not exist
    1347, // no longer a table of this kind
    1356, // view refers to something that is gone
    1412, // table definition has changed
    1735, // unknown partition
    1932, // table is gone from the engine
    3064, // missing tablespace
  ],
  data: [
    1030, // error from the storage engine
    1034, // incorrect key file
    1035, // old key file
    1194, // table is crashed
    1195, // table is crashed and its repair failed
    1712, // index corrupted
    1812, // tablespace is missing
    1815, // storage engine's internal error
    1877, // table corrupted
    3170, // memory capacity of a range exceeded
  ],
  tls: [
    1043, // bad handshake
    3159, // server insists on TLS
  ],
};

const CODES: Partial<Record<SourceErrorKind, readonly string[]>> = {
  unreachable: [
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EHOSTDOWN',
    'ENETDOWN',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EADDRNOTAVAIL',
    'ENOENT',
    'EACCES',
    'EPERM',
  ],
  lost: [
    'PROTOCOL_CONNECTION_LOST',
    'PROTOCOL_SEQUENCE_TIMEOUT',
    'PROTOCOL_UNEXPECTED_PACKET',
    'PROTOCOL_ERROR',
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'ERR_STREAM_DESTROYED',
    'ERR_STREAM_WRITE_AFTER_END',
  ],
  tls: ['HANDSHAKE_SSL_ERROR', 'HANDSHAKE_NO_SSL_SUPPORT'],
  permission: ['AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED'],
};

function invert<Key>(table: Partial<Record<SourceErrorKind, readonly Key[]>>): Map<Key, SourceErrorKind> {
  const kinds = Object.entries(table) as [SourceErrorKind, readonly Key[]][];
  return new Map(kinds.flatMap(([kind, keys]) => keys.map((key) => [key, kind] as const)));
}

const KIND_OF_NUMBER = invert(NUMBERS);
const KIND_OF_CODE = invert(CODES);

/** What of a driver error is safe to look at: never its message, except to recognise a TLS failure. */
export interface DriverErrorFacts {
  errno: number | null;
  code: string | null;
  sqlState: string | null;
  syscall: string | null;
  /** The driver has given up the connection. */
  fatal: boolean;
}

export function driverErrorFacts(error: unknown): DriverErrorFacts {
  const { errno, code, sqlState, syscall, fatal } = Object(error) as Record<string, unknown>;
  return {
    // Node's own errors carry negative numbers of the operating system.
    errno: typeof errno === 'number' && errno > 0 ? errno : null,
    code: typeof code === 'string' ? code : null,
    sqlState: typeof sqlState === 'string' && /^[0-9A-Z]{5}$/.test(sqlState) ? sqlState : null,
    syscall: typeof syscall === 'string' ? syscall : null,
    fatal: fatal === true,
  };
}

/** null where this is no error of a server, a network or the driver, but a fault of ours. */
export function sourceErrorKind(facts: DriverErrorFacts): SourceErrorKind | null {
  if (facts.errno !== null) return KIND_OF_NUMBER.get(facts.errno) ?? 'fatal';
  if (facts.code === 'ETIMEDOUT') return facts.syscall === 'connect' ? 'unreachable' : 'lost';
  const kind = facts.code === null ? undefined : KIND_OF_CODE.get(facts.code);
  if (kind) return kind;
  // The driver says "closed state" and "can't write" with no code at all, only with this mark.
  return facts.fatal ? 'lost' : null;
}
