import { to as copyTo } from 'pg-copy-streams';
import { COPY_HEADER } from '../../streams/copy-format.ts';
import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError } from '../postgres/errors.ts';
import type { TupleLayout } from './tuple-layout.ts';

/** Whole tuples, one behind the other. Whoever takes them measures each again. */
export interface TupleRun {
  bytes: Buffer;
  start: number;
  end: number;
}

/**
 * What a SELECT gives, as tuples of binary COPY. Holds what the server has sent at once, or one row where that is larger. Throws TARGET_*.
 */
export async function* targetTuples(
  target: TargetConnection,
  select: string,
  layout: TupleLayout,
  action: string,
): AsyncGenerator<TupleRun> {
  const stream = target.client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  // A connection that breaks ends the query, not its stream.
  const stopListening = target.onLost(() => stream.destroy(lost()));
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let needed = COPY_HEADER.length + TRAILER_BYTES;
  let isFirst = true;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pending.push(piece);
      pendingBytes += piece.length;
      if (pendingBytes < needed) continue;
      const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
      const start = isFirst ? COPY_HEADER.length : 0;
      isFirst = false;
      let at = start;
      for (;;) {
        needed = at + TRAILER_BYTES;
        if (bytes.length < needed || bytes.readInt16BE(at) === TRAILER) break;
        needed = layout.measure(bytes, at, bytes.length);
        if (bytes.length < needed) break;
        at = needed;
      }
      if (at > start) yield { bytes, start, end: at };
      pending = at < bytes.length ? [bytes.subarray(at)] : [];
      pendingBytes = bytes.length - at;
      needed -= at;
    }
  } catch (error) {
    throw error instanceof TransfuseError ? error : classifyTargetError(error, { action });
  } finally {
    stopListening();
    // The answer to a COPY that nobody reads to its end stands in the way of any other.
    if (!stream.readableEnded) target.destroy();
  }
}

const TRAILER = -1;
const TRAILER_BYTES = 2;

function lost(): TransfuseError {
  return new TransfuseError('TARGET_LOST', 'The connection to the target was lost.', { transient: true });
}
