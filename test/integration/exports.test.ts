/** Exports in the place of a server: archives of our own, CSV, lines and arrays of JSON. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase, type Changes } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { ledgerFaults } from '../support/bulk-case-checks.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';
import { startStorageServer, type StorageServer } from '../support/storage/storage-server.ts';

const FILL = [
  `CREATE TABLE ward (id INT PRIMARY KEY, name VARCHAR(20) UNIQUE, amount DECIMAL(20,6), big BIGINT UNSIGNED, f FLOAT, born DATE,
    raw VARBINARY(40), flags BIT(4), doc JSON, at DATETIME(3))`,
  `INSERT INTO ward ${numbered(String.raw`n, CONCAT('ward "', n, '" ä\n'), n / 7, 18446744073709551615 - n, n / 3, '2026-01-02', UNHEX(LPAD(HEX(n), 8, '0')), n % 16, '{"a": 1.50}', '2026-01-02 03:04:05.678'`, 5000)}`,
  'CREATE TABLE bed (id INT PRIMARY KEY, ward_id INT, FOREIGN KEY bed_ward (ward_id) REFERENCES ward (id))',
  `INSERT INTO bed ${numbered('n, IF(n % 3, n, NULL)', 3000)}`,
  'ANALYZE TABLE ward, bed',
];

describe.each(sourceFlavors())('an archive of %s', (flavor) => {
  let clinic: BulkCase;
  let storage: StorageServer;
  let directory: string;

  beforeAll(async () => {
    storage = await startStorageServer();
    clinic = await openBulkCase({ flavor, fill: FILL, changes: { CHUNK_ROWS: '700', JOBS: '2' } });
    await clinic.succeed('archive', [], { GCS_BUCKET: storage.bucket, GCS_API_ENDPOINT: storage.endpoint });
    directory = path.join(clinic.directory, 'archive');
    // As gsutil cp -r leaves it.
    for (const name of storage.objects.names()) {
      const file = path.join(directory, ...name.split('/').slice(4));
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(file, storage.objects.find(name).content);
    }
  });
  beforeEach(() => clinic.renewTarget());
  afterAll(async () => {
    await clinic[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const fromArchive = (changes: Changes = {}): Changes => ({
    LEGACY_DB_TYPE: 'json',
    LEGACY_EXPORTS_DIR: directory,
    LEGACY_DB_HOST: '',
    LEGACY_DB_USER: '',
    LEGACY_DB_NAME: '',
    ...changes,
  });

  it('loads to the same rows as the server itself [invariant 11]', { timeout: 60_000 }, async () => {
    await clinic.succeed('schema', [], fromArchive());
    const { stdout } = await clinic.succeed('bulk', [], fromArchive());
    expect(stdout).toContain('8,000 rows read = 8,000 loaded');
    expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
    expect(await ledgerFaults(clinic)).toEqual([]);
    const keys = await clinic.targetQuery(
      "SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
    );
    expect(keys).toHaveLength(1);
  });

  it(
    'goes on behind a kill, and refuses a file that has changed since [invariant 3]',
    { timeout: 60_000 },
    async () => {
      await clinic.succeed('schema', [], fromArchive());
      const killed = await clinic.run(
        'bulk',
        [],
        fromArchive({ TRANSFUSE_FAILPOINTS: 'bulk.after-chunk-commit=kill@3', JOBS: '1' }),
      );
      expect(killed.signal).toBe('SIGKILL');
      const parts = await fs.readdir(path.join(directory, 'ward'));
      const last = path.join(directory, 'ward', parts.toSorted().at(-1)!);
      const { atime, mtime } = await fs.stat(last);
      await fs.utimes(last, atime, new Date());
      const changed = await clinic.run('bulk', [], fromArchive());
      expect([changed.exitCode, changed.stderr]).toEqual([
        expect.any(Number),
        expect.stringContaining('SOURCE_TABLE_CHANGED'),
      ]);
      await fs.utimes(last, atime, mtime);
      await clinic.succeed('bulk', [], fromArchive());
      expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
      expect(await ledgerFaults(clinic)).toEqual([]);
    },
  );

  it('is no server', { timeout: 60_000 }, async () => {
    const failed = async (command: string, args: string[] = [], changes: Changes = {}) => {
      const { exitCode, stderr } = await clinic.run(command, args, fromArchive(changes));
      return `${exitCode} ${stderr}`;
    };
    expect(await failed('sync')).toMatch(/^2 .*needs a server/s);
    expect(await failed('diagnose')).toMatch(/^2 .*needs a server/s);
    expect(await failed('bulk', [], { LEGACY_EXPORTS_DIR: '' })).toMatch(
      /^2 .*LEGACY_EXPORTS_DIR is not set/s,
    );
    expect(await failed('bulk', [], { LEGACY_EXPORTS_DIR: '/nowhere' })).toMatch(/^4 .*EXPORT_MISSING/s);
    const tested = await clinic.run('test-connection', ['--source'], fromArchive());
    expect([tested.exitCode, tested.stdout]).toEqual([0, expect.stringContaining('2 tables in')]);
  });
});

describe('exports without types', () => {
  let clinic: BulkCase;
  let directory: string;
  const load = (changes: Changes = {}, args: string[] = []) =>
    clinic.run('bulk', args, { LEGACY_DB_TYPE: 'csv', LEGACY_EXPORTS_DIR: directory, ...changes });

  beforeEach(async () => {
    clinic = await openBulkCase();
    directory = path.join(clinic.directory, 'exports');
    await fs.mkdir(directory);
  });
  afterEach(() => clinic[Symbol.asyncDispose]());

  const write = (name: string, content: string | Buffer) => fs.writeFile(path.join(directory, name), content);
  const schema = (changes: Changes = {}) =>
    clinic.succeed('schema', [], { LEGACY_DB_TYPE: 'csv', LEGACY_EXPORTS_DIR: directory, ...changes });

  it('of CSV: quotes, line breaks, NULL, ragged rows with their line', { timeout: 60_000 }, async () => {
    await write(
      'people.csv',
      '\uFEFFid,name,note\r\n1,"Smith, ""Bo""","two\nlines"\r\n2,\\N,\r\n3,too,many,fields\r\n4,few\r\n5,Größe,x\r\n\r\n',
    );
    await schema();
    const { exitCode, stdout } = await load({ MAX_REJECTS: '2' });
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('5 rows read = 3 loaded + 0 filtered + 2 rejected'),
    ]);
    expect(await clinic.targetQuery('SELECT * FROM people ORDER BY id')).toEqual([
      { id: '1', name: 'Smith, "Bo"', note: 'two\nlines' },
      { id: '2', name: null, note: '' },
      { id: '5', name: 'Größe', note: 'x' },
    ]);
    expect(
      await clinic.targetQuery('SELECT reason, row_key, row_data FROM transfuse.rejects ORDER BY id'),
    ).toEqual([
      {
        reason: 'ragged_row',
        row_key: { line: '4' },
        row_data: { line: '4', 'field 1': '3', 'field 2': 'too', 'field 3': 'many', 'field 4': 'fields' },
      },
      {
        reason: 'ragged_row',
        row_key: { line: '5' },
        row_data: { line: '5', 'field 1': '4', 'field 2': 'few' },
      },
    ]);
    expect(await ledgerFaults(clinic)).toEqual([]);
  });

  it('of CSV in another dialect, compressed, in several files', { timeout: 60_000 }, async () => {
    const dialect = {
      CSV_DELIMITER: ';',
      CSV_ESCAPE: '\\',
      CSV_NULL: 'empty',
      CSV_CHARSET: 'latin1',
      CSV_HEADER: 'no',
    };
    await fs.mkdir(path.join(directory, 'beds'));
    await fs.writeFile(
      path.join(directory, 'beds/1.csv.gz'),
      gzipSync(Buffer.from('1;"a \\" b"\n2;\n', 'latin1')),
    );
    await fs.writeFile(path.join(directory, 'beds/2.csv'), Buffer.from('3;Größe\n', 'latin1'));
    await schema(dialect);
    expect((await load(dialect)).exitCode).toBe(0);
    expect(await clinic.targetQuery('SELECT * FROM beds ORDER BY c1')).toEqual([
      { c1: '1', c2: 'a " b' },
      { c1: '2', c2: null },
      { c1: '3', c2: 'Größe' },
    ]);
  });

  it('of JSON: no digit is lost, and an unknown field makes a row ragged', { timeout: 60_000 }, async () => {
    const rows = [
      '{"id": 1, "amount": 12345678901234567890.123456789, "small": 1e-7, "nested": {"a": [1, "x"]}, "yes": true}',
      '{"id": 2, "amount": null, "small": -0, "nested": "12345678901234567", "yes": false}',
      '{"id": 3}',
    ];
    await write('lines.ndjson', `${rows.join('\n')}\n\n`);
    await write('array.json.gz', gzipSync(`[${rows.join(',\n')}]`));
    await write('more.jsonl', `${'{"id": 1}\n'.repeat(1001)}{"id": 2, "later": "x"}\n`);
    const json = { LEGACY_DB_TYPE: 'json', MAX_REJECTS: '1' };
    await schema(json);
    const { exitCode, stdout } = await load(json);
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('1,008 rows read = 1,007 loaded + 0 filtered + 1 rejected'),
    ]);
    const first = { id: '1', amount: '12345678901234567890.123456789', small: '1e-7', yes: '1' };
    for (const table of ['lines', '"array"']) {
      const found = await clinic.targetQuery<Record<string, string | null>>(
        `SELECT * FROM ${table} ORDER BY id`,
      );
      expect(found[0]).toMatchObject(first);
      expect(JSON.parse(found[0]!['nested']!)).toEqual({ a: [expect.anything(), 'x'] });
      expect(found.slice(1)).toEqual([
        { id: '2', amount: null, small: '-0', nested: '12345678901234567', yes: '0' },
        { id: '3', amount: null, small: null, nested: null, yes: null },
      ]);
    }
  });

  it(
    'that are not what their names say are refused with their name, and nothing of them stays',
    { timeout: 60_000 },
    async () => {
      await write('broken.ndjson', '{"id": 1}\n{"id": \n');
      const json = { LEGACY_DB_TYPE: 'json' };
      const early = await clinic.run('schema', [], { LEGACY_EXPORTS_DIR: directory, ...json });
      expect([early.exitCode, early.stderr]).toEqual([4, expect.stringContaining('broken.ndjson')]);
      await write('broken.ndjson', `${'{"id": 1}\n'.repeat(1500)}{"id": secret\n`);
      await schema(json);
      const { exitCode, stderr } = await load(json);
      expect([exitCode, stderr]).toEqual([4, expect.stringContaining('EXPORT_MALFORMED')]);
      expect(stderr).not.toContain('secret');
      expect(await clinic.targetQuery('SELECT count(*) FROM broken')).toEqual([{ count: '0' }]);
      await write('twice.csv', 'id,name,id\n1,a,2\n');
      await clinic.renewTarget();
      await schema(json);
      const twice = await load(json, ['--tables', 'twice']);
      expect([twice.exitCode, twice.stderr]).toEqual([4, expect.stringMatching(/names a column\s+twice/)]);
      const joined = await load(json, ['--profile', 'openemr']);
      expect([joined.exitCode, joined.stderr]).toEqual([2, expect.any(String)]);
    },
  );
});
