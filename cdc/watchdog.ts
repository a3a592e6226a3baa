/** Notices a peer that has fallen silent. The source sends a heartbeat each second when it has nothing else to send. */

export const HEARTBEAT_SECONDS = 1;
const TICK_MS = 1_000;

interface WatchdogOptions {
  /** Grows as long as the peer is alive: bytes received so far. */
  progress: () => number;
  /** While true nothing is expected. */
  isPaused: () => boolean;
  silenceMs: number;
  onSilence: () => void;
}

/** Returns how to stop it. Calls back at most once. Time in which this process itself did not run does not count. */
export function startWatchdog({ progress, isPaused, silenceMs, onSilence }: WatchdogOptions): () => void {
  let last = progress();
  let silentMs = 0;
  let lastTickAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const elapsedMs = now - lastTickAt;
    lastTickAt = now;
    const current = progress();
    const wasHeldUp = elapsedMs > 2 * TICK_MS;
    silentMs = current !== last || isPaused() || wasHeldUp ? 0 : silentMs + elapsedMs;
    last = current;
    if (silentMs < silenceMs) return;
    clearInterval(timer);
    onSilence();
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
