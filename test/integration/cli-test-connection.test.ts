import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import type { Finding } from '../../src/preflight/finding.ts';
import { findLargestRow } from '../../src/preflight/largest-row.ts';
import { runJson } from '../support/command-line.ts';
import { connectionSettings } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';
import { connectToSource } from '../support/source-settings.ts';
import { startStorageServer } from '../support/storage/storage-server.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'transfuse-preflight-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

/** Runs the command and returns its findings by id. */
async function check(env: Record<string, string>, ...args: string[]) {
  const { exitCode, document, stderr } = await runJson<{ findings: Finding[] }>(
    ['test-connection', ...args],
    env,
    cwd,
  );
  const findings = new Map(document.result?.findings.map((entry) => [entry.id, entry]));
  return { exitCode, code: document.code, findings, stderr };
}

const failedIds = (findings: Map<string, Finding>) =>
  [...findings.values()].filter((entry) => entry.ok === false).map((entry) => entry.id);

describe.each(sourceFlavors())('test-connection with a %s source', (flavor) => {
  test('finds nothing wrong where everything is as it should be', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query('CREATE TABLE patients (id INT PRIMARY KEY, notes LONGTEXT)');
    const { findings, exitCode } = await check(connectionSettings(source.config, target.config));
    expect(failedIds(findings)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(findings.get('source-tls')?.what).toMatch(/TLSv1\.[23], mode verify-full/);
    expect(findings.get('target-disk')?.ok).toBeNull();
    expect([...findings.values()].every((entry) => entry.ok !== true || entry.remedySql === null)).toBe(true);
  });

  test('prints the very statements that mend missing privileges, and no password [invariant 9]', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query('CREATE TABLE patients (id INT PRIMARY KEY)');
    await source.query('CREATE TABLE secrets (id INT PRIMARY KEY)');
    const password = `canary-${randomBytes(8).toString('hex')}`;
    const user = `reader_${randomBytes(4).toString('hex')}`;
    const account = `'${user}'@'%'`;
    await source.query(`CREATE USER ${account} IDENTIFIED BY '${password}'`);
    try {
      await source.query(`GRANT SELECT ON \`${source.config.database}\`.patients TO ${account}`);
      const env = connectionSettings({ ...source.config, user, password }, target.config);
      const before = await check(env, '--source');
      expect([before.exitCode, before.code]).toEqual([4, 'PREREQUISITES']);
      const client = flavor === 'mariadb' ? 'source-binlog-monitor' : 'source-replication-client';
      expect(failedIds(before.findings)).toEqual(['source-select', client, 'source-replication-slave']);
      expect([...before.findings.keys()].some((id) => id.startsWith('target'))).toBe(false);
      for (const entry of before.findings.values()) if (entry.remedySql) await source.query(entry.remedySql);
      const after = await check(env, '--source');
      expect([after.exitCode, failedIds(after.findings)]).toEqual([0, []]);

      const wrong = await check({ ...env, LEGACY_DB_PASSWORD: `${password}-wrong` }, '--source');
      expect(failedIds(wrong.findings)).toEqual(['source-reachable']);
      const logs = readdirSync(join(cwd, 'logs')).map((name) =>
        readFileSync(join(cwd, 'logs', name), 'utf8'),
      );
      for (const run of [before, after, wrong]) logs.push(run.stderr, JSON.stringify([...run.findings]));
      expect(logs.join('')).not.toContain(password);
    } finally {
      await source.query(`DROP USER ${account}`);
    }
  });

  test('measures the largest row only where a row could be over the limit', async () => {
    await using database = await createSourceDatabase(flavor);
    await database.query('CREATE TABLE small (id INT PRIMARY KEY, text LONGTEXT)');
    await database.query("INSERT INTO small VALUES (1, 'short')");
    await database.query('CREATE TABLE notes (id INT PRIMARY KEY, text LONGTEXT, more LONGBLOB)');
    await database.query(
      "INSERT INTO notes VALUES (1, REPEAT('x', 2000000), REPEAT('y', 1000000)), (2, 'z', NULL)",
    );
    await database.query('ANALYZE TABLE small, notes');
    await using source = await connectToSource(database);
    const catalog = await readSourceCatalog(source, database.config.database);
    const expected = { table: 'notes', bytes: 3_000_000, unmeasured: [] };
    expect(await findLargestRow(source, catalog, 1_000_000)).toEqual(expected);
    expect(await findLargestRow(source, catalog, 1_000_000_000)).toEqual({
      table: null,
      bytes: 0,
      unmeasured: [],
    });
  });
});

