import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BinlogPosition } from '../../src/core/position.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';
import { commandEnvironment, startCommand } from '../support/run-command.ts';

type RunRow = Record<'start' | 'end', BinlogPosition>;

const RUNS = `select start_position as start, (select l.end_position from transfuse.loads l where l.mapping = 'visit') as "end"
  from transfuse.runs`;
const DEFINITIONS = `select pg_get_indexdef(indexrelid) as definition from pg_index
  where indrelid in ('visit'::regclass, 'doctor'::regclass)
  union all select pg_get_constraintdef(oid) from pg_constraint where conrelid in ('visit'::regclass, 'doctor'::regclass)
  order by 1`;

describe.each(sourceFlavors())('[invariant 2] the handoff, from %s', (flavor) => {
  it('begins with a position that is in the ledger before the first row, and that a resumed load keeps', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query(`
      create table doctor (id int primary key, license varchar(20) unique);
      create table visit (id int primary key, doctor_id int, note text, foreign key (doctor_id) references doctor (id));
      insert into doctor values (1, 'A'), (2, 'B');
      insert into visit values (1, 1, 'one'), (2, 2, 'two'), (3, null, 'three')`);
    const cwd = mkdtempSync(path.join(tmpdir(), 'transfuse-test-'));
    const run = (name: string, changes: Record<string, string> = {}) =>
      startCommand(name, name === 'bulk' ? ['--no-sync'] : [], {
        env: commandEnvironment(source.config, target.config, { JOBS: '1', ...changes }),
        cwd,
      }).ended;
    expect((await run('schema')).exitCode).toBe(0);
    const definitions = await target.query(DEFINITIONS);

    expect((await run('bulk', { TRANSFUSE_FAILPOINTS: 'bulk.after-run-recorded=kill' })).signal).toBe(
      'SIGKILL',
    );
    const [first] = await target.query<{ start: BinlogPosition }>(RUNS);
    expect(first?.start).toMatchObject({ file: expect.any(String), offset: expect.stringMatching(/^\d+$/) });
    expect(await target.query('select count(*)::int as n from visit')).toEqual([{ n: 0 }]);

    // What happens at the source from now on lies behind P0, whether the load sees it or not.
    await source.query(
      `update visit set note = 'changed' where id = 1; delete from visit where id = 2; insert into visit values (4, 1, 'new')`,
    );
    expect((await run('bulk', { TRANSFUSE_FAILPOINTS: 'bulk.after-objects-dropped=kill' })).signal).toBe(
      'SIGKILL',
    );
    const away = await target.query(
      `select kind, object_name from transfuse.saved_objects where state = 'dropped'`,
    );
    expect(away.length).toBeGreaterThan(0);
    expect((await target.query(DEFINITIONS)).length).toBeLessThan(definitions.length);

    expect((await run('bulk')).exitCode).toBe(0);
    const runs = await target.query<RunRow>(RUNS);
    expect(runs).toHaveLength(1);
    expect(runs[0]!.start).toEqual(first!.start);
    expect(placeOf(runs[0]!.end)).toBeGreaterThan(placeOf(runs[0]!.start));
    expect(await target.query('select id, note from visit order by id')).toEqual([
      { id: 1, note: 'changed' },
      { id: 3, note: 'three' },
      { id: 4, note: 'new' },
    ]);
    expect(await target.query(DEFINITIONS)).toEqual(definitions);
  });
});

/** Comparable where the file did not change, as in a test; file numbers come first. */
function placeOf({ file, offset }: BinlogPosition): number {
  return Number(file.split('.').at(-1)) * 1e12 + Number(offset);
}
