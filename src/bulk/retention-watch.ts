/** Sees to it that the binlog outlives the load (invariant 2): what is purged before sync has read it is lost to sync. */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { BinlogPosition } from '../core/position.ts';
import {
  hoursOf,
  judgeRetention,
  RAISE_RETENTION,
  readBinlogRetention,
  type BinlogRetention,
} from '../mysql/binlog-retention.ts';
import { openSource } from '../mysql/connection.ts';

/** An eighth of what two slow cores load: links and old servers are slower, and a warning too many costs nothing. */
const ASSUMED_BYTES_PER_SECOND = 5e6;
const CHECK_INTERVAL_MS = 60_000;

export interface RetentionWatchOptions {
  /** Where sync will go on: the checkpoint, or P0. */
  position: BinlogPosition;
  /** How the binlog stands now; null where that cannot be told, which is tried again later. */
  read(): Promise<BinlogRetention | null>;
  onNote(text: string): void;
  /** The position is gone: called once, with what to throw. */
  onPurged(error: TransfuseError): void;
}

/**
 * Judges how the binlog stands at the start, says whether it would outlive a load of `bytes`, and goes on judging every minute.
 * Throws CDC_POSITION_PURGED. Returns how to stop it.
 */
export function watchRetention(
  { position, read, onNote, onPurged }: RetentionWatchOptions,
  first: BinlogRetention,
  bytes: number,
): () => void {
  let warned = false;
  const judge = (retention: BinlogRetention): void => {
    const verdict = judgeRetention(position, retention, Date.now());
    if (verdict === 'purged') throw purged(position);
    if (verdict === 'safe' || warned) return;
    warned = true;
    onNote(urgentNote(position, retention));
  };
  judge(first);
  const { retentionSeconds } = first;
  const seconds = bytes / ASSUMED_BYTES_PER_SECOND;
  if (!warned && retentionSeconds !== null && seconds > retentionSeconds / 2) {
    onNote(
      `The source keeps its binlog for ${hoursOf(retentionSeconds)} hours, and this load may take ${hoursOf(seconds)}. ${RAISE_RETENTION}`,
    );
  }
  const timer = setInterval(() => {
    read()
      .then((retention) => retention && judge(retention))
      .catch((error: unknown) => {
        clearInterval(timer);
        onPurged(error as TransfuseError);
      });
  }, CHECK_INTERVAL_MS);
  return () => clearInterval(timer);
}

/** On a connection of its own. null where it cannot be had now: the source's own troubles are reported by those who read rows. */
export async function readRetentionIfPossible(
  settings: DatabaseSettings,
  signal: AbortSignal,
): Promise<BinlogRetention | null> {
  try {
    const source = await openSource(settings, { purpose: 'bulk retention watch', signal });
    try {
      return await readBinlogRetention(source);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof TransfuseError) return null;
    throw error;
  }
}

function urgentNote(position: BinlogPosition, { retentionSeconds }: BinlogRetention): string {
  return `The binlog file ${position.file}, where bin/sync begins, may be purged soon: the source keeps files for ${hoursOf(retentionSeconds ?? 0)} hours, and more than half of it is over. ${RAISE_RETENTION}`;
}

function purged({ file, offset }: BinlogPosition): TransfuseError {
  return new TransfuseError(
    'CDC_POSITION_PURGED',
    `The source has purged the binlog file ${file}, in which bin/sync would have begun (at ${offset}). What was loaded is kept.`,
    {
      where: { file },
      fix: 'Raise binlog_expire_logs_seconds at the source, then load everything again with bin/bulk --replace, which begins at a new position. Or go on with bin/bulk --no-sync: changes made during the load are then missed.',
    },
  );
}
