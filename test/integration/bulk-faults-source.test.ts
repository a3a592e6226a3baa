import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase, type Changes } from '../support/bulk-case.ts';
import {
  BALLAST,
  BALLAST_CHANGES,
  ballastFaults,
  loadThrough,
  wholeChunkFaults,
} from '../support/bulk-case-ballast.ts';
import { ledgerFaults } from '../support/bulk-case-checks.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';
import type { CommandOutcome } from '../support/run-command.ts';
import { startMariadb } from '../support/servers/index.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

type Act = (proxy: TcpProxy) => Promise<unknown> | void;

describe.each(sourceFlavors())('a load from %s', (flavor) => {
  let ballast: BulkCase;
  let proxy: TcpProxy;

  beforeAll(async () => {
    ballast = await openBulkCase({ flavor, fill: BALLAST, changes: BALLAST_CHANGES });
    proxy = await startTcpProxy(ballast.source);
  });
  afterAll(async () => {
    await proxy.close();
    await ballast[Symbol.asyncDispose]();
  });

  async function inNewTarget(act: Act, changes?: Changes): Promise<CommandOutcome> {
    await ballast.renewTarget();
    await ballast.succeed('schema');
    return loadThrough(ballast, 'source', proxy, act, changes);
  }

  async function expectWhole(outcome: CommandOutcome): Promise<void> {
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
    expect(await ballastFaults(ballast)).toEqual([]);
  }

  /** Of the readers of this load; the test's own session is not among them. */
  async function kill(what: 'QUERY' | 'CONNECTION'): Promise<void> {
    const ids = await ballast.sourceQuery<{ id: number }>(
      'SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()',
      [ballast.source.database],
    );
    expect(ids.length).toBeGreaterThanOrEqual(2);
    for (const { id } of ids) await ballast.sourceQuery(`KILL ${what} ${id}`);
  }

  async function waitsForLock(statement: string): Promise<boolean> {
    const processes = await ballast.sourceQuery<{ state: string | null }>(
      "SELECT state FROM information_schema.processlist WHERE info = ? AND state LIKE '%metadata lock%'",
      [statement],
    );
    return processes.length === 1;
  }

  test('reads the chunks again whose connections were cut', async () => {
    const outcome = await inNewTarget(() => proxy.cut());
    await expectWhole(outcome);
    expect(outcome.stderr).toMatch(
      /WARNING .* was lost.*\. Trying again in \d\.\d s: attempt 2, chunk \d+ of ballast from its beginning\.$/m,
    );
  });

  test.runIf(flavor === 'mariadb')(
    'is given up when the server does not come back in time, says how to resume, and resumes',
    async () => {
      const outcome = await inNewTarget(
        () => {
          proxy.accept(false);
          proxy.cut();
        },
        { RETRY_TIMEOUT_SECONDS: '2' },
      );
      proxy.accept(true);
      expect(outcome.exitCode, outcome.stderr).toBe(1);
      expect(outcome.stderr.replaceAll(/\s+/g, ' ')).toMatch(
        /ERROR SOURCE_LOST: .*Gave up after \d+ attempts, as RETRY_TIMEOUT_SECONDS=2 says\..* start the command again: it resumes/,
      );
      expect(await wholeChunkFaults(ballast)).toEqual([]);
      await expectWhole(await ballast.run('bulk', [], { LEGACY_DB_PORT: String(proxy.port) }));
    },
  );

  test.runIf(flavor === 'mariadb')('waits through a stall of the network', async () => {
    const outcome = await inNewTarget(() => sleep(1500));
    await expectWhole(outcome);
    expect(outcome.stderr).not.toContain('Trying again');
  });

  test('notices connections that take bytes and never say anything again', async () => {
    const outcome = await inNewTarget(() => proxy.blackHole(), { RETRY_TIMEOUT_SECONDS: '4' });
    await expectWhole(outcome);
    expect(outcome.stderr).toContain('Trying again');
  });

  test('[invariant 2] is not disturbed by rows that are inserted, updated and deleted meanwhile', async () => {
    const touched = 'id % 10 = 0 OR id < 0';
    try {
      const outcome = await inNewTarget(async () => {
        await ballast.sourceQuery(
          'UPDATE ballast SET name = REVERSE(name), id = id + 1000000 WHERE id % 100 = 0',
        );
        await ballast.sourceQuery("UPDATE ballast SET pad = '' WHERE id % 100 = 10");
        await ballast.sourceQuery('DELETE FROM ballast WHERE id % 100 = 20');
        await ballast.sourceQuery(
          "INSERT INTO ballast VALUES (-1, 'new', '', NULL), (9999990, 'new', '', NULL)",
        );
      });
      expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
      expect(await ledgerFaults(ballast)).toEqual([]);
      await ballast.targetQuery(`DELETE FROM ballast WHERE ${touched}`);
      const except = (_: string, { id }: Readonly<Record<string, string | null>>) =>
        Number(id) % 10 === 0 || Number(id) < 0;
      expect(await differencesBetween(ballast.source, ballast.target, { except })).toEqual([]);
    } finally {
      await ballast.sourceQuery(['DROP TABLE IF EXISTS ballast', ...BALLAST].join(';'));
    }
  });

  test('goes on when a DBA kills its queries', async () => {
    await expectWhole(await inNewTarget(() => kill('QUERY')));
  });

  test('goes on when a DBA kills its connections', async () => {
    await expectWhole(await inNewTarget(() => kill('CONNECTION')));
  });

  test.runIf(flavor === 'mariadb').each([
    ['dropped', 'DROP TABLE ballast'],
    ['altered: the type of a column', 'ALTER TABLE ballast MODIFY seen VARCHAR(40)'],
    ['altered: a column less', 'ALTER TABLE ballast DROP COLUMN seen'],
    ['altered: a column more', 'ALTER TABLE ballast ADD COLUMN more INT'],
  ])(
    'stops with SOURCE_TABLE_CHANGED when the table is %s, and leaves whole chunks',
    async (_, statement) => {
      const outcome = await inNewTarget(async () => {
        const session = await openSourceSession(ballast.source);
        // It waits for the chunks that are being read, if any is, and the next ones wait for it.
        const altering = session.query(statement).finally(() => session.destroy());
        await Promise.race([altering, vi.waitUntil(() => waitsForLock(statement), { timeout: 20_000 })]);
      });
      expect(outcome.stderr).toContain('ERROR SOURCE_TABLE_CHANGED');
      expect(outcome.stderr).toContain('ballast');
      expect(outcome.exitCode).toBe(4);
      expect(await wholeChunkFaults(ballast)).toEqual([]);
      const again = await ballast.run('bulk', [], { LEGACY_DB_PORT: String(proxy.port) });
      expect(again.exitCode, again.stderr).toBe(4);
      await ballast.sourceQuery(['DROP TABLE IF EXISTS ballast', ...BALLAST].join(';'));
    },
  );
});

test('a load survives kill -9 of the source server, and its restart', async () => {
  const sourceServer = await startMariadb();
  try {
    await using ballast = await openBulkCase({ sourceServer, fill: BALLAST, changes: BALLAST_CHANGES });
    await ballast.succeed('schema');
    await using proxy = await startTcpProxy(ballast.source);
    const outcome = await loadThrough(ballast, 'source', proxy, async () => {
      await sourceServer.kill();
      proxy.resume();
      await sleep(1000);
      await sourceServer.start();
    });
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
    expect(outcome.stderr).toContain('Trying again');
    expect(await ballastFaults(ballast)).toEqual([]);
  } finally {
    await sourceServer.stop();
  }
});
