import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTables, type TableCheck } from '../demo/check/check-tables.ts';
import { checkObjects } from '../demo/check/check-objects.ts';
import { connectionSettings } from '../support/database-address.ts';
import { runExecutable, type ExecutableName } from '../demo/executable.ts';
import {
  createSourceDatabase,
  createTargetDatabase,
  sourceFlavors,
  type SourceDatabase,
  type TestDatabase,
} from '../support/databases.ts';

const TABLES = `
  CREATE TABLE parent (id int PRIMARY KEY, f float, d double, t time(2), b bit(3), j json, n decimal(6,2), z int(5) zerofill);
  CREATE TABLE child (id int PRIMARY KEY, parent_id int, note text, blank varchar(9), at timestamp(3) NULL,
    CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id));
  CREATE TABLE keyless (word varchar(20), day date);
  INSERT INTO parent VALUES (1, 16777217, 0.1, '-00:00:00.50', b'101', '{"b": 1.0, "a": [2]}', 1.5, 7),
    (2, -0.0, 1e300, '838:59:59', b'0', 'null', NULL, 0);
  INSERT INTO child VALUES (1, 1, 'é', 'x ', '2020-01-02 03:04:05.600'), (2, 2, NULL, '', NULL), (3, 1, '', ' ', NULL);
  INSERT INTO keyless VALUES ('a', '0000-00-00'), ('a', '0000-00-00'), ('b', '2020-02-00'), (NULL, '2020-02-29')`;

const CHANGES = [
  ['parent', 'f', 'f = f + 2'],
  ['parent', 'd', "d = '0.10000000000000002'"],
  ['parent', 't', "t = t + interval '0.01 s'"],
  ['parent', 'b', "b = b'100'"],
  ['parent', 'j', `j = '{"a": [2], "b": "1"}'`],
  ['parent', 'n', 'n = 1.51'],
  ['parent', 'z', 'z = 8'],
  ['child', 'parent_id', 'parent_id = 2'],
  ['child', 'note', "note = 'e'"],
  ['child', 'note', 'note = NULL'],
  ['child', 'blank', "blank = 'x'"],
  ['child', 'at', "at = at + interval '1 ms'"],
] as const;

interface Migrated {
  source: SourceDatabase;
  target: TestDatabase;
}

async function migrate(flavor: SourceDatabase['flavor']): Promise<Migrated> {
  const source = await createSourceDatabase(flavor);
  const target = await createTargetDatabase();
  const cwd = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-test-'));
  const env = { ...connectionSettings(source.config, target.config), LOG_DIR: path.join(cwd, 'logs') };
  await source.query(`SET SESSION sql_mode = ''; ${TABLES}`);
  const commands: [ExecutableName, ...string[]][] = [['schema'], ['bulk', '--no-sync']];
  for (const [name, ...args] of commands) {
    const { exitCode, stderr } = await runExecutable(name, { args, env, cwd, output: 'pipe' });
    expect(stderr + exitCode).toMatch(/0$/);
  }
  await fs.rm(cwd, { recursive: true });
  return { source, target };
}

/** Runs `body` while the rows of the table are other ones, and puts them back. */
async function whileChanged(
  { target }: Migrated,
  table: string,
  change: string,
  body: () => Promise<void>,
): Promise<void> {
  await target.query(`CREATE TABLE before AS TABLE ${table}; ${change}`);
  await body();
  await target.query(
    `SET session_replication_role = replica; DELETE FROM ${table}; INSERT INTO ${table} TABLE before;
     DROP TABLE before; SET session_replication_role = origin`,
  );
}

async function check({ source, target }: Migrated, maxComparedRows = 1000): Promise<TableCheck[]> {
  const checks: TableCheck[] = [];
  for await (const table of checkTables({ source: source.config, target: target.config, maxComparedRows })) {
    checks.push(table);
  }
  return checks;
}

async function problems(migrated: Migrated): Promise<string[]> {
  const checks = await check(migrated);
  return checks.flatMap((table) => table.problems.map((problem) => `${table.table}: ${problem}`));
}

describe.each(sourceFlavors())('the check of the demo, from %s', (flavor) => {
  let migrated: Migrated;

  beforeAll(async () => {
    migrated = await migrate(flavor);
  });

  afterAll(async () => {
    await Promise.all([migrated.source.drop(), migrated.target.drop()]);
  });

  it('finds nothing wrong where everything arrived', async () => {
    expect(await check(migrated)).toMatchObject([
      { table: 'child', sourceRows: 3, targetRows: 3, comparedRows: 3, problems: [] },
      { table: 'keyless', sourceRows: 4, targetRows: 4, comparedRows: 4, problems: [] },
      { table: 'parent', sourceRows: 2, targetRows: 2, comparedRows: 2, problems: [] },
    ]);
    expect(await checkObjects(migrated.source.config, migrated.target.config)).toEqual({
      rejects: new Map(),
      problems: [],
    });
  });

  it('compares a sample of a large table, the same rows on both sides', async () => {
    const [child] = await check(migrated, 1);
    expect(child).toMatchObject({ sampledOneIn: 3, comparedRows: 1, problems: [] });
  });

  it.each(CHANGES)(
    'finds a value that changed and names its column: %s.%s, %s',
    async (table, column, change) => {
      await whileChanged(migrated, table, `UPDATE ${table} SET ${change} WHERE id = 1`, async () => {
        const found = (await problems(migrated)).filter((problem) => problem.startsWith(table));
        expect(found.at(-1)).toBe(`${table}: Rows of the same key differ in \`${column}\`.`);
      });
    },
  );

  it('finds a row that is missing', async () => {
    await whileChanged(migrated, 'child', 'DELETE FROM child WHERE id = 3', async () => {
      expect(await problems(migrated)).toEqual([
        'child: 3 rows are not 2 loaded + 0 rejected.',
        'child: 1 rows of the source are not in the target as they were, with 0 rejected; 0 rows of the target are not in the source.',
      ]);
    });
  });

  it('finds a row too many', async () => {
    await whileChanged(migrated, 'keyless', "INSERT INTO keyless VALUES ('a', NULL)", async () => {
      expect(await problems(migrated)).toEqual([
        'keyless: 4 rows are not 5 loaded + 0 rejected.',
        'keyless: 0 rows of the source are not in the target as they were, with 0 rejected; 1 rows of the target are not in the source.',
      ]);
    });
  });

  it('finds a table that is not there', async () => {
    await migrated.source.query('CREATE TABLE late (id int)');
    expect(await problems(migrated)).toEqual(['late: It is not in the target.']);
    await migrated.source.query('DROP TABLE late');
  });

  it('finds a foreign key that does not hold', async () => {
    await migrated.target.query(
      `ALTER TABLE child DROP CONSTRAINT child_fk_fkey;
       ALTER TABLE child ADD CONSTRAINT child_fk_fkey FOREIGN KEY (parent_id) REFERENCES parent (id) NOT VALID`,
    );
    const { problems } = await checkObjects(migrated.source.config, migrated.target.config);
    expect(problems).toEqual(['Of 1 foreign keys within the database of the source 0 hold in the target.']);
    await migrated.target.query('ALTER TABLE child VALIDATE CONSTRAINT child_fk_fkey');
  });
});
