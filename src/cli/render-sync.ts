/** How far a sync is, in words: the same on its own console and in bin/status. */
import type { SyncStatus } from '../ledger/sync-status.ts';
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';

/** The source sends a heartbeat each second. */
const SILENT_MS = 3_000;
/** Less is not worth a word: clocks differ. */
const CLOCK_OFF_MS = 2_000;

export function describeSync(status: SyncStatus): string {
  const { changesPerSecond, behindBytes, position, unchangedMs, clockAheadMs } = status;
  const parts = [describeLag(status)];
  if (behindBytes !== null) parts.push(`${formatBytes(behindBytes)} of binlog behind`);
  parts.push(`${formatCount(Math.round(changesPerSecond))} changes/s`);
  if (unchangedMs !== null) parts.push(`last change ${formatDuration(unchangedMs)} ago`);
  parts.push(`at ${position.file}:${position.offset}`);
  if (clockAheadMs !== null && Math.abs(clockAheadMs) >= CLOCK_OFF_MS) {
    const how = clockAheadMs > 0 ? 'ahead' : 'behind';
    parts.push(
      `the source's clock is ${formatDuration(Math.abs(clockAheadMs))} ${how}, which is taken into account`,
    );
  }
  return parts.join(' · ');
}

function describeLag({ lagMs, silentMs }: SyncStatus): string {
  if (lagMs !== null) return `lag ${formatDuration(lagMs)}`;
  if (silentMs === null) return 'lag unknown, the source has not been heard yet';
  return silentMs < SILENT_MS
    ? 'lag unknown yet'
    : `lag unknown, the source is silent for ${formatDuration(silentMs)}`;
}
