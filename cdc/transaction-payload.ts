/**
 * MySQL's TRANSACTION_PAYLOAD: a whole transaction's events in one, compressed with zstd or not.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Transaction__payload__event.html
 */
import { TransfuseError } from '../src/core/errors.ts';
import { EventBytes, malformedEvent } from './event-bytes.ts';
import { expandZstd } from './zstd.ts';

const NAME = 'A compressed transaction';
const FIELD = { end: 0, payloadBytes: 1, compression: 2, expandedBytes: 3 } as const;
const COMPRESSION = { zstd: 0, none: 255 } as const;

/**
 * The events one behind the other, each with its header and without checksum. Not a copy where it was not compressed.
 * Throws CDC_EVENT_TOO_LARGE before more than `maxBytes` are allocated, CDC_EVENT_MALFORMED.
 */
export function expandTransaction(body: Buffer, maxBytes: number): Buffer {
  const bytes = new EventBytes(body, NAME);
  const fields = new Map<number, number>();
  for (let field = bytes.packed(); field !== FIELD.end; field = bytes.packed()) {
    fields.set(field, new EventBytes(bytes.packedBytes(), NAME).packed());
  }
  const payload = bytes.bytes(fields.get(FIELD.payloadBytes) ?? NaN);
  const compression = fields.get(FIELD.compression);
  if (compression === COMPRESSION.none) return payload;
  const expandedBytes = fields.get(FIELD.expandedBytes);
  if (compression !== COMPRESSION.zstd || expandedBytes === undefined) throw malformedEvent(NAME);
  if (expandedBytes > maxBytes) {
    throw new TransfuseError(
      'CDC_EVENT_TOO_LARGE',
      `A compressed transaction expands to ${expandedBytes} bytes at once; ${maxBytes} are allowed.`,
      {
        fix: 'Set binlog_transaction_compression=OFF at the source, and load the tables again with bin/bulk --replace.',
      },
    );
  }
  const expanded = expandZstd(payload, expandedBytes);
  if (!expanded) throw malformedEvent(NAME);
  return expanded;
}
