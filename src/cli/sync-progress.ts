/** What a sync says while it runs: a line every few seconds, as long as something changes. */
import type { SyncObserver, SyncProgress } from '../sync/sync-report.ts';
import { formatBytes, formatCount } from '../telemetry/format.ts';
import type { CommandContext } from './command.ts';

const LINE_INTERVAL_MS = 5_000;
/** While nothing changes. */
const QUIET_INTERVAL_MS = 60_000;

/** `stop` ends the lines, and prints the last one where it has not been printed. */
export function observeSync({ console, logger }: CommandContext): {
  observer: SyncObserver;
  stop(): void;
} {
  let latest: SyncProgress | null = null;
  let printed: { rowChanges: number; atMs: number } = { rowChanges: 0, atMs: performance.now() };
  const print = (): void => {
    if (!latest || console.progressMode === 'silent') return;
    const now = performance.now();
    if (latest.rowChanges === printed.rowChanges && now - printed.atMs < QUIET_INTERVAL_MS) return;
    const rate = ((latest.rowChanges - printed.rowChanges) / (now - printed.atMs)) * 1000;
    console.info(progressLine(latest, rate));
    printed = { rowChanges: latest.rowChanges, atMs: now };
  };
  const timer = setInterval(print, LINE_INTERVAL_MS);
  return {
    observer: {
      onPhase: (phase) => {
        console.info(phase);
        logger.info({ phase }, 'phase');
      },
      onProgress: (progress) => (latest = progress),
      onNote: (text) => {
        console.info(`note: ${text}`);
        logger.info(text);
      },
      onRetry: (warning) => {
        console.warn(warning);
        logger.warn(warning);
      },
    },
    stop: () => {
      clearInterval(timer);
      print();
    },
  };
}

export function progressLine(progress: SyncProgress, changesPerSecond: number): string {
  const { transactions, rowChanges, lagMs, behindBytes, position, silentMs } = progress;
  const parts = [
    `${formatCount(rowChanges)} changes of ${formatCount(transactions)} transactions`,
    `${formatCount(Math.round(changesPerSecond))}/s`,
    lagMs === null
      ? `lag unknown, the source is silent${silentMs === null ? '' : ` for ${(silentMs / 1000).toFixed(0)} s`}`
      : `lag ${(lagMs / 1000).toFixed(1)} s`,
  ];
  if (behindBytes !== null && behindBytes > 0) parts.push(`${formatBytes(behindBytes)} of binlog behind`);
  return [...parts, `at ${position.file}:${position.offset}`].join(' · ');
}
