/**
 * The rows of MariaDB's compressed events. A byte in front says the algorithm (bits 4 to 6, zlib is 0) and in how many
 * bytes (bits 0 to 2) the expanded length follows, highest first; then comes a zlib stream (binlog_buf_compress of the server).
 */
import zlib from 'node:zlib';
import { TransfuseError } from '../src/core/errors.ts';
import { malformedEvent } from './event-bytes.ts';

const EVENT = 'A compressed rows event';

/** Throws CDC_EVENT_TOO_LARGE before anything beyond `maxBytes` is allocated, CDC_EVENT_MALFORMED. */
export function expandRows(packed: Buffer, maxBytes: number, table: string): Buffer {
  const head = packed[0] ?? 0;
  const lengthBytes = head & 7;
  const isZlib = (head & 0x80) !== 0 && (head & 0x70) === 0;
  if (!isZlib || lengthBytes < 1 || lengthBytes > 4 || packed.length < 1 + lengthBytes) {
    throw malformedEvent(EVENT, { table });
  }
  const length = packed.readUIntBE(1, lengthBytes);
  if (length > maxBytes) {
    throw new TransfuseError(
      'CDC_EVENT_TOO_LARGE',
      `A compressed event of table ${table} expands to ${length} bytes; ${maxBytes} are allowed.`,
      { where: { table } },
    );
  }
  let expanded: Buffer;
  try {
    // One byte more than said is allowed for, so that a longer stream is noticed.
    expanded = zlib.inflateSync(packed.subarray(1 + lengthBytes), { maxOutputLength: length + 1 });
  } catch {
    throw malformedEvent(EVENT, { table });
  }
  if (expanded.length !== length) throw malformedEvent(EVENT, { table });
  return expanded;
}
