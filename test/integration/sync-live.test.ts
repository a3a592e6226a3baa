import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';
import { fillLive, LIVE_TABLES, startLive } from '../support/live-workload.ts';

describe.each(sourceFlavors())('a live source, %s', (flavor) => {
  it('is followed from bulk on, and in the end every value is equal and every constraint back [invariants 1, 2, 4]', async () => {
    await using live = await openBulkCase({ flavor, sync: true, fill: LIVE_TABLES });
    await fillLive(live.source, 1);
    await live.succeed('schema');
    const constraints = () =>
      live.targetQuery(
        `SELECT conrelid::regclass::text AS t, conname, pg_get_constraintdef(oid) AS d, convalidated FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`,
      );
    const before = await constraints();
    const workload = startLive(live.source, { seed: 42, connections: 3, pauseMs: 4 });
    await live.succeed('bulk', [], { CHUNK_ROWS: '50' });
    const sync = live.start('sync', ['--continuous']);
    await sleep(4_000);
    await workload.stop();
    expect(workload.statements).toBeGreaterThan(100);
    const status = JSON.parse((await live.succeed('status', ['--json'])).stdout) as { result: unknown };
    expect(status.result).toMatchObject({
      databases: [{ database: live.target.database, sync: { state: 'running' } }],
    });
    sync.kill('SIGTERM');
    const stopped = await sync.ended;
    expect(stopped.exitCode, stopped.stderr).toBe(130);
    await live.succeed('sync');
    expect(await live.targetQuery('SELECT * FROM transfuse.foreign_writes')).toEqual([]);
    expect(await differencesBetween(live.source, live.target)).toEqual([]);
    expect(await constraints()).toEqual(before);
  });
});
