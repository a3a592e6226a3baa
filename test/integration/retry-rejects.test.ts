import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson } from '../support/command-line.ts';
import { connectionSettings } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';

describe.each(sourceFlavors())('bin/bulk --retry-rejects, from %s', (flavor) => {
  it('loads mended rows, rejects the others anew, forgets deleted ones, and keeps the counts true [invariant 5]', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query(`create table note (id int, part varchar(20), text text, primary key (id, part))`);
    await source.query(
      `insert into note values (1, 'Zoë', 'fine'), (2, 'o''k', 'a\\0b'), (3, 'x', 'c\\0d'), (4, 'y', 'e\\0f')`,
    );
    const env = { ...connectionSettings(source.config, target.config), JOBS: '1' };
    const cwd = mkdtempSync(path.join(tmpdir(), 'transfuse-test-'));
    const run = (...argv: string[]) => runJson(argv, env, cwd);
    expect((await run('schema')).exitCode).toBe(0);
    expect((await run('bulk')).exitCode).toBe(5);
    expect(await target.query(`select id, part from note`)).toEqual([{ id: 1, part: 'Zoë' }]);

    await source.query(`update note set text = 'mended' where id = 2`);
    await source.query(`delete from note where id = 4`);
    const again = await run('bulk', '--retry-rejects');
    expect(again.exitCode).toBe(5);
    expect(await target.query(`select id, part, text from note order by id`)).toEqual([
      { id: 1, part: 'Zoë', text: 'fine' },
      { id: 2, part: "o'k", text: 'mended' },
    ]);
    expect(
      await target.query(
        `select row_key->>'id' as id, reason, column_name, resolution from transfuse.rejects order by rejects.id`,
      ),
    ).toEqual([
      ...['2', '3', '4'].map((id) => ({
        id,
        reason: 'nul_byte',
        column_name: 'text',
        resolution: 'retried',
      })),
      { id: '3', reason: 'nul_byte', column_name: 'text', resolution: null },
    ]);
    expect(
      await target.query(
        `select rows_read::int r, rows_loaded::int l, rows_rejected::int j from transfuse.chunks`,
      ),
    ).toEqual([{ r: 3, l: 2, j: 1 }]);

    await source.query(`update note set text = 'too' where id = 3`);
    expect((await run('bulk', '--retry-rejects')).exitCode).toBe(0);
    expect(await target.query(`select count(*)::int n from note`)).toEqual([{ n: 3 }]);
  });
});
