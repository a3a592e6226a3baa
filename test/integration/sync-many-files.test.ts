import { expect, test } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { openSourceSession } from '../support/database-sessions.ts';
import { sourceFlavors } from '../support/databases.ts';
import { anyChange, fillLive, LIVE_TABLES } from '../support/live-workload.ts';
import { randomNumbers } from '../support/random.ts';

const FILES = 60;
const CHANGES_PER_FILE = 5;

test.each(sourceFlavors())(
  'a sync of %s that was stopped for many files of binlog goes on as if it never was [invariant 4]',
  async (flavor) => {
    await using live = await openBulkCase({ flavor, sync: true, fill: LIVE_TABLES });
    await fillLive(live.source, 21);
    await live.succeed('schema');
    await live.succeed('bulk');
    await live.succeed('sync');
    const session = await openSourceSession(live.source);
    const next = randomNumbers(22);
    await session.query("SET SESSION sql_mode = ''");
    for (let file = 0; file < FILES; file++) {
      for (let i = 0; i < CHANGES_PER_FILE; i++) await session.query(anyChange(next)).catch(isRefused);
      await session.query('FLUSH BINARY LOGS');
    }
    session.destroy();
    await live.succeed('sync');
    expect(await differencesBetween(live.source, live.target)).toEqual([]);
  },
);

/** A duplicate, or a parent that is not there: the workload does not look before it writes. */
function isRefused(error: unknown): void {
  if (!/Duplicate entry|foreign key constraint/.test(String(error))) throw error;
}
