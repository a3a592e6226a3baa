import { setTimeout as sleep } from 'node:timers/promises';
import { TransfuseError } from '../core/errors.ts';
import type { BinlogPosition } from '../core/position.ts';
import { throwIfInterrupted } from '../core/retry.ts';
import type { SourceConnection } from './connection.ts';
import { readBinlogPosition, settleMs } from './position.ts';

/** P0, or null. A source without a binlog can be loaded, but not followed. A binlog that may not be seen is the same, and said. */
export async function readStartPosition(
  source: SourceConnection,
  onNote: (text: string) => void,
): Promise<BinlogPosition | null> {
  try {
    const position = await readBinlogPosition(source);
    if (!position) onNote('The source keeps no binlog: what changes there during the load will be missed.');
    return position;
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code !== 'SOURCE_ACCESS_DENIED') throw error;
    onNote(`The position of the binlog could not be read, so sync cannot follow this load. ${error.fix}`);
    return null;
  }
}

/** Waits until whatever is before P0 is visible to who reads rows. Throws INTERRUPTED. */
export async function waitUntilVisible(position: BinlogPosition, signal: AbortSignal): Promise<void> {
  const waitMs = settleMs(position, Date.now());
  if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  throwIfInterrupted(signal);
}
