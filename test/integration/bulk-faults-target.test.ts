import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBulkCase, openTargetSession, type BulkCase, type Changes } from '../support/bulk-case.ts';
import {
  BALLAST,
  BALLAST_CHANGES,
  ballastFaults,
  loadThrough,
  wholeChunkFaults,
} from '../support/bulk-case-ballast.ts';
import { until, type CommandOutcome } from '../support/run-command.ts';
import { startPostgres } from '../support/servers/index.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const HOLDER = "application_name LIKE 'transfuse bulk pid%'";
const LANES = "application_name = 'transfuse bulk lane'";

type Act = (proxy: TcpProxy) => Promise<unknown> | void;

async function loadWith(ballast: BulkCase, act: Act, changes?: Changes): Promise<CommandOutcome> {
  await using proxy = await startTcpProxy(ballast.target);
  return await loadThrough(ballast, 'target', proxy, act, changes);
}

describe('a load into PostgreSQL', () => {
  let ballast: BulkCase;

  beforeAll(async () => {
    ballast = await openBulkCase({ fill: BALLAST, changes: BALLAST_CHANGES });
  });
  beforeEach(async () => {
    await ballast.renewTarget();
    await ballast.succeed('schema');
  });
  afterAll(() => ballast[Symbol.asyncDispose]());

  async function expectWhole(outcome: CommandOutcome): Promise<void> {
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
    expect(await ballastFaults(ballast)).toEqual([]);
  }

  async function terminate(who: string): Promise<void> {
    const ended = await ballast.targetQuery(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND ${who}`,
    );
    expect(ended.length).toBeGreaterThan(0);
  }

  test('starts the chunks over whose connections were cut', async () => {
    const outcome = await loadWith(ballast, (proxy) => proxy.cut());
    await expectWhole(outcome);
    expect(outcome.stderr).toMatch(
      /WARNING .*lost.*\. Trying again in \d\.\d s: attempt 2, chunk \d+ of ballast/,
    );
  });

  test('is given up when the server does not come back in time, says how to resume, and resumes', async () => {
    const outcome = await loadWith(
      ballast,
      (proxy) => {
        proxy.accept(false);
        proxy.cut();
      },
      { RETRY_TIMEOUT_SECONDS: '2' },
    );
    expect(outcome.exitCode, outcome.stderr).toBe(1);
    expect(outcome.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /ERROR TARGET_LOST: .*Gave up after \d+ attempts, as RETRY_TIMEOUT_SECONDS=2 says\..* start the command again: it resumes/,
    );
    expect(await wholeChunkFaults(ballast)).toEqual([]);
    await expectWhole(await ballast.run('bulk'));
  });

  test('waits through a stall of the network', async () => {
    const outcome = await loadWith(ballast, () => sleep(1500));
    await expectWhole(outcome);
    expect(outcome.stderr).not.toContain('Trying again');
  });

  test('notices connections that take bytes and never say anything again', async () => {
    const outcome = await loadWith(ballast, (proxy) => proxy.blackHole(), { RETRY_TIMEOUT_SECONDS: '4' });
    await expectWhole(outcome);
    expect(outcome.stderr).toContain('Trying again');
  });

  test('goes on when the sessions of its lanes are terminated', async () => {
    await expectWhole(await loadWith(ballast, () => terminate(LANES)));
  });

  test('takes the lock again when the session that holds it is terminated', async () => {
    await expectWhole(await loadWith(ballast, () => terminate(HOLDER)));
  });

  test('[invariant 8] stops, and names the new holder, when somebody else took the lock meanwhile', async () => {
    const usurper = await openTargetSession(ballast.target);
    try {
      const outcome = await loadWith(ballast, async () => {
        await usurper.query("SET application_name = 'another writer'");
        const locked = usurper.query(
          `SELECT pg_advisory_lock(classid::bigint << 32 | objid::bigint) FROM pg_locks
           WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        await until('the other writer to wait for the lock', async () => {
          const waiting = await ballast.targetQuery(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
          );
          return waiting.length > 0;
        });
        await terminate(HOLDER);
        await locked;
      });
      expect(outcome.exitCode, outcome.stderr).toBe(6);
      expect(outcome.stderr).toContain('another writer');
      expect(await wholeChunkFaults(ballast)).toEqual([]);
    } finally {
      await usurper.end();
    }
    await expectWhole(await ballast.run('bulk'));
  });

  test('[invariant 8] a second load is told which one runs, with exit code 6, and disturbs nothing', async () => {
    const outcome = await loadWith(ballast, async () => {
      const second = await ballast.run('bulk');
      expect(second.exitCode, second.stderr).toBe(6);
      expect(second.stderr).toMatch(/ERROR LOCK_HELD: .*transfuse bulk pid \d+/s);
      const asDocument = await ballast.run('bulk', ['--json']);
      expect(JSON.parse(asDocument.stdout)).toMatchObject({ ok: false, exitCode: 6, code: 'LOCK_HELD' });
    });
    await expectWhole(outcome);
  });
});

