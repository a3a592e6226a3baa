/** Reports that prove themselves, and what of the target is still as they say. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';

const ROWS = 20_000;
const FILL = [
  'CREATE TABLE visits (id INT PRIMARY KEY, note TEXT, doc JSON)',
  `INSERT INTO visits ${numbered('n, CONCAT(\'secret \', n), \'{"b": 1.50, "a": null}\'', ROWS)}`,
  'CREATE TABLE pair (a VARCHAR(10) NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b))',
  `INSERT INTO pair ${numbered("CONCAT(IF(n % 2, 'K', 'k'), n % 5), n", 400)}`,
  'CREATE TABLE keyless (a INT, b VARCHAR(20))',
  `INSERT INTO keyless ${numbered("n % 50, CONCAT('b', n % 3)", 300)}`,
  'CREATE TABLE blank (id INT PRIMARY KEY)',
];

interface Checked {
  error?: { code: string };
  code?: string;
  result: {
    origin: string;
    databases: {
      checked: {
        mapping: string;
        chunks: number;
        unchangedChunks: number;
        rows: number;
        unchangedRows: number;
        rowsNow: number;
      }[];
      notChecked: { mapping: string; reason: string }[];
    }[];
  };
}

describe('an attested report', () => {
  let hospital: BulkCase;
  let report: string;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');

  const keyFile = async (name: string, key: KeyObject) => {
    const file = path.join(hospital.directory, name);
    await fs.writeFile(file, key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }));
    return file;
  };
  /** The source is not there any more. */
  const check = async (
    changes: Record<string, string> = { SIGNING_PUBLIC_KEY: 'public.pem' },
    file = report,
  ) => {
    const outcome = await hospital.run('verify', ['--check', file, '--json'], {
      LEGACY_DB_PORT: '1',
      ...changes,
    });
    const answer = JSON.parse(outcome.stdout) as Checked;
    return { exitCode: outcome.exitCode, code: answer.code ?? null, ...answer.result };
  };
  const changedChunks = async () => {
    const { databases, exitCode } = await check();
    const changed = databases[0]!.checked.filter(
      ({ rows, unchangedRows, rowsNow }) => unchangedRows < rows || rows !== rowsNow,
    );
    return {
      exitCode,
      changed: changed.map(({ mapping, chunks, unchangedChunks }) => [mapping, chunks - unchangedChunks]),
    };
  };

  beforeAll(async () => {
    hospital = await openBulkCase({ fill: FILL, changes: { CHUNK_ROWS: '7000' } });
    await hospital.succeed('schema');
    await hospital.succeed('bulk');
    await keyFile('private.pem', privateKey);
    await keyFile('public.pem', publicKey);
    const { stdout } = await hospital.succeed('verify', ['--json'], { SIGNING_KEY: 'private.pem' });
    report = (JSON.parse(stdout) as { result: { files: { json: string } } }).result.files.json;
  });
  afterAll(() => hospital[Symbol.asyncDispose]());

  it('is proved by the public key, with the target alone, and shows no value [invariant 9]', async () => {
    const { exitCode, origin, databases } = await check();
    expect([exitCode, origin]).toEqual([0, 'proven']);
    expect(
      databases[0]!.checked.map(({ mapping, unchangedRows, rowsNow }) => [mapping, unchangedRows, rowsNow]),
    ).toEqual([
      ['blank', 0, 0],
      ['keyless', 300, 300],
      ['pair', 400, 400],
      ['visits', ROWS, ROWS],
    ]);
    for (const { chunks, unchangedChunks } of databases[0]!.checked) expect(unchangedChunks).toBe(chunks);
    expect(databases[0]!.checked.at(-1)!.chunks).toBeGreaterThan(100);
    const page = report.replace(/json$/, 'html');
    for (const file of [report, page]) {
      const text = await fs.readFile(path.join(hospital.directory, file), 'utf8');
      expect(text).not.toContain('secret');
      expect(text).toMatch(/signature/);
    }
  });

  it('is not taken for genuine with one digit changed, or of another key', async () => {
    const text = await fs.readFile(path.join(hospital.directory, report), 'utf8');
    await fs.writeFile(
      path.join(hospital.directory, 'altered.json'),
      text.replace('"rowsRead": 400', '"rowsRead": 401'),
    );
    const altered = await check(undefined, 'altered.json');
    expect([altered.exitCode, altered.code]).toEqual([3, 'REPORT_NOT_GENUINE']);
    await fs.writeFile(
      path.join(hospital.directory, 'altered.json'),
      text.replace('"differences": 0', '"differences": 7, "differences": 0'),
    );
    const twice = await check(undefined, 'altered.json');
    expect([twice.exitCode, twice.code]).toEqual([3, 'REPORT_NOT_GENUINE']);
    await fs.writeFile(path.join(hospital.directory, 'compact.json'), JSON.stringify(JSON.parse(text)));
    expect((await check(undefined, 'compact.json')).exitCode).toBe(0);
    expect((await hospital.run('verify', ['--check', report, 'patients'])).exitCode).toBe(2);
    expect((await hospital.run('verify', ['--check', report, '--repair'])).exitCode).toBe(2);
    await keyFile('other.pem', generateKeyPairSync('ed25519').publicKey);
    const other = await check({ SIGNING_PUBLIC_KEY: 'other.pem' });
    expect([other.exitCode, other.code]).toEqual([3, 'REPORT_NOT_GENUINE']);
    const nobody = await check({});
    expect([nobody.exitCode, nobody.code]).toEqual([4, 'REPORT_ORIGIN_UNKNOWN']);
    const own = await check({ SIGNING_KEY: 'private.pem' });
    expect([own.exitCode, own.origin]).toEqual([0, 'proven']);
  });

  it('says which part of the target is as it was, to the chunk', { timeout: 120_000 }, async () => {
    const changes: [sql: string, undo: string, mapping: string, atMost: number][] = [
      [
        "UPDATE public.visits SET note = note || ' ' WHERE id = 777",
        'UPDATE public.visits SET note = rtrim(note) WHERE id = 777',
        'visits',
        1,
      ],
      [
        "INSERT INTO public.visits VALUES (-5, 'x', NULL)",
        'DELETE FROM public.visits WHERE id = -5',
        'visits',
        1,
      ],
      [
        'DELETE FROM public.visits WHERE id = 5000',
        `INSERT INTO public.visits VALUES (5000, 'secret 5000', '{"a": null, "b": 1.50}')`,
        'visits',
        2,
      ],
      [
        'UPDATE public.pair SET a = lower(a) WHERE b = 7',
        'UPDATE public.pair SET a = upper(a) WHERE b = 7',
        'pair',
        3,
      ],
      ['INSERT INTO public.blank VALUES (1)', 'DELETE FROM public.blank', 'blank', 0],
      [
        'INSERT INTO public.keyless SELECT * FROM public.keyless WHERE a = 3 LIMIT 1',
        'DELETE FROM public.keyless WHERE ctid = (SELECT max(ctid) FROM public.keyless)',
        'keyless',
        2,
      ],
    ];
    for (const [sql, undo, mapping, atMost] of changes) {
      await hospital.targetQuery(sql);
      const { exitCode, changed } = await changedChunks();
      expect([sql, exitCode, changed.map(([name]) => name)]).toEqual([sql, 3, [mapping]]);
      expect(changed[0]![1], sql).toBeLessThanOrEqual(atMost);
      await hospital.targetQuery(undo);
      expect([undo, await changedChunks()]).toEqual([undo, { exitCode: 0, changed: [] }]);
    }
  });

  it('says what it cannot do', async () => {
    const plain = await hospital.succeed('verify', ['--json']);
    const { json } = (JSON.parse(plain.stdout) as { result: { files: { json: string } } }).result.files;
    const without = await check(undefined, json);
    expect([without.exitCode, without.origin]).toEqual([4, 'unsigned']);
    expect(without.databases[0]!.notChecked[0]!.reason).toContain('--attest');
    const attested = await hospital.succeed('verify', ['--attest', '--json']);
    const unsigned = await check(
      undefined,
      (JSON.parse(attested.stdout) as { result: { files: { json: string } } }).result.files.json,
    );
    expect([unsigned.exitCode, unsigned.code]).toEqual([4, 'REPORT_ORIGIN_UNKNOWN']);
    await fs.writeFile(path.join(hospital.directory, 'no.json'), '{"databases": 1}');
    for (const file of ['no.json', 'nowhere.json', 'private.pem'])
      expect((await check(undefined, file)).exitCode, file).toBe(2);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await keyFile('rsa.pem', rsa.privateKey);
    const unusable = await hospital.run('verify', [], { SIGNING_KEY: 'rsa.pem' });
    expect([unusable.exitCode, unusable.stderr]).toEqual([
      2,
      expect.stringContaining('SIGNING_KEY_UNUSABLE'),
    ]);
    await hospital.targetQuery('DELETE FROM transfuse.verifications');
    const forgotten = await check();
    expect([forgotten.exitCode, forgotten.databases[0]!.notChecked.length]).toEqual([4, 4]);
  });
});
