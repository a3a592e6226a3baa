/**
 * The one place where it is decided what the end of a dump means: to be tried again, or for the operator. Texts of the
 * server are looked at to recognise them and go no further; most of the reasons below share one error number.
 */
import type { ErrorCode } from '../src/core/error-codes.ts';
import { TransfuseError } from '../src/core/errors.ts';
import { classifySourceError, type SourceErrorContext } from '../src/mysql/errors.ts';

/** 1236: cannot read the binlog; 1381: no binlog; MariaDB's 4052: the server id is taken (to MySQL it means another thing). */
const DUMP_ERRORS: ReadonlySet<unknown> = new Set([1236, 1381, 4052]);

interface Reason {
  code: ErrorCode;
  message: string;
  transient?: boolean;
}

/** MySQL says source and replica where MariaDB and older MySQL say master and slave. */
const REASONS: readonly (readonly [RegExp, Reason])[] = [
  [
    /same server_uuid\/server_id/i,
    {
      code: 'CDC_SERVER_ID_TAKEN',
      message: 'Another reader with the same server id has connected to the source.',
    },
  ],
  [
    /not open|gtid_mode = off|not using binary logging/i,
    { code: 'CDC_BINLOG_OFF', message: 'The source writes no binlog, or none with GTIDs any more.' },
  ],
  [
    /purged|first log file name|could not find next log|without GTIDs while looking/i,
    {
      code: 'CDC_POSITION_PURGED',
      message: 'The source has deleted the binlog at the position of the sync.',
    },
  ],
  [
    /position > file size|impossible position|more GTIDs than|not in the \w+'s binlog|requested GTID|GTID strict mode|diverged/i,
    {
      code: 'CDC_POSITION_INVALID',
      message: 'The position of the sync does not exist in the binlog of this source.',
    },
  ],
  [
    /memory allocation failed|out of memory|shutdown/i,
    { code: 'SOURCE_LOST', message: 'The source could not go on sending its binlog.', transient: true },
  ],
  [
    /max_allowed_packet/i,
    {
      code: 'CDC_BINLOG_CORRUPT',
      message:
        'The source found in its binlog no event at the position of the sync, or one beyond max_allowed_packet.',
    },
  ],
  [
    /bogus data|truncated|crc|corrupt|log event|log entry|read error|could not open log file/i,
    {
      code: 'CDC_BINLOG_CORRUPT',
      message: 'The source cannot read its own binlog at the position of the sync.',
    },
  ],
];

/** Never throws. `where` is the position from which the dump began. */
export function classifyDumpError(
  error: unknown,
  context: SourceErrorContext,
  where: { file: string; offset: string },
): TransfuseError {
  if (error instanceof TransfuseError) return error;
  const { errno, message } = Object(error) as { errno?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : '';
  const reason = DUMP_ERRORS.has(errno) && REASONS.find(([pattern]) => pattern.test(text))?.[1];
  if (reason) {
    const { code, transient = false } = reason;
    return new TransfuseError(code, `${reason.message} It began at ${where.file}:${where.offset}.`, {
      where: { ...where },
      transient,
    });
  }
  return classifySourceError(error, {
    ...context,
    doing: 'following the binlog',
    privilege: 'REPLICATION SLAVE',
  });
}
