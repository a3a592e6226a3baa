/** Archives: everything comes back, whatever it is, and whatever happened on the way. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ArchiveManifest } from '../../src/archive/manifest.ts';
import { openBulkCase, openSourceSession, runSourceStatements, type BulkCase } from '../support/bulk-case.ts';
import { ledgerFaults } from '../support/bulk-case-checks.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { rowsOfArchive } from '../support/archive-rows.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { querySource } from '../support/database-sessions.ts';
import { sourceFlavors } from '../support/databases.ts';
import { startStorageServer, type StorageServer } from '../support/storage/storage-server.ts';

const FILL = [
  `CREATE TABLE many (id INT UNSIGNED PRIMARY KEY, ward VARCHAR(20), amount DECIMAL(20,6), big BIGINT UNSIGNED, note TEXT)`,
  `INSERT INTO many ${numbered(String.raw`n * 3, CONCAT('ward ', n % 7), n / 7, 18446744073709551615 - n, REPEAT('x"y\n', n % 50)`, 9000)}`,
  `CREATE TABLE kinds (id INT(5) UNSIGNED ZEROFILL PRIMARY KEY, t TINYINT(1), f FLOAT, d DOUBLE, y YEAR, born DATE, at DATETIME(6),
    seen TIMESTAMP NULL, took TIME(3), e ENUM('a','b'), s SET('x','y'), b BIT(12), raw VARBINARY(300), fixed BINARY(4), body MEDIUMBLOB,
    doc JSON, place POINT, latin VARCHAR(20) CHARACTER SET latin1, emoji VARCHAR(20) CHARACTER SET utf8mb4, \`1\` INT, \`say "no"\` INT)`,
  `INSERT INTO kinds VALUES (7, 1, 0.1, -1.5e-300, 2026, '0000-00-00', '2026-11-27 01:02:03.000004', '2026-01-01 00:00:00', '-838:59:59.000',
    'b', 'x,y', b'101010101010', X'00FF22', 'ab', REPEAT(X'00ff10', 100000), '{"a": [1, 2.5]}', ST_GeomFromText('POINT(1 2)'), 'Größe', '😀', 1, 2)`,
  'INSERT INTO kinds (id) VALUES (8)',
  `INSERT INTO kinds (id, e, latin, emoji, raw) VALUES (9, '', '', '"\\\\\\t\\0', '')`,
  'CREATE TABLE keyless (a INT, b VARCHAR(10))',
  "INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (NULL, NULL)",
  'CREATE TABLE blank (id INT PRIMARY KEY)',
  'CREATE TABLE pair (a VARCHAR(10), b INT, c INT, PRIMARY KEY (a, b))',
  `INSERT INTO pair ${numbered("CONCAT('k', n % 5), n, n", 3000)}`,
  'ANALYZE TABLE many, pair',
];

describe.each(sourceFlavors())('an archive of %s', (flavor) => {
  let source: BulkCase;
  let storage: StorageServer;

  beforeAll(async () => {
    storage = await startStorageServer();
    source = await openBulkCase({
      flavor,
      fill: FILL,
      changes: {
        GCS_BUCKET: storage.bucket,
        GCS_API_ENDPOINT: storage.endpoint,
        CHUNK_ROWS: '1000',
        JOBS: '2',
        RETRY_TIMEOUT_SECONDS: '20',
        MAX_REJECTS: '1',
      },
    });
  });
  beforeEach(() => {
    for (const name of storage.objects.names()) storage.objects.delete(name, null);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const manifest = (): ArchiveManifest => {
    const names = storage.objects.names().filter((name) => name.endsWith('/manifest.json'));
    return JSON.parse(storage.objects.find(names.at(-1)!).content.toString()) as ArchiveManifest;
  };
  const sums = () =>
    Object.fromEntries(manifest().tables.map(({ name, rows, rowSum }) => [name, [rows, rowSum]]));

  it(
    'gives the same rows when it is loaded and archived again [invariant 5]',
    { timeout: 120_000 },
    async () => {
      const { stdout } = await source.succeed('archive');
      expect(stdout).toContain('12,006 rows of 5 tables');
      const { tables, startPosition, endPosition } = manifest();
      expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
        ['blank', 0],
        ['keyless', 3],
        ['kinds', 3],
        ['many', 9000],
        ['pair', 3000],
      ]);
      expect(tables.find(({ name }) => name === 'many')!.chunks.length).toBeGreaterThan(3);
      expect([startPosition, endPosition]).not.toContain(null);
      const [kinds] = rowsOfArchive(
        storage,
        tables.find(({ name }) => name === 'kinds')!,
      );
      expect(kinds).toMatchObject({
        id: '00007',
        t: 1,
        d: -1.5e-300,
        y: 2026,
        born: '0000-00-00',
        at: '2026-11-27 01:02:03.000004',
        took: '-838:59:59.000',
        raw: Buffer.from([0, 255, 0x22]).toString('base64'),
        latin: 'Größe',
        emoji: '😀',
        1: 1,
        'say "no"': 2,
      });
      const [many] = rowsOfArchive(
        storage,
        tables.find(({ name }) => name === 'many')!,
      );
      expect(many).toMatchObject({ id: 0, amount: '0.000000', big: '18446744073709551615' });

      const first = sums();
      const copy = `${source.source.database}_copy`;
      await querySource({ ...source.source, database: '' }, `CREATE DATABASE ${copy} CHARACTER SET utf8mb4`);
      try {
        const there = { ...source.source, database: copy };
        const session = await openSourceSession(there);
        try {
          await session.query("SET sql_mode = '', time_zone = '+00:00'");
          for (const table of tables) {
            await session.query(table.definition);
            const rows = rowsOfArchive(storage, table);
            const values = rows.map((row) => table.columns.map(({ name, form }) => valueOf(row[name], form)));
            for (let from = 0; from < values.length; from += 1000)
              await session.query(`INSERT INTO \`${table.name}\` VALUES ?`, [
                values.slice(from, from + 1000),
              ]);
          }
        } finally {
          session.destroy();
        }
        await source.succeed('archive', [], { LEGACY_DB_NAME: copy, CHUNK_ROWS: '700' });
        const second = storage.objects
          .names()
          .find((name) => name.includes(copy) && name.endsWith('manifest.json'))!;
        const again = JSON.parse(storage.objects.find(second).content.toString()) as ArchiveManifest;
        expect(
          Object.fromEntries(again.tables.map(({ name, rows, rowSum }) => [name, [rows, rowSum]])),
        ).toEqual(first);
      } finally {
        await querySource({ ...source.source, database: '' }, `DROP DATABASE ${copy}`);
      }
    },
  );

  it('is read back, compared, and found damaged where it is', { timeout: 120_000 }, async () => {
    await source.succeed('archive');
    const whole = await source.succeed('archive', ['verify', '--against-source']);
    expect(whole.stdout).toContain('the source has the same rows in 5 tables');
    expect(whole.stdout).toContain('all as the manifest says');

    await source.sourceQuery("UPDATE keyless SET b = 'y' WHERE a IS NULL");
    const changed = await source.run('archive', ['verify', '--against-source']);
    await source.sourceQuery('UPDATE keyless SET b = NULL WHERE a IS NULL');
    expect([changed.exitCode, changed.stdout]).toEqual([
      3,
      expect.stringContaining('other rows by now in keyless'),
    ]);

    const parts = storage.objects.names().filter((name) => name.includes('/many/'));
    const { content } = storage.objects.find(parts[0]!);
    content[content.length - 20]! ^= 4;
    const damaged = await source.run('archive', ['verify', '--tables', 'many,pair']);
    content[content.length - 20]! ^= 4;
    expect([damaged.exitCode, damaged.stdout]).toEqual([3, expect.stringContaining('✗ many, chunk 0:')]);
    storage.objects.delete(parts[1]!, null);
    const gone = await source.run('archive', ['verify']);
    expect([gone.exitCode, gone.stdout]).toEqual([
      3,
      expect.stringMatching(/many, chunk 1: the part \S+ is not there/),
    ]);
  });

  it(
    'goes on where it was interrupted, and has each row once [invariant 3]',
    { timeout: 120_000 },
    async () => {
      await source.succeed('archive');
      const expected = sums();
      for (const failpoints of ['archive.after-plan=kill', 'archive.after-chunk=kill@4']) {
        const killed = await source.run('archive', ['--new'], { TRANSFUSE_FAILPOINTS: failpoints });
        expect(killed.signal).toBe('SIGKILL');
        const { stderr } = await source.succeed('archive');
        expect(stderr).toContain('was not finished: going on with it');
        expect(sums()).toEqual(expected);
        await source.succeed('archive', ['verify']);
      }
      storage.faults.add({ at: 'multipart', skip: 2, answer: 503, times: 3 });
      storage.faults.add({ at: 'multipart', skip: 6, drop: 'after-commit', times: 2 });
      await source.succeed('archive', ['--new']);
      expect(storage.faults.areSpent).toBe(true);
      expect(sums()).toEqual(expected);
      await source.succeed('archive', ['verify']);
    },
  );

  it('says what it cannot do', { timeout: 60_000 }, async () => {
    const failed = async (args: string[], changes = {}) => {
      const { exitCode, stderr } = await source.run('archive', args, changes);
      return `${exitCode} ${stderr}`;
    };
    expect(await failed(['verify'])).toMatch(/^4 .*ARCHIVE_MISSING/s);
    expect(await failed(['verfy'])).toMatch(/^2 .*bin\/archive verify/s);
    expect(await failed(['--tables', 'nothing'])).toMatch(/^\d .*no table named nothing/s);
    expect(await failed(['--against-source'])).toMatch(/^2 .*--against-source/s);
    expect(await failed([], { GCS_BUCKET: '' })).toMatch(/^2 .*GCS_BUCKET is not set/s);
  });

  it(
    'takes the rows that a load reads, and reads the rest itself [invariants 3, 5]',
    { timeout: 120_000 },
    async () => {
      await runSourceStatements(source.source, ['UPDATE kinds SET born = NULL WHERE born = 0']);
      await source.succeed('archive', ['--new']);
      const expected = sums();
      const load = ['--tables', 'many,pair,kinds,keyless', '--no-sync', '--archive'];
      await source.renewTarget();
      await source.succeed('schema');
      const { stdout } = await source.succeed('bulk', [...load, '--json']);
      const { result } = JSON.parse(stdout) as { result: { archive: { chunksNow: number } } };
      expect(result.archive.chunksNow, 'only the table that is not loaded').toBe(1);
      expect(sums()).toEqual(expected);
      await source.succeed('archive', ['verify', '--against-source']);

      // A chunk that the archive has and the target not, one that both have in part, and a store that fails.
      if (flavor !== 'mariadb') return;
      for (const failpoints of [
        'bulk.before-chunk-finished=kill@3',
        'bulk.in-copy=kill@9',
        'archive.after-plan=kill',
      ]) {
        await source.renewTarget();
        await source.succeed('schema');
        const killed = await source.run('bulk', [...load, '--replace'], { TRANSFUSE_FAILPOINTS: failpoints });
        expect(killed.signal, failpoints).toBe('SIGKILL');
        storage.faults.add({ at: 'multipart', skip: 1, drop: 'after-commit', times: 2 });
        await source.succeed('bulk', load);
        expect(storage.faults.areSpent).toBe(true);
        expect(sums(), failpoints).toEqual(expected);
        await source.succeed('archive', ['verify']);
        expect(await ledgerFaults(source)).toEqual([]);
        const tables = ['many', 'pair', 'keyless'];
        expect(await differencesBetween(source.source, source.target, { tables })).toEqual([]);
      }
    },
  );
});

function valueOf(value: unknown, form: string): unknown {
  return form === 'base64' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}
