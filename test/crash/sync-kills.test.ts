import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';
import { fillLive, LIVE_TABLES, startLive } from '../support/live-workload.ts';
import { until, type CommandOutcome } from '../support/run-command.ts';

const FAILPOINTS = ['sync.before-segment', 'sync.in-apply', 'sync.before-commit', 'sync.after-commit'];
const RANDOM_KILLS = 4;

/** The session of one that was killed may hold the lock a moment longer. */
function runUnlocked(
  live: BulkCase,
  args: string[],
  changes: Record<string, string> = {},
): Promise<CommandOutcome> {
  return until('the killed session to be gone from the target', async () => {
    const outcome = await live.run('sync', args, changes);
    return outcome.exitCode === 6 ? false : outcome;
  });
}

describe.each(sourceFlavors())('[invariant 4] a sync of %s that is killed', (flavor) => {
  it('goes on behind what the target holds, at every failpoint and at any moment: no change twice, none left out', async () => {
    await using live = await openBulkCase({ flavor, sync: true, fill: LIVE_TABLES });
    await fillLive(live.source, 3);
    await live.succeed('schema');
    const workload = startLive(live.source, { seed: 11, connections: 2, pauseMs: 5 });
    try {
      await live.succeed('bulk', [], { CHUNK_ROWS: '100' });
      for (const name of FAILPOINTS) {
        const outcome = await runUnlocked(live, ['--continuous'], { TRANSFUSE_FAILPOINTS: `${name}=kill@3` });
        expect(outcome.signal, `${name}: ${outcome.stderr}`).toBe('SIGKILL');
      }
      for (let kill = 0; kill < RANDOM_KILLS; kill++) {
        const sync = live.start('sync', ['--continuous']);
        await sleep(400 + Math.random() * 1_200);
        sync.kill('SIGKILL');
        await sync.ended;
      }
    } finally {
      await workload.stop();
    }
    const { exitCode, stderr } = await runUnlocked(live, []);
    expect(exitCode, stderr).toBe(0);
    expect(await differencesBetween(live.source, live.target)).toEqual([]);
  });
});
