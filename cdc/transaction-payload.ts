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
const HEADER_BYTES = 19;
const LENGTH_OFFSET = 9;

export interface PayloadEvent {
  /** With its header, without checksum. */
  bytes: Buffer;
  isLast: boolean;
}

/**
 * The events one behind the other, expanded as far as they are asked for; the last one only once the whole payload has proved to be
 * as long as it says. Holds one event, of at most `maxEventBytes`. Throws CDC_EVENT_TOO_LARGE before it holds more, CDC_EVENT_MALFORMED.
 */
export function* eventsOfTransaction(body: Buffer, maxEventBytes: number): Generator<PayloadEvent> {
  const bytes = new EventBytes(body, NAME);
  const fields = new Map<number, number>();
  for (let field = bytes.packed(); field !== FIELD.end; field = bytes.packed()) {
    fields.set(field, new EventBytes(bytes.packedBytes(), NAME).packed());
  }
  const payload = bytes.bytes(fields.get(FIELD.payloadBytes) ?? NaN);
  const isPlain = fields.get(FIELD.compression) === COMPRESSION.none;
  const expandedBytes = isPlain ? payload.length : fields.get(FIELD.expandedBytes);
  const isKnown = isPlain || fields.get(FIELD.compression) === COMPRESSION.zstd;
  if (!isKnown || expandedBytes === undefined) throw malformedEvent(NAME);
  let ahead: Buffer | null = null;
  let seenBytes = 0;
  for (const event of splitEvents(isPlain ? [payload] : expanded(payload), maxEventBytes)) {
    seenBytes += event.length;
    if (ahead) yield { bytes: ahead, isLast: false };
    ahead = event;
  }
  if (seenBytes !== expandedBytes || !ahead) throw malformedEvent(NAME);
  yield { bytes: ahead, isLast: true };
}

function* expanded(payload: Buffer): Generator<Buffer> {
  try {
    yield* expandZstd(payload);
  } catch {
    throw malformedEvent(NAME);
  }
}

/** Not a copy where an event lies within one piece. */
function* splitEvents(pieces: Iterable<Buffer>, maxEventBytes: number): Generator<Buffer> {
  let parts: Buffer[] = [];
  let heldBytes = 0;
  let neededBytes = HEADER_BYTES;
  for (const piece of pieces) {
    parts.push(piece);
    heldBytes += piece.length;
    if (heldBytes < neededBytes) continue;
    const whole = parts.length === 1 ? piece : Buffer.concat(parts, heldBytes);
    let at = 0;
    for (;;) {
      const left = whole.length - at;
      neededBytes = left < HEADER_BYTES ? HEADER_BYTES : whole.readUInt32LE(at + LENGTH_OFFSET);
      if (neededBytes < HEADER_BYTES) throw malformedEvent(NAME);
      if (neededBytes > maxEventBytes) throw tooLarge(neededBytes, maxEventBytes);
      if (left < neededBytes) break;
      yield whole.subarray(at, at + neededBytes);
      at += neededBytes;
    }
    parts = at < whole.length ? [whole.subarray(at)] : [];
    heldBytes = whole.length - at;
  }
  if (heldBytes > 0) throw malformedEvent(NAME);
}

function tooLarge(bytes: number, maxBytes: number): TransfuseError {
  return new TransfuseError(
    'CDC_EVENT_TOO_LARGE',
    `An event of a compressed transaction has ${bytes} bytes; ${maxBytes} are allowed.`,
    {
      fix: 'Set binlog_transaction_compression=OFF at the source, and load the tables again with bin/bulk --replace.',
    },
  );
}
