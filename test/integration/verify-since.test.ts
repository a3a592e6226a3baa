/** A verification of what has changed since the last one: with it a proof of all, in seconds. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { sourceFlavors } from '../support/databases.ts';
import { randomNumbers } from '../support/random.ts';
import { until } from '../support/run-command.ts';

const PROFILE = ['--profile', path.resolve('dist/test/support/ward/ward.js')];
const FILL = [
  'CREATE TABLE visits (id INT PRIMARY KEY, note TEXT)',
  `INSERT INTO visits ${numbered("n, CONCAT('note ', n)", 2000)}`,
  'CREATE TABLE pair (a VARCHAR(10) NOT NULL, b INT NOT NULL, c VARCHAR(20), PRIMARY KEY (a, b))',
  `INSERT INTO pair ${numbered("CONCAT('k', n % 5), n, 'c'", 400)}`,
  'CREATE TABLE raw (id VARBINARY(8) PRIMARY KEY, n INT)',
  "INSERT INTO raw VALUES ('a', 1), ('b', 2)",
];

interface Verified {
  code?: string;
  result: {
    databases: {
      mappings: {
        mapping: string;
        rowsTouched: number | null;
        rowsRead: number;
        rows: { kind: string; columns: string[] }[];
      }[];
    }[];
  };
}

async function verify(live: BulkCase, ...args: string[]) {
  const outcome = await live.run('verify', ['--json', '--since-last', ...args]);
  const { code, result } = JSON.parse(outcome.stdout) as Verified;
  const mappings = result?.databases[0]!.mappings ?? [];
  return {
    exitCode: outcome.exitCode,
    code,
    touched: Object.fromEntries(mappings.map(({ mapping, rowsTouched }) => [mapping, rowsTouched])),
    found: mappings
      .flatMap(({ mapping, rows }) => rows.map(({ kind, columns }) => [mapping, kind, ...columns].join(' ')))
      .toSorted(),
  };
}

describe.each(sourceFlavors())('what has changed at %s since the last verification', (flavor) => {
  let hospital: BulkCase;

  beforeAll(async () => {
    hospital = await openBulkCase({ flavor, sync: true, fill: FILL });
    for (const command of ['schema', 'bulk', 'sync', 'verify']) await hospital.succeed(command);
  });
  afterAll(() => hospital[Symbol.asyncDispose]());

  it.runIf(flavor === 'mariadb')('is compared, and nothing else', { timeout: 120_000 }, async () => {
    expect(await verify(hospital)).toMatchObject({ exitCode: 0, touched: { visits: 0, pair: 0, raw: null } });
    // One is lost on the way to the target, one is changed there, one stays there; what was not touched is not looked at.
    await hospital.sourceQuery("UPDATE visits SET note = 'new' WHERE id IN (5, 6, 7)");
    await hospital.sourceQuery(
      "DELETE FROM visits WHERE id = 9; INSERT INTO visits VALUES (3000, 'came'), (3001, 'came')",
    );
    await hospital.sourceQuery("UPDATE pair SET a = 'x' WHERE b = 17");
    await hospital.succeed('sync');
    expect(await verify(hospital)).toMatchObject({
      exitCode: 0,
      touched: { visits: 6, pair: 2, raw: null },
      found: [],
    });
    await hospital.sourceQuery('UPDATE visits SET note = concat(note, 1) WHERE id IN (5, 6, 7, 3000)');
    await hospital.sourceQuery("DELETE FROM visits WHERE id = 10; DELETE FROM pair WHERE a = 'x'");
    await hospital.succeed('sync');
    await hospital.targetQuery("UPDATE public.visits SET note = note || ' ' WHERE id IN (6, 100)");
    await hospital.targetQuery(
      "DELETE FROM public.visits WHERE id = 7; INSERT INTO public.visits VALUES (10, 'stays')",
    );
    await hospital.targetQuery("INSERT INTO public.pair VALUES ('x', 17, 'c')");
    const changed = await verify(hospital);
    expect(changed).toMatchObject({ exitCode: 3, touched: { visits: 5, pair: 1 } });
    expect(changed.found).toEqual(['pair extra', 'visits differs note', 'visits extra', 'visits missing']);
    // What differed is not proven: the next one goes on from the one before.
    await hospital.succeed('verify', ['--since-last', '--repair']);
    const all = await hospital.run('verify', ['--json']);
    const { result } = JSON.parse(all.stdout) as Verified;
    expect(result.databases[0]!.mappings.flatMap(({ rows }) => rows.map(({ kind }) => kind))).toEqual([
      'differs',
    ]);
    await hospital.targetQuery('UPDATE public.visits SET note = rtrim(note) WHERE id = 100');
    await hospital.succeed('verify');
  });

  it('is everything where a table was altered, or loaded anew', { timeout: 120_000 }, async () => {
    // The types as the catalog writes them differ from those of the statement, and between the servers.
    await hospital.sourceQuery(
      `ALTER TABLE visits ADD more INT, ADD u SMALLINT UNSIGNED, ADD c CHAR, ADD d DECIMAL(8), ADD y YEAR, ADD t DATETIME(3), ADD b BIT,
       ADD f BOOLEAN, ADD e ENUM('x','it''s'), ADD big BIGINT UNSIGNED, ADD v VARCHAR(20), ADD dd DOUBLE, ADD x BINARY(3), ADD i INTEGER(7)`,
    );
    await hospital.succeed('sync');
    expect(await verify(hospital)).toMatchObject({ exitCode: 0, touched: { visits: null, pair: 0 } });
    await hospital.succeed('bulk', ['--replace', '--tables', 'pair']);
    await hospital.succeed('sync');
    expect(await verify(hospital)).toMatchObject({ exitCode: 0, touched: { visits: 0, pair: null } });
  });

  it.runIf(flavor === 'mysql')(
    'is compared beside a sync, while it goes on changing',
    { timeout: 120_000 },
    async () => {
      await hospital.succeed('verify');
      const sync = hospital.start('sync', ['--continuous']);
      const session = await openSourceSession(hospital.source);
      const any = randomNumbers(3);
      const statements = [
        () => `UPDATE visits SET note = 'n${any(99)}' WHERE id = ${any(2000)}`,
        () => `REPLACE INTO visits (id, note, more) VALUES (${4000 + any(100)}, 'r', ${any(9)})`,
        () => `DELETE FROM visits WHERE id = ${4000 + any(100)}`,
        () => `UPDATE pair SET a = 'k${any(7)}' WHERE b = ${any(400)}`,
      ];
      let isChanging = true;
      const changing = (async () => {
        while (isChanging) {
          await session.query(statements[any(statements.length)]!());
          await sleep(5);
        }
      })();
      await sleep(1500);
      for (let round = 0; round < 3; round++) {
        const passed = await verify(hospital, '--live');
        expect([passed.exitCode, passed.found]).toEqual([0, []]);
        expect(passed.touched['visits']).toBeGreaterThan(0);
      }
      await session.query("UPDATE visits SET note = 'marked' WHERE id = 1234");
      await until(
        'the mark to arrive',
        async () =>
          (await hospital.targetQuery("SELECT FROM public.visits WHERE id = 1234 AND note = 'marked'"))
            .length > 0,
      );
      await hospital.targetQuery("UPDATE public.visits SET note = 'lost' WHERE id = 1234");
      const lost = await verify(hospital, '--live');
      isChanging = false;
      await changing;
      session.destroy();
      sync.kill('SIGTERM');
      await sync.ended;
      expect([lost.exitCode, lost.found]).toEqual([3, ['visits differs note']]);
    },
  );

  it.runIf(flavor === 'mariadb')(
    'is told of rows that are selected from several tables as well',
    async () => {
      await using ward = await openBulkCase({
        flavor,
        sync: true,
        fill: [
          'CREATE TABLE wards (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
          'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, ward INT NULL, hidden TINYINT NOT NULL DEFAULT 0)',
          'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, person INT NOT NULL, note VARCHAR(50) NULL, KEY person (person))',
          "INSERT INTO wards VALUES (1, 'north'), (2, 'south')",
          "INSERT INTO people VALUES (1, 'Ann', 1, 0), (2, 'Bo', 2, 0), (3, 'Cy', 1, 0), (4, 'Di', NULL, 0)",
        ],
      });
      for (const command of ['schema', 'bulk', 'sync']) await ward.succeed(command, PROFILE);
      expect(await verify(ward, ...PROFILE)).toMatchObject({ exitCode: 4, code: 'VERIFY_NOTHING_PROVEN' });
      await ward.succeed('verify', PROFILE);
      await ward.sourceQuery(
        "UPDATE wards SET name = 'far north' WHERE id = 1; INSERT INTO notes (person, note) VALUES (2, 'x')",
      );
      await ward.succeed('sync', PROFILE);
      expect(await verify(ward, ...PROFILE)).toMatchObject({ exitCode: 0, touched: { wards: 1, people: 3 } });
      await ward.sourceQuery(
        "UPDATE wards SET name = 'farther north' WHERE id = 1; DELETE FROM people WHERE id = 4",
      );
      await ward.succeed('sync', PROFILE);
      await ward.targetQuery(
        "UPDATE ward.person SET ward_name = 'far north' WHERE id = 3; INSERT INTO ward.person VALUES (4, 'Di', NULL, NULL, NULL, 0)",
      );
      expect(await verify(ward, ...PROFILE)).toMatchObject({
        exitCode: 3,
        found: ['people differs ward_name', 'people extra'],
      });
    },
  );
});
