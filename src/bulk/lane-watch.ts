import type { Rows } from '../../streams/rows.ts';
import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { wireBytes } from '../postgres/wire-bytes.ts';
import { watchForStall } from './stall-watch.ts';

/** After an interruption, how long the target may take to end what it is doing. */
const SETTLE_TIMEOUT_MS = 5_000;

interface LaneWatchOptions {
  target: TargetConnection;
  /** The rows being read; null while none are. */
  rows(): Rows | null;
  /** Whether what the chunk waits for is neither side, but watches itself. */
  isHeldUp(): boolean;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Gives up the side that has let the chunk wait without a sign of life, as if its connection had been lost; and after an
 * interruption a target that does not come to an end. Returns how to stop watching.
 */
export function watchLane({ target, rows, isHeldUp, timeoutMs, signal }: LaneWatchOptions): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => target.abandon(), SETTLE_TIMEOUT_MS);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const stopWatching = watchForStall({
    timeoutMs,
    progress: () =>
      wireBytes(target.client) + (rows()?.bytesRead ?? 0) + (isHeldUp() ? performance.now() : 0),
    onStall: () => {
      const reading = rows();
      if (reading?.isWaiting && !reading.destroyed) reading.destroy(sourceIsSilent());
      else target.abandon();
    },
  });
  return () => {
    stopWatching();
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
}

function sourceIsSilent(): TransfuseError {
  return new TransfuseError('SOURCE_LOST', 'The source has sent nothing for too long.', { transient: true });
}
