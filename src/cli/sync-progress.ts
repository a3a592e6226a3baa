/** What a sync says while it runs: a line every few seconds, as long as something changes. */
import type { SyncObserver, SyncProgress } from '../sync/sync-report.ts';
import { quantity } from '../core/quantity.ts';
import { formatCount } from '../telemetry/format.ts';
import type { CommandContext } from './command.ts';
import { describeSync } from './render-sync.ts';

const LINE_INTERVAL_MS = 5_000;
/** While nothing changes. */
const QUIET_INTERVAL_MS = 60_000;

/** `stop` ends the lines, and prints the last one where it has not been printed. `database` is named where there are several. */
export function observeSync(
  { console, logger }: CommandContext,
  database: string | null,
): {
  observer: SyncObserver;
  stop(): void;
} {
  let latest: SyncProgress | null = null;
  let printed: { rowChanges: number; atMs: number } = { rowChanges: 0, atMs: performance.now() };
  const named = (text: string): string => (database === null ? text : `${database}: ${text}`);
  const print = (): void => {
    if (!latest || console.progressMode === 'silent') return;
    const now = performance.now();
    if (latest.rowChanges === printed.rowChanges && now - printed.atMs < QUIET_INTERVAL_MS) return;
    console.info(named(progressLine(latest)));
    printed = { rowChanges: latest.rowChanges, atMs: now };
  };
  const timer = setInterval(print, LINE_INTERVAL_MS);
  return {
    observer: {
      onPhase: (phase) => {
        console.info(named(phase));
        logger.info({ phase, database }, 'phase');
      },
      onProgress: (progress) => (latest = progress),
      onNote: (text) => {
        console.info(`note: ${named(text)}`);
        logger.info({ database }, text);
      },
      onRetry: (warning) => {
        console.warn(named(warning));
        logger.warn({ database }, warning);
      },
    },
    stop: () => {
      clearInterval(timer);
      print();
    },
  };
}

export function progressLine(progress: SyncProgress): string {
  const { transactions, rowChanges, overwritten } = progress;
  const parts = [
    `${formatCount(rowChanges)} changes of ${formatCount(transactions)} transactions`,
    describeSync(progress),
  ];
  if (overwritten > 0) parts.push(`${quantity(overwritten, 'row')} of others overwritten`);
  return parts.join(' · ');
}
