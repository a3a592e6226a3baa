import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson } from '../support/command-line.ts';
import { connectionSettings } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase } from '../support/databases.ts';

interface StatusDocument {
  next: string;
  run?: { profile: string; startPosition: unknown } | null;
  loads?: { sourceTable: string; state: string; rowsLoaded: number; openRejects: number }[];
  rejects?: { reason: string; count: number }[];
  away?: { kind: string; name: string; failure: string | null }[];
  writer?: { application: string } | null;
}

describe('bin/status', () => {
  it('says what is loaded, rejected, not restored, and what to do next, at each step of the way', async () => {
    await using source = await createSourceDatabase('mariadb');
    await using target = await createTargetDatabase();
    await source.query(`create table parent (id int primary key)`);
    await source.query(
      `create table child (id int primary key, parent_id int, note text, foreign key (parent_id) references parent (id))`,
    );
    await source.query(
      `set foreign_key_checks = 0; insert into child values (1, 99, 'orphan'), (2, null, 'a\\0b')`,
    );
    const env = { ...connectionSettings(source.config, target.config), JOBS: '1', MAX_REJECTS: '1' };
    const cwd = mkdtempSync(path.join(tmpdir(), 'transfuse-test-'));
    const run = (...argv: string[]) => runJson<{ databases: StatusDocument[] }>(argv, env, cwd);

    expect((await run('status')).document.result?.databases[0]).toMatchObject({
      run: null,
      next: expect.stringContaining('bin/schema'),
    });
    await run('schema');
    expect((await run('bulk', '--no-sync')).exitCode).toBe(3);

    const result = (await run('status')).document.result?.databases[0];
    expect(result).toMatchObject({
      run: { profile: 'mirror', startPosition: { file: expect.any(String) } },
      writer: null,
    });
    expect(result?.loads).toMatchObject([
      { sourceTable: 'child', state: 'complete', rowsLoaded: 1, openRejects: 1 },
      { sourceTable: 'parent', state: 'complete', rowsLoaded: 0, openRejects: 0 },
    ]);
    expect(result?.rejects).toMatchObject([{ reason: 'nul_byte', count: 1 }]);
    expect(result?.away).toMatchObject([
      { kind: 'foreign-key', failure: expect.stringContaining('not there') },
    ]);
    expect(result?.next).toContain('bin/bulk');

    await source.query(`insert into parent values (99)`);
    await run('bulk', '--tables', 'parent', '--replace', '--no-sync');
    const after = (await run('status')).document.result?.databases[0];
    expect(after?.away).toEqual([]);
    expect(after?.next).toContain('--retry-rejects');
  });
});
