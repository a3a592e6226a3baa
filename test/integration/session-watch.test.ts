import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WriterSession } from '../../src/ledger/writer-session.ts';
import { openWatchedTarget } from '../../src/postgres/watched-target.ts';
import { createTargetDatabase, type TestDatabase } from '../support/databases.ts';
import { until } from '../support/run-command.ts';
import { targetSettings } from '../support/target-settings.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const SILENCE_MS = 300;

describe('a session with the target', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  const settings = () => targetSettings({ ...database.config, port: proxy.port }, database.config.database);

  beforeEach(async () => {
    database = await createTargetDatabase();
    proxy = await startTcpProxy(database.config);
  });
  afterEach(async () => {
    await proxy.close();
    await database.drop();
  });

  const open = () => openWatchedTarget(settings(), { applicationName: 'watched', silenceMs: SILENCE_MS });

  test.each(['silence', 'blackHole'] as const)(
    'that lies dead after a %s is given up, whether the server has noticed or not',
    async (fault) => {
      const { target } = await open();
      proxy[fault]();
      await expect(target.query('SELECT 1')).rejects.toMatchObject({ code: 'TARGET_LOST', transient: true });
      expect(target.isLost).toBe(true);
      target.destroy();
    },
  );

  test('that works for long, or whose network stands still, is waited for', async () => {
    const { target } = await open();
    await target.query(`SELECT pg_sleep(${(SILENCE_MS * 5) / 1000})`);
    proxy.stall();
    const answer = target.query<{ one: number }>('SELECT 1 AS one');
    await sleep(SILENCE_MS * 5);
    proxy.resume();
    expect((await answer).rows).toEqual([{ one: 1 }]);
    expect(target.isLost).toBe(false);
    await target.close();
  });

  test('that is idle is left alone', async () => {
    const { target } = await open();
    await sleep(SILENCE_MS * 5);
    expect(target.isLost).toBe(false);
    await target.close();
  });

  test('[invariant 8] holds the lock no longer than the writer knows of it: the next one ends it at the server', async () => {
    const session = await WriterSession.open({
      settings: settings(),
      command: 'test',
      signal: new AbortController().signal,
      retryTimeoutMs: 30_000,
      silenceMs: SILENCE_MS,
      onRetry: () => undefined,
    });
    const pids: number[] = [];
    const work = session.run(async (target) => {
      const { rows } = await target.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      pids.push(rows[0]!.pid);
      if (pids.length === 1) proxy.silence();
      await target.query('SELECT 1');
    });
    await work;
    expect(pids).toHaveLength(2);
    const isGone = async (): Promise<boolean> =>
      (await database.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pids[0]])).length === 0;
    await until('the lost session to end', isGone);
    await session.close();
  });
});
