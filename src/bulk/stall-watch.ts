/**
 * Notices that nothing moves any more. A connection that a firewall has forgotten, or whose other end hangs, breaks without a
 * sign: what is written to it is taken, and nothing comes back.
 */
interface StallWatchOptions {
  /** How long nothing may move. */
  timeoutMs: number;
  /** A number that changes whenever anything moves. */
  progress(): number;
  /** Called each time that nothing has moved for so long: what it gives up first may not be what hangs. */
  onStall(): void;
}

const CHECKS_PER_TIMEOUT = 4;
const MIN_CHECK_INTERVAL_MS = 250;

/** Watches until the returned function is called. A timeout of 0 watches nothing. */
export function watchForStall({ timeoutMs, progress, onStall }: StallWatchOptions): () => void {
  if (timeoutMs === 0) return () => undefined;
  let last = progress();
  let movedAt = performance.now();
  const interval = Math.max(MIN_CHECK_INTERVAL_MS, timeoutMs / CHECKS_PER_TIMEOUT);
  const timer = setInterval(() => {
    const now = progress();
    if (now !== last) {
      last = now;
      movedAt = performance.now();
    } else if (performance.now() - movedAt >= timeoutMs) {
      movedAt = performance.now();
      onStall();
    }
  }, interval);
  return () => clearInterval(timer);
}