describe('test-connection with a target', () => {
  const flavor = 'mariadb' as const;

  test('that refuses everything says what to grant, and the grant mends it', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    const role = `writer_${randomBytes(4).toString('hex')}`;
    await target.query(`CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
    try {
      const env = connectionSettings(source.config, { ...target.config, user: role, password: 'canary' });
      const before = await check(env, '--target');
      expect(before.exitCode).toBe(4);
      expect(failedIds(before.findings)).toEqual(['target-schema-public', 'target-schema-transfuse']);
      for (const entry of before.findings.values()) if (entry.remedySql) await target.query(entry.remedySql);
      expect(failedIds((await check(env, '--target')).findings)).toEqual([]);

      const missing = await check({ ...env, TARGET_DB_NAME: 'nowhere' }, '--target');
      expect(failedIds(missing.findings)).toEqual(['target-database']);
      expect(missing.findings.get('target-database')?.remedySql).toContain(`OWNER "${role}" ENCODING 'UTF8'`);
    } finally {
      await target.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('that does not answer, or is not trusted, is one finding with its remedy [invariant 12]', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    const env = connectionSettings(source.config, target.config);
    const down = await check({ ...env, TARGET_DB_PORT: '1' }, '--target');
    expect([down.exitCode, [...down.findings.keys()]]).toEqual([4, ['target-reachable']]);
    const { TARGET_DB_SSL_CA: _, ...withoutCa } = env;
    const untrusted = await check(withoutCa, '--target');
    expect([...untrusted.findings.keys()]).toEqual(['target-reachable']);
    expect(untrusted.findings.get('target-reachable')?.remedy).toContain(
      'TARGET_DB_SSL_MODE=disable is enough',
    );
  });
});

describe('test-connection --storage', () => {
  const elsewhere = {
    LEGACY_DB_HOST: '127.0.0.1',
    LEGACY_DB_USER: 'nobody',
    LEGACY_DB_PASSWORD: '',
    LEGACY_DB_NAME: 'none',
    TARGET_DB_HOST: '127.0.0.1',
    TARGET_DB_USER: 'nobody',
    TARGET_DB_PASSWORD: '',
  };

  test('stores an object, reads it, and leaves nothing behind', async () => {
    await using server = await startStorageServer();
    const env = {
      ...elsewhere,
      GCS_BUCKET: server.bucket,
      GCS_API_ENDPOINT: server.endpoint,
      GCS_PATH: 'moved',
    };
    const { findings, exitCode } = await check(env, '--storage');
    expect([...findings.keys()]).toEqual(['storage-write', 'storage-read', 'storage-remove']);
    expect(failedIds(findings)).toEqual([]);
    expect(findings.get('storage-write')?.what).toContain('below moved/');
    expect(exitCode).toBe(0);
    expect(server.objects.commits).toBe(1);
    expect(server.objects.names()).toEqual([]);
  });

  test('says which bucket is not there, and what is not allowed', async () => {
    await using server = await startStorageServer();
    const env = { ...elsewhere, GCS_BUCKET: 'no-such-bucket', GCS_API_ENDPOINT: server.endpoint };
    const missing = await check(env, '--storage');
    expect(missing.exitCode).toBe(4);
    expect(missing.findings.get('storage-write')).toMatchObject({
      ok: false,
      what: `There is no bucket no-such-bucket at ${server.endpoint}.`,
    });
    server.faults.add({ at: 'delete', answer: 403 });
    const kept = await check({ ...env, GCS_BUCKET: server.bucket }, '--storage');
    expect(failedIds(kept.findings)).toEqual(['storage-remove']);
    expect(kept.findings.get('storage-remove')?.remedy).toContain('roles/storage.objectAdmin');
  });

  test('asks for a bucket, and for encryption on the way to it', async () => {
    expect(await check(elsewhere, '--storage')).toMatchObject({ exitCode: 2, code: 'CONFIG_INVALID' });
    const plain = { ...elsewhere, GCS_BUCKET: 'documents', GCS_API_ENDPOINT: 'http://storage.example' };
    expect(await check(plain, '--storage')).toMatchObject({ exitCode: 2, code: 'PLAINTEXT_REFUSED' });
    for (const wrong of [
      { GCS_BUCKET: 'No Bucket' },
      { GCS_PATH: '/absolute' },
      { GCS_PATH: 'a/../b' },
      { GCS_API_ENDPOINT: 'https://storage.example/path' },
      { GCS_KMS_KEY: 'my-key' },
    ])
      expect(await check({ ...elsewhere, ...wrong }, '--storage')).toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
