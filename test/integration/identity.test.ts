import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson } from '../support/command-line.ts';
import { connectionSettings } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';

describe.each(sourceFlavors())('identities after a load from %s', (flavor) => {
  it('go on where the source was, for every kind of counter, and stand still where a counter is used up', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query(`
      create table plain (id int auto_increment primary key, x int) auto_increment = 500;
      insert into plain (x) values (1), (2);
      delete from plain where id = 501;
      create table empty_one (id bigint auto_increment primary key);
      create table used_up (id int auto_increment primary key);
      insert into used_up values (2147483647);
      create table wide (id bigint unsigned auto_increment primary key);
      insert into wide values (41)`);
    const env = { ...connectionSettings(source.config, target.config), JOBS: '2' };
    const cwd = mkdtempSync(path.join(tmpdir(), 'transfuse-test-'));
    expect((await runJson(['schema'], env, cwd)).exitCode).toBe(0);
    expect((await runJson(['bulk', '--no-sync'], env, cwd)).exitCode).toBe(0);
    expect(await target.query(`insert into plain (x) values (3) returning id`)).toEqual([{ id: 502 }]);
    expect(await target.query(`insert into empty_one default values returning id`)).toEqual([{ id: '1' }]);
    expect(await target.query(`insert into wide default values returning id`)).toEqual([{ id: '42' }]);
    await expect(target.query(`insert into used_up default values`)).rejects.toMatchObject({ code: '2200H' });
  });
});
