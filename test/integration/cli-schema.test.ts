import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runJson } from '../support/command-line.ts';
import { connectionSettings } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';

interface SchemaResult {
  sql: string;
  schemas: {
    databaseCreated: boolean;
    created: { kind: string; table: string | null; name: string }[];
    present: unknown[];
    differences: { table: string | null; name: string; found: string; mend: string[] }[];
  }[];
}

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'transfuse-schema-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

describe.each(sourceFlavors())('schema with a %s source', (flavor) => {
  test('creates once, then finds everything present, and never alters what differs', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query(
      'CREATE TABLE Patients (Id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) NOT NULL)',
    );
    const env = connectionSettings(source.config, target.config);
    const schema = () => runJson<SchemaResult>(['schema'], env, cwd);

    const first = await schema();
    expect(first.exitCode).toBe(0);
    expect(first.document.result?.schemas[0]?.created.map((object) => object.name)).toContain('patients');
    const second = await schema();
    expect([second.exitCode, second.document.result?.schemas[0]?.created]).toEqual([0, []]);
    expect(second.document.result?.schemas[0]?.present.length).toBeGreaterThan(1);

    await target.query('ALTER TABLE patients ALTER COLUMN name TYPE text');
    const third = await schema();
    expect([third.exitCode, third.document.code]).toEqual([3, 'TARGET_SCHEMA_DIFFERS']);
    const [difference, ...others] = third.document.result!.schemas[0]!.differences;
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ table: 'patients', name: 'name', found: 'text NOT NULL' });
    expect((await schema()).document.result?.schemas[0]?.differences).toEqual([difference]);
    for (const sql of difference!.mend) await target.query(sql);
    expect((await schema()).exitCode).toBe(0);
  });

  test('with --print shows SQL that makes the tables, also when the target does not answer', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query('CREATE TABLE patients (id INT PRIMARY KEY)');
    const env = { ...connectionSettings(source.config, target.config), TARGET_DB_PORT: '1' };
    const { exitCode, document, stderr } = await runJson<SchemaResult>(
      ['migrate-schema', '--print'],
      env,
      cwd,
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain('cannot be asked for its extensions (TARGET_UNREACHABLE)');
    expect(await target.query("SELECT 1 FROM pg_tables WHERE tablename = 'patients'")).toEqual([]);
    await target.query((document.result?.sql ?? '').replace(/^\\.*$/m, ''));
    expect(await target.query("SELECT 1 FROM pg_tables WHERE tablename = 'patients'")).toHaveLength(1);
  });

  test('makes the database where it does not exist', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query('CREATE TABLE patients (id INT PRIMARY KEY)');
    const database = `${target.config.database}_new`;
    const env = { ...connectionSettings(source.config, target.config), TARGET_DB_NAME: database };
    try {
      const { exitCode, document } = await runJson<SchemaResult>(['schema'], env, cwd);
      expect([exitCode, document.result?.schemas[0]?.databaseCreated]).toEqual([0, true]);
    } finally {
      await target.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    }
  });

  test('refuses a profile that nobody knows', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    const env = connectionSettings(source.config, target.config);
    const { exitCode, document } = await runJson(['schema', '--profile', 'nobody'], env, cwd);
    expect([exitCode, document.code]).toEqual([2, 'PROFILE_UNKNOWN']);
  });
});
