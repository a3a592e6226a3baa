/** Verification beside a sync, while both sides change: no false difference, and every true one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { sourceFlavors } from '../support/databases.ts';
import { fillLive, LIVE_TABLES, startLive } from '../support/live-workload.ts';
import { until, type CommandOutcome } from '../support/run-command.ts';

interface Verified {
  result: {
    differences: number;
    databases: {
      sourceStoodStill: boolean;
      mappings: { mapping: string; changing: number; rows: { kind: string; columns: string[] }[] }[];
    }[];
  };
}

function differencesOf({ stdout, stderr }: CommandOutcome): string[] {
  const { result } = JSON.parse(stdout) as Partial<Verified>;
  if (!result) throw new Error(stdout + stderr);
  return result.databases.flatMap(({ mappings }) =>
    mappings.flatMap(({ mapping, rows }) =>
      rows.map(({ kind, columns }) => [mapping, kind, ...columns].join(' ')),
    ),
  );
}

describe.each(sourceFlavors().slice(-1))('verification of a live %s', (flavor) => {
  it('finds what was planted, and nothing else [invariants 1, 4]', { timeout: 180_000 }, async () => {
    const quiet = [
      'CREATE TABLE quiet (id INT PRIMARY KEY, note VARCHAR(40))',
      `INSERT INTO quiet ${numbered("n, CONCAT('note ', n)", 2000)}`,
    ];
    await using live = await openBulkCase({ flavor, sync: true, fill: [...LIVE_TABLES, ...quiet] });
    await fillLive(live.source, 3);
    await live.succeed('schema');
    await live.succeed('bulk');
    const early = await live.run('verify', ['--live']);
    expect([early.exitCode, early.stderr]).toEqual([4, expect.stringContaining('VERIFY_NOT_FOLLOWED')]);
    const workload = startLive(live.source, { seed: 9, connections: 3, pauseMs: 2 });
    const sync = live.start('sync', ['--continuous']);
    await until('sync to have begun', async () => {
      const checkpoints = await live.targetQuery('SELECT 1 FROM transfuse.checkpoints');
      return checkpoints.length > 0;
    });
    let moved = 0;
    for (let round = 0; round < 4; round++) {
      await sleep(500);
      const outcome = await live.run('verify', ['--live', '--json']);
      expect([differencesOf(outcome), outcome.exitCode === 0 || outcome.exitCode === 4]).toEqual([[], true]);
      moved += Number(!(JSON.parse(outcome.stdout) as Verified).result.databases[0]!.sourceStoodStill);
    }
    expect(moved).toBeGreaterThan(0);
    await live.targetQuery("UPDATE quiet SET note = 'note 77 ' WHERE id = 77");
    await live.targetQuery('DELETE FROM quiet WHERE id = 78');
    await live.targetQuery("INSERT INTO quiet VALUES (-5, 'nobody')");
    const planted = await live.run('verify', ['--live', '--json']);
    expect(differencesOf(planted).toSorted()).toEqual(['quiet differs note', 'quiet extra', 'quiet missing']);
    expect(planted.exitCode).toBe(3);
    await workload.stop();
    sync.kill('SIGTERM');
    await sync.ended;
    // Nobody brings the target to where the source is.
    await live.sourceQuery("INSERT INTO quiet VALUES (5000, 'late')");
    const alone = await live.run('verify', ['--live', '--tables', 'quiet'], { RETRY_TIMEOUT_SECONDS: '2' });
    expect([alone.exitCode, alone.stderr]).toEqual([4, expect.stringContaining('VERIFY_NOT_FOLLOWED')]);
  });
});
