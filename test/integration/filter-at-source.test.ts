/** What a filter leaves at the source is counted there, in the snapshot in which the other rows of the chunk are read. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { numbered } from '../support/bulk-case-ballast.ts';
import { openBulkCase, openSourceSession, type BulkCase } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';

const PROFILE = ['--profile', path.resolve('dist/test/support/sorted/sorted.js')];
const ROWS = 6000;
const CREATE =
  'CREATE TABLE letters (id INT PRIMARY KEY, kind VARCHAR(10), body VARCHAR(100) NOT NULL) COLLATE utf8mb4_general_ci';

async function counts(sorted: BulkCase): Promise<Record<string, number>> {
  const { stdout } = await sorted.run('bulk', [...PROFILE, '--no-sync', '--json']);
  const { result } = JSON.parse(stdout) as {
    result: { databases: { mappings: Record<string, number>[] }[] };
  };
  const { rowsRead, rowsLoaded, rowsFiltered, rowsRejected } = result.databases[0]!.mappings[0]!;
  return {
    rowsRead: rowsRead!,
    rowsLoaded: rowsLoaded!,
    rowsFiltered: rowsFiltered!,
    rowsRejected: rowsRejected!,
  };
}

describe.each(sourceFlavors())('a filter at the source, on %s', (flavor) => {
  it('counts each row once, those that are refused and those without a value among them [invariant 5]', async () => {
    await using sorted = await openBulkCase({
      flavor,
      fill: [
        CREATE,
        `INSERT INTO letters VALUES (1, 'a', 'kept'), (2, 'A', 'read, and filtered'), (3, 'b', 'left'), (4, NULL, 'left'),
           (5, 'a', 'refused'), (6, 'a', 'kept')`,
      ],
    });
    await sorted.succeed('schema', PROFILE);
    expect(await counts(sorted)).toEqual({ rowsRead: 6, rowsLoaded: 2, rowsFiltered: 3, rowsRejected: 1 });
    expect(await sorted.targetQuery('SELECT id FROM sorted.kept ORDER BY id')).toEqual([
      { id: 1 },
      { id: 6 },
    ]);
  });

  it('counts each row once while rows pass from one side to the other [invariant 5]', async () => {
    await using sorted = await openBulkCase({
      flavor,
      fill: [
        CREATE,
        `INSERT INTO letters ${numbered(`n AS id, IF(n % 3 = 0, 'a', 'b') AS kind, REPEAT('x', 90) AS body`, ROWS)}`,
      ],
      changes: { CHUNK_ROWS: '500', JOBS: '2' },
    });
    await sorted.succeed('schema', PROFILE);
    const writer = await openSourceSession(sorted.source);
    let isLoading = true;
    const change = async (): Promise<number> => {
      let rounds = 0;
      for (; isLoading; rounds++)
        await writer.query(`UPDATE letters SET kind = IF(kind = 'a', 'b', 'a') WHERE id % 7 = ${rounds % 7}`);
      return rounds;
    };
    const changing = change();
    const told = await counts(sorted).finally(() => (isLoading = false));
    const rounds = await changing;
    writer.destroy();
    expect(rounds).toBeGreaterThan(5);
    expect(told['rowsRead']).toBe(ROWS);
    expect(told['rowsLoaded']! + told['rowsFiltered']!).toBe(ROWS);
    expect(told['rowsLoaded']).toBeGreaterThan(0);
  });

  it('does not wait for ever for a source that does not answer how many rows it leaves', async () => {
    await using sorted = await openBulkCase({
      flavor,
      fill: [CREATE, `INSERT INTO letters ${numbered(`n AS id, 'b' AS kind, 'x' AS body`, 6)}`],
    });
    await sorted.succeed('schema', PROFILE);
    const silent = { SORTED_CONDITION: 'SLEEP(1) = 1', RETRY_TIMEOUT_SECONDS: '2' };
    const { exitCode, stderr } = await sorted.run('bulk', [...PROFILE, '--no-sync'], silent);
    expect(exitCode, stderr).not.toBe(0);
    expect(stderr).toContain('ERROR SOURCE_LOST');
    expect(await counts(sorted)).toEqual({ rowsRead: 6, rowsLoaded: 0, rowsFiltered: 6, rowsRejected: 0 });
  });
});
