import { TransfuseError } from '../core/errors.ts';

/**
 * What `work` comes to; or, where that takes too long, STORAGE_UNREACHABLE, and where the signal is first, its reason. `work` is given a
 * signal that aborts with either; a request of the client, which heeds none, may go on then, and nobody listens.
 */
export function withinTime<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // Not by AbortSignal.timeout() and any(): Node 20 may collect a signal that nothing else holds before it aborts.
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const abandon = (reason: Error): void => {
      reject(reason);
      controller.abort(reason);
    };
    const interrupt = (): void => abandon(signal.reason as Error);
    signal.addEventListener('abort', interrupt, { once: true });
    const timer = setTimeout(() => {
      const message = `The object store has not answered for ${Math.ceil(timeoutMs / 1000)} s.`;
      abandon(new TransfuseError('STORAGE_UNREACHABLE', message, { transient: true }));
    }, timeoutMs);
    void work(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', interrupt);
      });
  });
}
