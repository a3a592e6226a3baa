/** Random rows field by field, whose values are nowhere but on the terminal of whoever asks for them; and comparing in parts. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { preparePlan } from '../../src/cli/planning.ts';
import { differencesIn } from '../../src/verify/mapping-result.ts';
import { verifyDatabase } from '../../src/verify/verify.ts';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { numbered } from '../support/bulk-case-ballast.ts';

const ROWS = 3000;
const FILL = [
  'CREATE TABLE visits (id INT PRIMARY KEY, note TEXT, seen DATE)',
  `INSERT INTO visits ${numbered("n, CONCAT('secret ', n, REPEAT('x', n % 11)), '2026-01-02'", ROWS)}`,
  'CREATE TABLE pair (a VARCHAR(10) NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b))',
  `INSERT INTO pair ${numbered("CONCAT('k', n % 5), n", 400)}`,
  'CREATE TABLE keyless (a INT, b VARCHAR(20))',
  `INSERT INTO keyless ${numbered("n % 50, CONCAT('b', n % 3)", 300)}`,
  String.raw`INSERT INTO visits VALUES (90001, 'nul\0', NULL), (90002, 'nul\0', NULL)`,
];

interface Sampled {
  result: {
    samples: { size: number; seed: number };
    files: { page: string; json: string };
    databases: {
      mappings: {
        mapping: string;
        samples: {
          key: string;
          state: string;
          fields: { column: string; bytes: number | null; isSame: boolean }[];
        }[];
      }[];
    }[];
  };
}

describe('samples of a verification', () => {
  let hospital: BulkCase;

  beforeAll(async () => {
    hospital = await openBulkCase({ fill: FILL, changes: { CHUNK_ROWS: '700', MAX_REJECTS: '5' } });
    await hospital.succeed('schema');
    await hospital.succeed('bulk');
  });
  afterAll(() => hospital[Symbol.asyncDispose]());

  const verify = async (...args: string[]) => {
    const outcome = await hospital.run('verify', ['--json', ...args]);
    const { result } = JSON.parse(outcome.stdout) as Sampled;
    const ofMapping = (name: string) =>
      result.databases[0]!.mappings.find(({ mapping }) => mapping === name)!.samples;
    return { result, ofMapping, outcome };
  };

  it('are the same rows for the same seed, and others for another', async () => {
    const sizes = async (seed: string) =>
      (await verify('--samples', '20', '--seed', seed))
        .ofMapping('visits')
        .map(({ fields }) => fields.map(({ bytes }) => bytes));
    const once = await sizes('7');
    expect(once).toHaveLength(20);
    expect(await sizes('7')).toEqual(once);
    expect(await sizes('8')).not.toEqual(once);
  });

  it('show no value, and name the field that differs [invariant 9]', async () => {
    await hospital.targetQuery("UPDATE public.visits SET note = note || '.'");
    const { result, ofMapping, outcome } = await verify('--samples', '5');
    await hospital.targetQuery('UPDATE public.visits SET note = left(note, -1)');
    expect(ofMapping('visits').map(({ state }) => state)).toEqual(Array(5).fill('differs'));
    for (const { fields } of ofMapping('visits'))
      expect(fields.map(({ column, isSame }) => [column, isSame])).toEqual([
        ['id', true],
        ['note', false],
        ['seen', true],
      ]);
    expect(ofMapping('pair').map(({ state }) => state)).toEqual(Array(5).fill('same'));
    expect(ofMapping('keyless')).toEqual([]);
    const files = await Promise.all(
      Object.values(result.files).map((file) => fs.readFile(path.join(hospital.directory, file), 'utf8')),
    );
    for (const text of [outcome.stdout, outcome.stderr, ...files]) expect(text).not.toContain('secret');
    expect((await verify('--samples', '0')).ofMapping('visits')).toEqual([]);
  });

  it('leave what came of them in the status', async () => {
    await verify();
    const { stdout } = await hospital.run('status');
    expect(stdout).toMatch(/verified \S+Z: 3,700 rows compared, no difference\n/);
  });

  it('are revealed on a terminal alone, and that is on record', async () => {
    const refused = await hospital.run('verify', ['--reveal']);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('terminal')]);
    if (!existsSync('/usr/bin/script')) return;
    const command = `${path.resolve('bin/verify')} --reveal --samples 2 --seed 3 --tables visits --report reports`;
    const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
      cwd: hospital.directory,
      env: hospital.environment(),
    });
    expect(stdout).toMatch(/note {2,}.*note = "secret \d+x*" +"secret \d+x*" +"secret \d+x*"/);
    const shown = await hospital.targetQuery(
      "SELECT mapping, row_key->>'id' AS id, revealed_by FROM transfuse.reveals",
    );
    expect(shown).toHaveLength(2);
    for (const { id } of shown) expect(stdout).toContain(`"secret ${String(id)}`);
    const reports = await fs.readdir(path.join(hospital.directory, 'reports'));
    for (const file of reports)
      expect(await fs.readFile(path.join(hospital.directory, 'reports', file), 'utf8')).not.toContain(
        'secret',
      );
    const logs = await fs.readdir(path.join(hospital.directory, 'logs'));
    for (const file of logs)
      expect(await fs.readFile(path.join(hospital.directory, 'logs', file), 'utf8')).not.toContain('secret');
  });

  it('and everything else are the same where rows are compared in parts [invariant 7]', async () => {
    const signal = new AbortController().signal;
    const settings = loadSettings({ env: hospital.environment(), cwd: hospital.directory });
    const plan = await preparePlan({ settings, profileName: 'mirror', signal });
    await hospital.targetQuery(
      "UPDATE public.visits SET note = note || '.' WHERE id = 17; DELETE FROM public.visits WHERE id = 18",
    );
    await hospital.targetQuery("INSERT INTO public.visits VALUES (-1, 'x', NULL)");
    const [whole, inParts] = await Promise.all(
      [undefined, 60].map((maxWaitingRows) =>
        verifyDatabase({
          settings,
          target: settings.targets.patient,
          plan,
          isOfAll: true,
          live: false,
          deep: false,
          attest: true,
          since: null,
          hashesInTarget: false,
          columns: 'all',
          maxLoad: new Map(),
          maxDifferences: 10,
          samples: { size: 3, seed: 1, reveal: false },
          ...(maxWaitingRows !== undefined && { maxWaitingRows }),
          signal,
          observer: { onMapping() {}, onRows() {}, onMappingDone() {}, onRetry() {}, onNote() {} },
        }),
      ),
    );
    const comparable = (one: typeof whole) =>
      one!.mappings.map(({ attested, differences, ...rest }) => ({
        ...rest,
        elapsedMs: null,
        rows: attested!.chunks.map(({ rows }) => rows),
        differences: differences.map(({ kind, key }) => JSON.stringify([kind, key])).toSorted(),
      }));
    expect(comparable(inParts)).toEqual(comparable(whole));
    expect(
      whole!.mappings.map((mapping) => [mapping.mapping, differencesIn(mapping), mapping.rowsRejected]),
    ).toEqual([
      ['keyless', 0, 0],
      ['pair', 0, 0],
      ['visits', 3, 2],
    ]);
  });
});
