/** The quick comparison, of keys and critical columns. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';

const PROFILE = ['--profile', path.resolve('dist/test/support/ward/ward.js')];

it('finds rows that are missing or too many and critical values that differ, and looks at no others', async () => {
  await using ward = await openBulkCase({
    fill: [
      'CREATE TABLE wards (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
      'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, ward INT NULL, hidden TINYINT NOT NULL DEFAULT 0)',
      'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, person INT NOT NULL, note VARCHAR(50) NULL, KEY person (person))',
      "INSERT INTO wards VALUES (1, 'north'), (2, 'south')",
      "INSERT INTO people VALUES (1, 'Ann', 1, 0), (2, 'Bo', 2, 0), (3, 'Cy', 1, 0), (4, 'Di', 1, 1)",
      "INSERT INTO notes (person, note) VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    ],
  });
  const verify = async (...args: string[]) => {
    const { stdout, exitCode } = await ward.run('verify', ['--json', ...PROFILE, ...args]);
    const { result } = JSON.parse(stdout) as {
      result: {
        databases: {
          columns: string;
          mappings: { mapping: string; rows: { kind: string; columns: string[] }[] }[];
        }[];
      };
    };
    const [database] = result.databases;
    const rows = database!.mappings.flatMap(({ mapping, rows: found }) =>
      found.map(({ kind, columns }) => [mapping, kind, ...columns].join(' ')),
    );
    return [exitCode, database!.columns, rows.toSorted()];
  };
  for (const command of ['schema', 'bulk']) await ward.succeed(command, PROFILE);
  const critical = ['--columns', 'critical'];
  expect(await verify(...critical)).toEqual([0, 'critical', []]);
  await ward.targetQuery("UPDATE ward.person SET ward_name = 'x', name = 'y' WHERE id = 1");
  expect(await verify(...critical)).toEqual([0, 'critical', []]);
  expect(await verify()).toEqual([3, 'all', ['people differs name ward_name']]);
  await ward.targetQuery(
    "UPDATE ward.person SET last_note = last_note || ' ' WHERE id = 2; DELETE FROM ward.person WHERE id = 3",
  );
  await ward.targetQuery("INSERT INTO ward.ward VALUES (9, 'nowhere')");
  expect(await verify(...critical)).toEqual([
    3,
    'critical',
    ['people differs last_note', 'people missing', 'wards extra'],
  ]);
  expect((await ward.run('verify', [...PROFILE, '--columns', 'most'])).exitCode).toBe(2);
});
