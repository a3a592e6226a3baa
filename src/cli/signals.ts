import { EXIT } from '../core/exit-codes.ts';
import { interrupted } from './report.ts';

/** The parts of `process` used here. */
export interface SignalSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  exit(code: number): unknown;
}

export interface ProcessGuards {
  /** Aborted by the first SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** Rejects when something threw where nobody listened; never resolves. */
  crashed: Promise<never>;
  remove(): void;
}

/**
 * Turns signals into an abort, and faults that nobody caught into a rejection, so that both end through the same door as
 * everything else. A second signal ends the process at once: what was committed is kept in any case.
 */
export function guardProcess(source: SignalSource, onFirstSignal: () => void): ProcessGuards {
  const controller = new AbortController();
  let crash: (error: unknown) => void = () => {};
  const crashed = new Promise<never>((_, reject) => {
    crash = reject;
  });
  // It may be rejected before anybody waits for it.
  crashed.catch(() => {});
  const onSignal = () => {
    if (controller.signal.aborted) {
      source.exit(EXIT.interrupted);
      return;
    }
    controller.abort(interrupted());
    onFirstSignal();
  };
  const listeners: [string, (...args: unknown[]) => void][] = [
    ['SIGINT', onSignal],
    ['SIGTERM', onSignal],
    ['unhandledRejection', (error) => crash(error)],
    ['uncaughtException', (error) => crash(error)],
  ];
  for (const [event, listener] of listeners) source.on(event, listener);
  return {
    signal: controller.signal,
    crashed,
    remove: () => {
      for (const [event, listener] of listeners) source.off(event, listener);
    },
  };
}