describe('a target without space', () => {
  let ballast: BulkCase;
  let file: string;

  beforeAll(async () => {
    // So few rows that the file grows by a page: by more, the server reserves space in a way that a device does not know.
    const unlucky = ['CREATE TABLE unlucky (id INT PRIMARY KEY)', 'INSERT INTO unlucky VALUES (1), (2)'];
    ballast = await openBulkCase({
      fill: [...BALLAST, ...unlucky],
      changes: { ...BALLAST_CHANGES, JOBS: '1' },
    });
    await ballast.succeed('schema');
  });
  afterEach(() => fs.rm(file, { force: true }));
  afterAll(() => ballast[Symbol.asyncDispose]());

  test('is named with what is kept; with space again the load goes on', async () => {
    // The kernel's own ENOSPC, for the file of one table.
    const [where] = await ballast.targetQuery<{ file: string }>(
      "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('unlucky') AS file",
    );
    file = where!.file;
    const { uid, gid } = await fs.stat(path.dirname(file));
    await fs.rm(file);
    await fs.symlink('/dev/full', file);

    const outcome = await ballast.run('bulk');
    expect(outcome.stderr).toContain('ERROR TARGET_FULL');
    expect(outcome.exitCode).toBe(4);
    const done = "SELECT count(*) FROM transfuse.chunks WHERE state = 'done' AND mapping LIKE '%ballast%'";
    const [kept] = await ballast.targetQuery<{ count: string }>(done);
    expect(Number(kept!.count)).toBeGreaterThan(0);

    await fs.rm(file);
    await fs.writeFile(file, '', { mode: 0o600 });
    await fs.chown(file, uid, gid);
    await ballast.succeed('bulk');
    expect(await ballastFaults(ballast)).toEqual([]);
  });
});

test('an index for which there is no space is named, and put back by the next call', async () => {
  await using ballast = await openBulkCase({ fill: BALLAST, changes: BALLAST_CHANGES });
  await ballast.succeed('schema');
  const database = `ALTER DATABASE "${ballast.target.database}"`;
  await ballast.targetQuery(
    `${database} SET maintenance_work_mem = '64kB'; ${database} SET temp_file_limit = '64kB'`,
  );
  const outcome = await ballast.run('bulk');
  expect(outcome.exitCode, outcome.stderr).toBe(3);
  expect(outcome.stderr).toMatch(/ERROR RESTORE_INCOMPLETE: .*ballast_name_idx/s);
  expect(outcome.stdout).toContain('no space left');
  await ballast.targetQuery(`${database} RESET ALL`);
  await ballast.succeed('bulk');
  expect(await ballastFaults(ballast)).toEqual([]);
});

test('a load survives kill -9 of the target server, and its restart', async () => {
  const targetServer = await startPostgres();
  try {
    await using ballast = await openBulkCase({ targetServer, fill: BALLAST, changes: BALLAST_CHANGES });
    await ballast.succeed('schema');
    const outcome = await loadWith(ballast, async (proxy) => {
      await targetServer.kill();
      proxy.resume();
      await sleep(1000);
      await targetServer.start();
    });
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
    expect(outcome.stderr).toContain('Trying again');
    expect(await ballastFaults(ballast)).toEqual([]);
  } finally {
    await targetServer.stop();
  }
});
