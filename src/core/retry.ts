import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from './error-codes.ts';
import { TransfuseError } from './errors.ts';
import { quantity } from './quantity.ts';

interface RetryOptions {
  /** How long after the first of a row of failures it gives up. */
  timeoutMs: number;
  signal: AbortSignal;
  /** What is tried, for messages: `chunk 3 of visits from its beginning`. */
  subject?: string;
  /** A number that grows with what attempts get done: where it has grown, the next failure is the first of a new row. */
  progress?(): number;
  /** Told in plain words of each failure that will be retried. */
  onRetry(warning: string): void;
}

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/** Who could be reached when the command began is not unreachable, but lost. */
const LOST_CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  SOURCE_UNREACHABLE: 'SOURCE_LOST',
  TARGET_UNREACHABLE: 'TARGET_LOST',
  STORAGE_UNREACHABLE: 'STORAGE_LOST',
};

/**
 * Runs `attempt` until it succeeds, a failure is not transient, or `timeoutMs` have passed since the first failure: then the
 * last failure is thrown with the number of attempts; one to reach a server as SOURCE_LOST, TARGET_LOST or STORAGE_LOST. Waits between
 * attempts with growing, jittered delays. Throws INTERRUPTED when the signal aborts.
 */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { timeoutMs, signal, onRetry, subject, progress = () => 0 } = options;
  let firstFailureAt: number | null = null;
  let growingDelayMs = FIRST_DELAY_MS;
  let done = progress();
  for (let attempts = 1; ; attempts++) {
    throwIfInterrupted(signal);
    try {
      return await attempt();
    } catch (error) {
      throwIfInterrupted(signal);
      if (!(error instanceof TransfuseError) || !error.transient) throw error;
      if (progress() !== done) {
        done = progress();
        firstFailureAt = null;
        growingDelayMs = FIRST_DELAY_MS;
      }
      firstFailureAt ??= performance.now();
      if (performance.now() + growingDelayMs - firstFailureAt > timeoutMs) {
        throw givenUp(error, attempts, timeoutMs);
      }
      const delayMs = growingDelayMs * (0.75 + Math.random() / 2);
      const next = `attempt ${attempts + 1}${subject === undefined ? '' : `, ${subject}`}`;
      onRetry(`${error.message} Trying again in ${seconds(delayMs)}: ${next}.`);
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
      growingDelayMs = Math.min(growingDelayMs * 2, MAX_DELAY_MS);
    }
  }
}

function givenUp(error: TransfuseError, attempts: number, timeoutMs: number): TransfuseError {
  const { where, fix } = error;
  const code = LOST_CODES[error.code] ?? error.code;
  const patience = `RETRY_TIMEOUT_SECONDS=${timeoutMs / 1000}`;
  const message = `${error.message} Gave up after ${quantity(attempts, 'attempt')}, as ${patience} says.`;
  return new TransfuseError(code, message, { where, ...(code === error.code && { fix }) });
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Throws INTERRUPTED once the signal has aborted. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
}
