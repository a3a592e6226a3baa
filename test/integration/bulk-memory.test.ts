import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const MIB = 1024 * 1024;
const MAX_PEAK_BYTES = 300 * MIB;
/** What the collectors of two threads happen to leave. */
const TOLERANCE_BYTES = 16 * MIB;
const NARROW_ROWS = 300_000;
const LARGE_ROWS = 40;
const LARGE_BYTES = 16_000_000;
const STALL_MS = 4000;

const NARROW_COLUMNS = `n AS id, n % 7 AS a, CONCAT(n) AS b, n / 3 AS c, NULL AS d,
  DATE_ADD('2000-01-01', INTERVAL n % 9999 DAY) AS e, 'abc' AS f`;

/** The larger comparison, of 1 M with 10 M rows, takes its time: see npm run soak. */
describe('[invariant 7] the peak of resident memory with JOBS=4', () => {
  let both: BulkCase;
  const peaks: Record<string, number> = {};

  beforeAll(async () => {
    const fill = [
      'CREATE TABLE narrow (id INT PRIMARY KEY, a SMALLINT, b VARCHAR(20), c DECIMAL(12,4), d INT, e DATE, f CHAR(3))',
      ...[0, 1, 2].map(
        (part) => `INSERT INTO narrow SELECT id + ${part * 100_000}, a, b, c, d, e, f
          FROM (${numbered(NARROW_COLUMNS, NARROW_ROWS / 3)}) AS part`,
      ),
      'CREATE TABLE large (id INT PRIMARY KEY, b LONGBLOB)',
      ...Array.from(
        { length: LARGE_ROWS },
        (_, id) => `INSERT INTO large VALUES (${id}, REPEAT('0123456789abcdef', ${LARGE_BYTES / 16}))`,
      ),
      'ANALYZE TABLE narrow, large',
    ];
    both = await openBulkCase({ fill, changes: { JOBS: '4' } });
    await both.succeed('schema');
    // Compressing what the test has made compressible would only cost time.
    await both.targetQuery('ALTER TABLE large ALTER COLUMN b SET STORAGE EXTERNAL');
  }, 180_000);
  afterAll(() => both[Symbol.asyncDispose]());

  test('of many narrow rows', async () => {
    const outcome = await both.succeed('bulk', ['--tables', 'narrow'], { CHUNK_ROWS: '40000' });
    peaks['narrow'] = outcome.peakBytes;
  });

  test(`of rows of ${LARGE_BYTES / 1e6} MB`, async () => {
    const outcome = await both.succeed('bulk', ['--tables', 'large'], { CHUNK_ROWS: '5' });
    peaks['large'] = outcome.peakBytes;
    const [sizes] = await both.targetQuery(
      'SELECT count(*)::int AS rows, min(length(b)) AS bytes FROM large',
    );
    expect(sizes).toEqual({ rows: LARGE_ROWS, bytes: LARGE_BYTES });
  });

  test('with a target that stalls for some seconds', async () => {
    await using proxy = await startTcpProxy(both.target);
    const inTheMiddle = proxy.stallAfterBytesToServers(2 * MIB);
    const running = both.start('bulk', ['--tables', 'narrow', '--replace'], {
      CHUNK_ROWS: '40000',
      TARGET_DB_PORT: String(proxy.port),
    });
    await inTheMiddle;
    await sleep(STALL_MS);
    proxy.resume();
    const outcome = await running.ended;
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    peaks['stalled'] = outcome.peakBytes;
  });

  test('is the same for all of them, and below 300 MB', () => {
    const shown = Object.entries(peaks)
      .map(([name, bytes]) => `${name} ${Math.round(bytes / MIB)} MiB`)
      .join(', ');
    const all = [peaks['narrow'], peaks['large'], peaks['stalled']].map((bytes) => bytes ?? 0);
    expect(Math.min(...all), shown).toBeGreaterThan(30 * MIB);
    expect(Math.max(...all), shown).toBeLessThan(MAX_PEAK_BYTES);
    expect(Math.max(...all), shown).toBeLessThan(1.2 * Math.min(...all) + TOLERANCE_BYTES);
  });
});
