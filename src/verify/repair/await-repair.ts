import { TransfuseError } from '../../core/errors.ts';
import type { DatabaseSettings, Settings } from '../../config/settings.ts';
import { readStartPosition, waitUntilVisible } from '../../mysql/start-position.ts';
import { openSource } from '../../mysql/connection.ts';
import { LaneTarget } from '../../postgres/lane-target.ts';
import { FollowedTarget } from '../followed-target.ts';

/** Until the sync that runs has made anew what was noted before. Throws VERIFY_NOT_FOLLOWED, INTERRUPTED, SOURCE_*, TARGET_*. */
export async function awaitRepair(
  settings: Settings,
  database: DatabaseSettings,
  runId: string,
  signal: AbortSignal,
): Promise<void> {
  const target = new LaneTarget(database, 'transfuse verify repair', signal);
  const source = await openSource(settings.source, { purpose: 'verify repair', signal });
  try {
    const position = await readStartPosition(source, () => undefined);
    if (!position)
      throw new TransfuseError('VERIFY_NOT_FOLLOWED', 'The source shows no position of its binlog.');
    await waitUntilVisible(position, signal);
    await new FollowedTarget(target, runId, settings.bulk.retryTimeoutMs, signal).waitFor(position, true);
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}
