import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';

const PROFILE = ['--profile', path.resolve('dist/test/support/ward/ward.js')];
const CANARY = 'Zqx-Canary-77';
const FILL = [
  'CREATE TABLE wards (id INT PRIMARY KEY, name VARCHAR(30) NULL)',
  'CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(30) NULL, ward INT NULL, hidden TINYINT NOT NULL DEFAULT 0, shoe_size INT NULL)',
  'CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, person INT NOT NULL, note VARCHAR(50) NULL)',
  'CREATE TABLE parking (id INT PRIMARY KEY)',
  "INSERT INTO wards VALUES (1, 'north'), (2, NULL)",
  `INSERT INTO people VALUES (1, '${CANARY}', 1, 0, 40), (2, NULL, 2, 0, 41), (3, 'Cy', 9, 1, 42)`,
];

interface Diagnosis {
  code?: string;
  result: {
    mappings: {
      id: string;
      fits: boolean;
      columns: { column: string; how: string; from: string[] }[];
      findings: { severity: string; code: string; column: string | null; text: string }[];
      sample: { rows: number; fitting: number; filtered: number; refused: object[] } | null;
    }[];
    unread: string[];
  };
}

describe.each(sourceFlavors())('bin/diagnose, of a source of %s', (flavor) => {
  let ward: BulkCase;
  const diagnose = async (...args: string[]) => {
    const outcome = await ward.run('diagnose', ['--json', ...args, ...PROFILE]);
    return { exitCode: outcome.exitCode, ...(JSON.parse(outcome.stdout) as Diagnosis) };
  };
  beforeAll(async () => {
    ward = await openBulkCase({ flavor, fill: FILL });
  });
  afterAll(() => ward[Symbol.asyncDispose]());

  it('says what each column is made of, what refuses real rows, and what would stay behind', async () => {
    await ward.succeed('schema', PROFILE);
    const { exitCode, code, result } = await diagnose();
    expect([exitCode, code]).toEqual([3, 'MAPPING_MISFIT']);
    expect(result.unread).toEqual(['parking']);
    const [wards, people] = result.mappings;
    expect(wards).toMatchObject({
      id: 'wards',
      fits: false,
      sample: {
        rows: 2,
        fitting: 1,
        filtered: 0,
        refused: [{ column: 'name', reason: 'not_null', rows: 1 }],
      },
    });
    expect(people).toMatchObject({
      sample: {
        rows: 3,
        fitting: 1,
        filtered: 1,
        refused: [{ column: 'name', reason: 'not_null', rows: 1 }],
      },
      findings: [{ severity: 'loses', code: 'column-not-mapped', column: 'shoe_size' }],
    });
    expect(people!.columns.find(({ column }) => column === 'ward_name')).toMatchObject({
      how: 'as it is',
      from: ['ward_name (selected, as wards.name)'],
    });
    expect(people!.columns.find(({ column }) => column === 'name')).toMatchObject({ how: 'trim' });
  });

  it('finds what a load would stop at, and what was meant, on either side', async () => {
    await ward.targetQuery(
      'ALTER TABLE ward.person RENAME COLUMN last_note TO latest_note; ALTER TABLE ward.person ALTER notes TYPE integer; ALTER TABLE ward.person ADD must text NOT NULL; DROP TABLE ward.ward CASCADE',
    );
    await ward.sourceQuery('ALTER TABLE people RENAME COLUMN hidden TO hiden');
    const { result } = await diagnose();
    const found = result.mappings.flatMap(({ id, findings }) =>
      findings
        .filter(({ severity }) => severity === 'stops')
        .map(({ code, text }) => `${id} ${code} ${text}`),
    );
    expect(found).toEqual([
      expect.stringContaining('wards target-table-missing'),
      expect.stringMatching(/people source-column-missing .*no column hidden\. Is it hiden\?/),
      expect.stringMatching(/people target-column-missing .*no column last_note\. Is it latest_note\?/),
      expect.stringContaining(
        'people target-type-differs notes is integer in the target, and the mapping writes bigint',
      ),
      expect.stringContaining('people target-column-not-filled must'),
    ]);
    expect(result.mappings[1]!.sample).toBeNull();
  });

  it('prints and writes names and counts, and no value of a row [invariant 9]', async () => {
    const page = path.join(ward.directory, 'reports', 'fit.html');
    const outcome = await ward.run('diagnose-mapping', ['--explain', '--html', page, ...PROFILE]);
    expect(outcome.exitCode).toBe(3);
    const html = fs.readFileSync(page, 'utf8');
    expect(html).toContain('<h2>wards: <code>wards</code> → <code>ward.ward</code>');
    const logs = fs
      .readdirSync(path.join(ward.directory, 'logs'))
      .map((name) => fs.readFileSync(path.join(ward.directory, 'logs', name), 'utf8'));
    expect([outcome.stdout, outcome.stderr, html, ...logs].join()).not.toContain(CANARY);
  });
});

it('finds nothing to say against the mirror of a clean database, and exits 0', async () => {
  await using clean = await openBulkCase({
    fill: ['CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(10))', "INSERT INTO t VALUES (1, 'a')"],
  });
  await clean.succeed('schema');
  const outcome = await clean.succeed('diagnose');
  expect(outcome.stdout).toContain('1 row looked at = 1 fitting + 0 filtered + 0 refused');
  expect(outcome.stdout).toContain('Everything fits: 1 mapping.');
});
