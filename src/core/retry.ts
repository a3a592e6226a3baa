import { setTimeout as sleep } from 'node:timers/promises';
import { TransfuseError } from './errors.ts';

interface RetryOptions {
  /** How long after the first of a row of failures it gives up. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Told of each failure that will be retried. */
  onRetry?: (error: TransfuseError, delayMs: number) => void;
}

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/**
 * Runs `attempt` until it succeeds, a failure is not transient, or `timeoutMs` have passed since the first failure: then the
 * last failure is thrown. Waits between attempts with growing, jittered delays. Throws INTERRUPTED when the signal aborts.
 */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  let firstFailureAt: number | null = null;
  let delayMs = FIRST_DELAY_MS;
  for (;;) {
    throwIfInterrupted(options.signal);
    try {
      return await attempt();
    } catch (error) {
      throwIfInterrupted(options.signal);
      if (!(error instanceof TransfuseError) || !error.transient) throw error;
      firstFailureAt ??= performance.now();
      if (performance.now() + delayMs - firstFailureAt > options.timeoutMs) throw error;
      options.onRetry?.(error, delayMs);
      await sleep(delayMs * (0.75 + Math.random() / 2), undefined, { signal: options.signal }).catch(
        () => undefined,
      );
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    }
  }
}

/** Throws INTERRUPTED once the signal has aborted. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
}
