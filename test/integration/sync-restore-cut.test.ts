import { expect, test } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { openTargetSession } from '../support/database-sessions.ts';
import { fillLive, LIVE_TABLES } from '../support/live-workload.ts';
import { until } from '../support/run-command.ts';

test('constraints come back while a sync goes on, also when the session that restores them is ended [invariant 2]', async () => {
  await using live = await openBulkCase({ sync: true, fill: LIVE_TABLES });
  await fillLive(live.source, 31);
  await live.succeed('schema');
  const before = await objectDefinitions(live);
  // Killed behind P0, so that the source has moved and constraints are left to the sync.
  const killed = await live.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.after-chunk-commit=kill@1' });
  expect(killed.signal).toBe('SIGKILL');
  await live.sourceQuery("INSERT INTO scratch VALUES (1000, 'later')");
  await until('the lock to be free', async () => (await live.run('bulk')).exitCode === 0);
  expect(await objectDefinitions(live)).not.toEqual(before);

  const writer = await openTargetSession(live.target);
  await writer.query('BEGIN');
  await writer.query('LOCK TABLE visits IN ROW EXCLUSIVE MODE');
  const sync = live.start('sync', ['--continuous']);
  const ended = await until('the restoring session to wait', async () => {
    const rows = await live.targetQuery(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
         AND application_name LIKE 'transfuse%restore' AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0 && rows;
  });
  expect(ended).toHaveLength(1);
  await writer.query('COMMIT');
  await writer.end();

  const isBack = async (): Promise<boolean> =>
    JSON.stringify(await objectDefinitions(live)) === JSON.stringify(before);
  await until('everything to be back', isBack);
  expect(sync.isRunning).toBe(true);
  sync.kill('SIGTERM');
  expect((await sync.ended).exitCode).toBe(130);
});
