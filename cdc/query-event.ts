/**
 * Statements in the binlog (QUERY_EVENT).
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Query__event.html
 */
import { TransfuseError } from '../src/core/errors.ts';
import { EventBytes } from './event-bytes.ts';

export interface QueryEvent {
  /** Default database; '' for none. */
  database: string;
  /** In the session's character set. */
  sql: Buffer;
  ansiQuotes: boolean;
  noBackslashEscapes: boolean;
  /** Collation id of character_set_client; null where the event does not say. */
  collationId: number | null;
}

const STATUS = { flags2: 0, sqlMode: 1, catalog: 2, autoIncrement: 3, charset: 4, timeZone: 5, catalogNz: 6 };
const ANSI_QUOTES = 2 ** 2;
const NO_BACKSLASH_ESCAPES = 2 ** 20;

const FIXED_BYTES = 13;
const BEGIN = Buffer.from('BEGIN');

/** What most transactions of MySQL begin with, told without reading the rest of the event. */
export function isBegin(body: Buffer): boolean {
  if (body.length < FIXED_BYTES) return false;
  const from = FIXED_BYTES + (body[11]! | (body[12]! << 8)) + body[8]! + 1;
  if (body.length - from !== BEGIN.length) return false;
  for (let at = 0; at < BEGIN.length; at++) if (body[from + at] !== BEGIN[at]) return false;
  return true;
}

/** `sql` is a part of `body`. Throws CDC_EVENT_MALFORMED. */
export function readQueryEvent(body: Buffer): QueryEvent {
  const bytes = new EventBytes(body, 'A statement');
  bytes.bytes(8); // thread, duration
  const databaseBytes = bytes.uint(1);
  bytes.uint(2); // error code
  const status = readStatus(bytes.bytes(bytes.uint(2)));
  const database = bytes.bytes(databaseBytes).toString('utf8');
  bytes.uint(1); // a terminating zero
  return { ...status, database, sql: bytes.rest() };
}

/** Variables stand in ascending order; those wanted come before any whose length is not known here. */
function readStatus(variables: Buffer): Omit<QueryEvent, 'database' | 'sql'> {
  const bytes = new EventBytes(variables, 'The status of a statement');
  let sqlMode = 0;
  let collationId: number | null = null;
  while (!bytes.isAtEnd) {
    const code = bytes.uint(1);
    if (code === STATUS.flags2 || code === STATUS.autoIncrement) bytes.bytes(4);
    else if (code === STATUS.sqlMode) sqlMode = Number(bytes.bytes(8).readBigUInt64LE() & 0xffffffffn);
    else if (code === STATUS.catalog) bytes.bytes(bytes.uint(1) + 1);
    else if (code === STATUS.timeZone || code === STATUS.catalogNz) bytes.bytes(bytes.uint(1));
    else if (code === STATUS.charset) {
      collationId = bytes.uint(2);
      bytes.bytes(4);
    } else break;
  }
  return {
    ansiQuotes: (sqlMode & ANSI_QUOTES) !== 0,
    noBackslashEscapes: (sqlMode & NO_BACKSLASH_ESCAPES) !== 0,
    collationId,
  };
}

/**
 * The statement as text. Throws CDC_EVENT_UNSUPPORTED for text beyond ASCII in a character set other than UTF-8 and latin1:
 * in some of those a byte that looks like a quote is none.
 */
export function statementText({ sql, collationId }: QueryEvent): string {
  if (isAscii(sql)) return sql.toString('latin1');
  if (collationId !== null && isUtf8(collationId)) return sql.toString('utf8');
  if (collationId !== null && LATIN1.has(collationId)) return new TextDecoder('windows-1252').decode(sql);
  throw new TransfuseError(
    'CDC_EVENT_UNSUPPORTED',
    'A statement in the binlog is written in a character set that cannot be read with certainty.',
    { fix: 'Define tables over connections in utf8mb4, and load the tables again with bin/bulk --replace.' },
  );
}

/** latin1's collations; MariaDB's without padding are the same plus 1024. */
const LATIN1 = new Set([5, 8, 15, 31, 47, 48, 49, 94, 1032, 1071]);

/** utf8mb3 and utf8mb4, as both servers number their collations. */
function isUtf8(id: number): boolean {
  const common = id & ~1024;
  return (
    [33, 45, 46, 76, 83].includes(common) ||
    (common >= 192 && common <= 247) ||
    (id >= 255 && id <= 323) ||
    (id >= 576 && id <= 610) ||
    (id >= 2048 && id < 2560)
  );
}

function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}
