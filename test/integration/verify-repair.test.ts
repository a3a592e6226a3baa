/** What differs is mended by the way that changes of the source take, and what was done is on record. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { sourceFlavors } from '../support/databases.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { randomNumbers } from '../support/random.ts';
import { until } from '../support/run-command.ts';

const FILL = [
  'CREATE TABLE wards (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL UNIQUE)',
  `INSERT INTO wards ${numbered("n, CONCAT('w', n)", 20)}`,
  'CREATE TABLE visits (id INT PRIMARY KEY, ward INT, note TEXT, amount DECIMAL(10,2), FOREIGN KEY (ward) REFERENCES wards (id))',
  `INSERT INTO visits ${numbered("n, n % 20, CONCAT('note ', n), n / 4", 2000)}`,
  'CREATE TABLE pair (a VARCHAR(10) NOT NULL, b INT NOT NULL, c VARCHAR(20), PRIMARY KEY (a, b))',
  `INSERT INTO pair ${numbered("CONCAT('k', n % 5), n, CONCAT('c', n)", 400)}`,
];

const running = (live: BulkCase) =>
  until('sync to run', async () => (await live.targetQuery('SELECT FROM transfuse.checkpoints')).length > 0);

describe.each(sourceFlavors())('a repair of a load from %s', (flavor) => {
  it.runIf(flavor === 'mariadb')(
    'makes anew what differs, takes away what only the target has, and keeps it in the ledger [invariant 5]',
    async () => {
      await using hospital = await openBulkCase({ flavor, sync: true, fill: FILL });
      for (const command of ['schema', 'bulk', 'sync']) await hospital.succeed(command);
      const tampering = [
        "UPDATE public.visits SET note = note || ' ' WHERE id BETWEEN 10 AND 19",
        'UPDATE public.visits SET amount = NULL, ward = 3 WHERE id = 500',
        'DELETE FROM public.visits WHERE id IN (7, 8)',
        // Keys that have changed, with a unique value that stands in the way, and rows that refer to what nobody has.
        'UPDATE public.visits SET ward = NULL WHERE ward = 5; UPDATE public.wards SET id = 500 WHERE id = 5',
        "INSERT INTO public.wards VALUES (600, 'nobody''s'); INSERT INTO public.visits VALUES (9000, 600, 'extra', 1)",
        'UPDATE public.visits SET ward = 600 WHERE id = 21',
        "UPDATE public.pair SET a = 'x' WHERE b = 77",
        'DELETE FROM public.pair WHERE b > 395',
      ];
      for (const sql of tampering) await hospital.targetQuery(sql);
      const looked = await hospital.run('verify');
      expect(looked.exitCode).toBe(3);
      expect(await hospital.targetQuery('SELECT FROM transfuse.repairs')).toEqual([]);
      // A change that sync has not seen yet comes first: its row needs no repair.
      await hospital.sourceQuery("UPDATE visits SET note = 'newer' WHERE id = 12");
      const repaired = await hospital.succeed('verify', ['--repair']);
      expect(repaired.stdout).toContain('made anew from the source');
      expect(await differencesBetween(hospital.source, hospital.target)).toEqual([]);
      const removed = await hospital.targetQuery(
        "SELECT mapping, row_data FROM transfuse.repairs WHERE action = 'removed' ORDER BY mapping, row_data->>'id'",
      );
      expect(removed).toEqual([
        { mapping: 'pair', row_data: { a: 'x', b: 77, c: 'c77' } },
        { mapping: 'visits', row_data: { id: 9000, ward: 600, note: 'extra', amount: 1 } },
        { mapping: 'wards', row_data: { id: 500, name: 'w5' } },
        { mapping: 'wards', row_data: { id: 600, name: "nobody's" } },
      ]);
      const [anew] = await hospital.targetQuery(
        "SELECT count(DISTINCT (mapping, row_key))::int AS rows, count(DISTINCT repaired_by)::int AS by FROM transfuse.repairs WHERE action = 'noted'",
      );
      expect(anew).toEqual({ rows: 9 + 1 + 2 + 100 + 1 + 1 + 1 + 4, by: 1 });
      await hospital.succeed('verify');
    },
  );

  it.runIf(flavor === 'mariadb')(
    'goes the same way for rows that are selected from several tables',
    async () => {
      const profile = ['--profile', path.resolve('dist/test/support/ward/ward.js')];
      await using ward = await openBulkCase({
        flavor,
        sync: true,
        fill: [
          'CREATE TABLE wards (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
          'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, ward INT NULL, hidden TINYINT NOT NULL DEFAULT 0)',
          'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, person INT NOT NULL, note VARCHAR(50) NULL, KEY person (person))',
          "INSERT INTO wards VALUES (1, 'north'), (2, 'south')",
          "INSERT INTO people VALUES (1, 'Ann', 1, 0), (2, 'Bo', 2, 0), (3, 'Cy', 1, 0)",
        ],
      });
      for (const command of ['schema', 'bulk']) await ward.succeed(command, profile);
      await ward.targetQuery(
        "UPDATE ward.person SET ward_name = 'N' WHERE id = 1; DELETE FROM ward.person WHERE id = 3",
      );
      await ward.targetQuery("INSERT INTO ward.person VALUES (4, 'Di', NULL, NULL, NULL, 0)");
      await ward.succeed('verify', ['--repair', ...profile]);
      expect(await ward.targetQuery('SELECT id, name, ward_name FROM ward.person ORDER BY id')).toEqual([
        { id: 1, name: 'Ann', ward_name: 'north' },
        { id: 2, name: 'Bo', ward_name: 'south' },
        { id: 3, name: 'Cy', ward_name: 'north' },
      ]);
    },
  );

  it(
    'works beside a sync, which does it, while both sides change [invariant 8]',
    { timeout: 120_000 },
    async () => {
      await using hospital = await openBulkCase({ flavor, sync: true, fill: FILL });
      for (const command of ['schema', 'bulk']) await hospital.succeed(command);
      const sync = hospital.start('sync', ['--continuous']);
      await running(hospital);
      const session = await openSourceSession(hospital.source);
      const any = randomNumbers(5);
      let isChanging = true;
      const changing = (async () => {
        while (isChanging) {
          const id = any(2000);
          await session.query(`UPDATE visits SET note = 'n${any(99)}', ward = ${any(20)} WHERE id = ${id}`);
          await session.query(`REPLACE INTO visits VALUES (${2000 + any(50)}, ${any(20)}, 'r', 1)`);
          await session.query(`DELETE FROM visits WHERE id = ${2000 + any(50)}`);
          await sleep(10);
        }
      })();
      const alone = await hospital.run('verify', ['--repair']);
      expect([alone.exitCode, alone.stderr]).toEqual([6, expect.stringContaining('--live --repair')]);
      await hospital.targetQuery('UPDATE public.visits SET amount = 99 WHERE id % 100 = 3');
      await hospital.targetQuery('DELETE FROM public.visits WHERE id % 100 = 4');
      await hospital.targetQuery(
        "INSERT INTO public.visits VALUES (9000, 1, 'extra', 1), (9001, 1, 'extra', 1)",
      );
      const repaired = await hospital.run('verify', ['--live', '--repair']);
      isChanging = false;
      await changing;
      session.destroy();
      expect(repaired.stderr + repaired.stdout).toMatch(/made anew/);
      expect(repaired.exitCode, repaired.stdout).toBe(0);
      sync.kill('SIGTERM');
      await sync.ended;
      await hospital.succeed('sync');
      expect(await differencesBetween(hospital.source, hospital.target)).toEqual([]);
      await hospital.succeed('verify');
    },
  );

  it.runIf(flavor === 'mariadb')(
    'gives two rows back what is unique to each, and says of what the target refuses that it is not repaired',
    async () => {
      await using hospital = await openBulkCase({
        flavor,
        sync: true,
        fill: [
          'CREATE TABLE people (id INT PRIMARY KEY, code VARCHAR(10) NOT NULL UNIQUE, n INT)',
          "INSERT INTO people VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)",
        ],
      });
      for (const command of ['schema', 'bulk', 'sync']) await hospital.succeed(command);
      await hospital.targetQuery(
        "UPDATE public.people SET code = 'x' WHERE id = 1; UPDATE public.people SET code = 'a' WHERE id = 2; UPDATE public.people SET code = 'b' WHERE id = 1",
      );
      await hospital.succeed('verify', ['--repair']);
      expect(await differencesBetween(hospital.source, hospital.target)).toEqual([]);
      // What stands in the way of it is nothing that the source knows.
      await hospital.targetQuery('ALTER TABLE public.people ADD CONSTRAINT small CHECK (n < 3) NOT VALID');
      await hospital.targetQuery('DELETE FROM public.people WHERE id = 3');
      const refused = await hospital.run('verify', ['--repair']);
      expect([refused.exitCode, refused.stdout]).toEqual([
        3,
        expect.stringContaining('1 row of people was refused by the target'),
      ]);
      const kept = await hospital.run('verify');
      expect([kept.exitCode, kept.stdout]).toEqual([0, expect.not.stringContaining('older version')]);
      await hospital.targetQuery("INSERT INTO public.people VALUES (3, 'old', 0)");
      expect((await hospital.run('verify')).stdout).toContain(
        '1 row of the target is an older version of a rejected one, and was not compared',
      );
    },
  );

  it.runIf(flavor === 'mariadb')(
    'takes nothing away that others refer to, whatever their foreign key would do [invariant 5]',
    async () => {
      await using hospital = await openBulkCase({ flavor, sync: true, fill: FILL });
      for (const command of ['schema', 'bulk', 'sync']) await hospital.succeed(command);
      await hospital.targetQuery("INSERT INTO public.wards VALUES (600, 'x'), (601, 'y'), (602, 'z')");
      await hospital.targetQuery(
        `CREATE TABLE app_note (id int PRIMARY KEY, ward int REFERENCES public.wards ON DELETE CASCADE, other int REFERENCES public.wards ON DELETE SET NULL)`,
      );
      await hospital.targetQuery('INSERT INTO app_note VALUES (1, 600, NULL), (2, NULL, 601), (3, 1, 2)');
      await hospital.targetQuery("UPDATE public.wards SET name = 'other' WHERE id = 1");
      const left = await hospital.run('verify', ['--repair']);
      expect([left.exitCode, left.stdout]).toEqual([
        3,
        expect.stringContaining('2 rows that the source does not have stay: others refer to them'),
      ]);
      expect(await hospital.targetQuery('SELECT * FROM app_note ORDER BY id')).toEqual([
        { id: 1, ward: 600, other: null },
        { id: 2, ward: null, other: 601 },
        { id: 3, ward: 1, other: 2 },
      ]);
      expect(await hospital.targetQuery('SELECT id FROM public.wards WHERE id > 500 ORDER BY id')).toEqual([
        { id: 600 },
        { id: 601 },
      ]);
      const stop = await hospital.run('verify', ['--repair'], { FOREIGN_WRITES: 'stop' });
      expect([stop.exitCode, stop.stderr]).toEqual([2, expect.stringContaining('FOREIGN_WRITES')]);
    },
  );

  it.runIf(flavor === 'mariadb')('says what it cannot mend', async () => {
    await using hospital = await openBulkCase({
      flavor,
      sync: true,
      fill: ['CREATE TABLE keyless (a INT)', `INSERT INTO keyless ${numbered('n % 7', 50)}`],
    });
    for (const command of ['schema', 'bulk']) await hospital.succeed(command);
    await hospital.targetQuery('INSERT INTO public.keyless VALUES (3)');
    const left = await hospital.run('verify', ['--repair']);
    expect([left.exitCode, left.stderr]).toEqual([4, expect.stringContaining('SYNC_IMPOSSIBLE')]);
    expect(await hospital.targetQuery('SELECT count(*)::int AS n FROM public.keyless')).toEqual([{ n: 51 }]);
  });
});
