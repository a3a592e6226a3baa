import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import {
  BALLAST,
  BALLAST_CHANGES,
  ballastFaults,
  SOME_CHUNKS_BYTES,
  wholeChunkFaults,
} from '../support/bulk-case-ballast.ts';
import { until, type RunningCommand } from '../support/run-command.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

/** A stop waits for a server that does not answer, but not for long. */
const MAX_STOP_MS = 15_000;

let ballast: BulkCase;

beforeAll(async () => {
  ballast = await openBulkCase({ fill: BALLAST, changes: BALLAST_CHANGES });
});
beforeEach(async () => {
  await ballast.renewTarget();
  await ballast.succeed('schema');
});
afterAll(() => ballast[Symbol.asyncDispose]());

describe('a signal in the middle of a load', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops at the last commit; the load resumes',
    async (signal) => {
      await using proxy = await startTcpProxy(ballast.target);
      const inTheMiddle = proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
      const running = ballast.start('bulk', [], { TARGET_DB_PORT: String(proxy.port) });
      await inTheMiddle;
      running.kill(signal);
      proxy.resume();
      const { exitCode, stderr } = await running.ended;
      expect(exitCode, stderr).toBe(130);
      expect(stderr).toContain('stopping at the last commit');
      expect(stderr).toMatch(/ERROR INTERRUPTED.*start the same command again/is);
      expect(await wholeChunkFaults(ballast)).toEqual([]);

      await ballast.succeed('bulk');
      expect(await ballastFaults(ballast)).toEqual([]);
    },
  );

  test('of a load with --replace: it is to be started again without', async () => {
    await using proxy = await startTcpProxy(ballast.target);
    const inTheMiddle = proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
    const running = ballast.start('bulk', ['--replace'], { TARGET_DB_PORT: String(proxy.port) });
    await inTheMiddle;
    running.kill('SIGINT');
    proxy.resume();
    const { stderr } = await running.ended;
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /ERROR INTERRUPTED.*it resumes\. But without --replace: with it the tables are emptied once more\./,
    );
  });

  test.each(['source', 'target'] as const)('is obeyed while the %s gives no answer', async (side) => {
    await using proxy = await startTcpProxy(ballast[side]);
    const inTheMiddle =
      side === 'source'
        ? proxy.stallAfterBytesToClients(SOME_CHUNKS_BYTES)
        : proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
    const running = ballast.start('bulk', [], {
      [side === 'source' ? 'LEGACY_DB_PORT' : 'TARGET_DB_PORT']: String(proxy.port),
    });
    await inTheMiddle;
    const since = performance.now();
    running.kill('SIGINT');
    const { exitCode, stderr } = await running.ended;
    expect(exitCode, stderr).toBe(130);
    expect(performance.now() - since).toBeLessThan(MAX_STOP_MS);
  });

  test('a second one stops at once', async () => {
    await using proxy = await startTcpProxy(ballast.target);
    const inTheMiddle = proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
    const running = ballast.start('bulk', [], { TARGET_DB_PORT: String(proxy.port) });
    await inTheMiddle;
    running.kill('SIGINT');
    const since = performance.now();
    running.kill('SIGTERM');
    const { exitCode } = await running.ended;
    expect(exitCode).toBe(130);
    expect(performance.now() - since).toBeLessThan(2000);
  });

  test('--json says it in the one document', async () => {
    await using proxy = await startTcpProxy(ballast.target);
    const inTheMiddle = proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
    const running = ballast.start('bulk', ['--json'], { TARGET_DB_PORT: String(proxy.port) });
    await inTheMiddle;
    running.kill('SIGTERM');
    proxy.resume();
    const { stdout } = await running.ended;
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 130, code: 'INTERRUPTED' });
  });
});

describe('while a long index is put back', () => {
  beforeEach(async () => {
    await ballast.targetQuery(
      `CREATE FUNCTION slowly(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.002); RETURN $1; END';
       CREATE INDEX slow ON ballast (slowly(name))`,
    );
  });

  async function whileBuilding(): Promise<RunningCommand> {
    const running = ballast.start('bulk');
    await until('the index to be built', async () => {
      const building = await ballast.targetQuery(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'CREATE INDEX slow%'",
      );
      return building.length > 0;
    });
    return running;
  }

  async function expectToEndWithoutIt(): Promise<void> {
    await ballast.targetQuery(
      'CREATE OR REPLACE FUNCTION slowly(text) RETURNS text IMMUTABLE LANGUAGE sql RETURN $1',
    );
    await until('the server to let go of the stopped load', async () => {
      const { exitCode, stderr } = await ballast.run('bulk');
      if (exitCode !== 6) expect(exitCode, stderr).toBe(0);
      return exitCode === 0;
    });
    expect(await ballast.targetQuery("SELECT FROM pg_indexes WHERE indexname = 'slow'")).toHaveLength(1);
  }

  test('a signal does not wait for its end', async () => {
    const running = await whileBuilding();
    const since = performance.now();
    running.kill('SIGTERM');
    const { exitCode, stderr } = await running.ended;
    expect(exitCode, stderr).toBe(130);
    expect(performance.now() - since).toBeLessThan(MAX_STOP_MS);
    await expectToEndWithoutIt();
  });

  test('kill -9 leaves no server process that goes on with it and holds the lock', async () => {
    const running = await whileBuilding();
    running.kill();
    await running.ended;
    await expectToEndWithoutIt();
  });
});

describe('a target that is not empty', () => {
  test('is refused with exit code 4 and untouched, and emptied with --replace', async () => {
    await ballast.targetQuery("INSERT INTO ballast (id, name, pad) VALUES (-1, 'not ours', '')");
    const refused = await ballast.run('bulk');
    expect(refused.exitCode, refused.stderr).toBe(4);
    expect(refused.stderr).toMatch(/ERROR TARGET_NOT_EMPTY: .*public\.ballast/s);
    expect(await ballast.targetQuery('SELECT id FROM ballast')).toEqual([{ id: -1 }]);

    await ballast.succeed('bulk', ['--replace']);
    expect(await ballastFaults(ballast)).toEqual([]);
  });

  test('--replace loads a finished table again, and another call of bulk does nothing', async () => {
    await ballast.succeed('bulk');
    await ballast.sourceQuery("UPDATE ballast SET name = 'changed' WHERE id % 100 = 0");
    const nothing = await ballast.succeed('bulk');
    expect(nothing.stdout).toContain('24,000');
    expect(await ballast.targetQuery("SELECT FROM ballast WHERE name = 'changed'")).toEqual([]);
    await ballast.succeed('bulk', ['--tables', 'ballast', '--replace']);
    expect(await ballastFaults(ballast)).toEqual([]);
  });
});
