import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const MIB = 1024 * 1024;
/** What runs at all takes 100; of a row of 16 MB the protocols of both sides, and both of its versions, ask for several copies. */
const MAX_PEAK_BYTES = 320 * MIB;
const LARGE_ROWS = 6;
const LARGE_BYTES = 16_000_000;
const ROW_BYTES = 1000;
/** Far more than sync holds. */
const TRANSACTION_ROWS = 100_000;
const BEFORE_STALL_BYTES = 2 * MIB;

/** Transactions of 1 GB and rows of every size are measured by hand: this is the part of it that a suite has time for. */
describe('[invariant 7] the peak of resident memory of sync', () => {
  let live: BulkCase;

  beforeAll(async () => {
    const fill = [
      'CREATE TABLE narrow (id INT PRIMARY KEY, b VARCHAR(2000), c INT)',
      'CREATE TABLE large (id INT PRIMARY KEY, b LONGBLOB)',
    ];
    live = await openBulkCase({ fill, sync: true });
    await live.succeed('schema');
    await live.targetQuery('ALTER TABLE large ALTER COLUMN b SET STORAGE EXTERNAL');
    await live.succeed('bulk');
  }, 120_000);
  afterAll(() => live[Symbol.asyncDispose]());

  const insertNarrow = (firstId: number) =>
    live.sourceQuery(
      `INSERT INTO narrow ${numbered(`n + ${firstId} AS id, REPEAT('x', ${ROW_BYTES}) AS b, n AS c`, TRANSACTION_ROWS)}`,
    );

  test(`with rows of ${LARGE_BYTES / 1e6} MB`, async () => {
    for (let id = 1; id <= LARGE_ROWS; id++) {
      await live.sourceQuery(
        `INSERT INTO large VALUES (${id}, REPEAT('0123456789abcdef', ${LARGE_BYTES / 16}))`,
      );
      await live.sourceQuery(
        `UPDATE large SET b = REPEAT('fedcba9876543210', ${LARGE_BYTES / 16}) WHERE id = ${id}`,
      );
    }
    const outcome = await live.succeed('sync');
    expect(outcome.peakBytes).toBeLessThan(MAX_PEAK_BYTES);
    const rows = await live.targetQuery(
      `SELECT count(*)::int AS rows, min(length(b)) AS bytes FROM large WHERE b = convert_to(repeat('fedcba9876543210', ${LARGE_BYTES / 16}), 'UTF8')`,
    );
    expect(rows).toEqual([{ rows: LARGE_ROWS, bytes: LARGE_BYTES }]);
  });

  test(`with a transaction of ${(TRANSACTION_ROWS * ROW_BYTES) / 1e6} MB, and a target that stalls in it`, async () => {
    await insertNarrow(1);
    await using proxy = await startTcpProxy(live.target);
    const inTheMiddle = proxy.stallAfterBytesToServers(BEFORE_STALL_BYTES);
    const sync = live.start('sync', [], { TARGET_DB_PORT: String(proxy.port) });
    await inTheMiddle;
    await insertNarrow(1 + TRANSACTION_ROWS);
    proxy.resume();
    const outcome = await sync.ended;
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.peakBytes).toBeLessThan(MAX_PEAK_BYTES);
    await live.succeed('sync');
    const rows = await live.targetQuery('SELECT count(*)::int AS rows FROM narrow');
    expect(rows).toEqual([{ rows: 2 * TRANSACTION_ROWS }]);
  });
});
