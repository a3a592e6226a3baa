import { describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';

interface StatusDocument {
  result: { databases: DatabaseStatus[] };
}

interface DatabaseStatus {
  sync: {
    state: string;
    lagMs: number | null;
    behindBytes: number | null;
    ageMs: number;
    position: object;
  } | null;
  checkpoint: { transactions: number } | null;
  next: string;
}

const FILL = [
  'CREATE TABLE ward (id INT PRIMARY KEY, name VARCHAR(30))',
  "INSERT INTO ward VALUES (1, 'north')",
];
const status = async (live: BulkCase): Promise<DatabaseStatus> =>
  (JSON.parse((await live.succeed('status', ['--json'])).stdout) as StatusDocument).result.databases[0]!;

async function until(live: BulkCase, holds: (seen: DatabaseStatus) => boolean): Promise<DatabaseStatus> {
  for (let attempt = 0; ; attempt++) {
    const seen = await status(live);
    if (holds(seen)) return seen;
    if (attempt > 60) throw new Error(`not reached: ${JSON.stringify(seen)}`);
  }
}

describe('bin/status and a sync elsewhere', () => {
  it('tells what it last said, while it follows, and after it was killed', async () => {
    await using live = await openBulkCase({ sync: true, fill: FILL });
    await live.succeed('schema');
    await live.succeed('bulk');
    expect((await status(live)).sync).toBeNull();
    const sync = live.start('sync', ['--continuous']);
    await live.sourceQuery("UPDATE ward SET name = 'south'");
    const seen = await until(
      live,
      ({ sync: said, checkpoint }) =>
        checkpoint !== null && checkpoint.transactions > 0 && said?.lagMs === 0 && said.behindBytes === 0,
    );
    expect(seen.sync).toMatchObject({ state: 'running', position: { file: expect.any(String) } });
    expect((await live.succeed('status')).stdout).toMatch(
      /sync is running, and said .* ago: lag 0.0 s · 0 B of binlog/,
    );

    sync.kill('SIGKILL');
    await sync.ended;
    const dead = await until(live, ({ sync: said }) => said?.state === 'stopped');
    expect(dead.sync!.lagMs).not.toBeUndefined();
    expect((await live.succeed('status')).stdout).toMatch(/sync is not running.*It last said, .* ago: lag/);
  });
});

describe('bin/sync after bulk --no-sync', () => {
  it('refuses where changes were given up, until everything is loaded again [invariant 2]', async () => {
    await using live = await openBulkCase({ sync: true, fill: FILL });
    await live.succeed('schema');
    const killed = await live.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.after-chunk-commit=kill' });
    expect(killed.signal).toBe('SIGKILL');
    await live.sourceQuery("UPDATE ward SET name = 'changed meanwhile'");
    await live.succeed('bulk', ['--no-sync']);
    const refused = await live.run('sync', ['--json']);
    expect(refused.exitCode).toBe(4);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      code: 'SYNC_NOT_LOADED',
      message: expect.stringContaining('--no-sync'),
      fix: expect.stringContaining('bin/bulk --replace'),
    });
    expect((await status(live)).next).toContain('--no-sync');
    await live.succeed('bulk', ['--replace']);
    await live.succeed('sync');
    expect(await live.targetQuery('SELECT name FROM ward')).toEqual([{ name: 'changed meanwhile' }]);
  });
});
