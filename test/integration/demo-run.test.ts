import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { CITIES, DRUGS, FIRST_NAMES } from '../demo/clinic/vocabulary.ts';
import { FIRST_NAMES as OPENEMR_NAMES } from '../support/openemr/vocabulary.ts';
import { SUPERUSER_PASSWORD } from '../support/servers/types.ts';

const MAIN = path.resolve('dist/test/demo/main.js');

/** Where the programs of the servers are reached; every run uses it again. */
const SHARED = /^transfuse-servers-/;

const LAST_LINE = /\n([\d,]+) changes applied, 0 differences, lag [\d.]+ m?s median, [\d.]+ m?s at most\n$/;

interface DemoRun {
  exitCode: number | null;
  output: string;
  /** Of the demo's servers and of its own. */
  leftBehind: string[];
}

/** Runs the demo in a temporary directory of its own, so that what it leaves there can be told. */
async function runDemo(
  args: string[],
  {
    patients = '60',
    whileRunning,
  }: { patients?: string; whileRunning?: (output: () => string, demo: ChildProcess) => Promise<void> } = {},
): Promise<DemoRun> {
  const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'transfuse-test-'));
  fs.chmodSync(tmp, 0o755); // PostgreSQL runs as another user when the test runs as root
  const env = { ...process.env, TMPDIR: tmp, DEMO_PATIENTS: patients, INIT_CWD: tmp };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const closed = once(child, 'close') as Promise<[number | null]>;
  // A demo that ends early must not be waited for: the exit code tells.
  if (whileRunning) await Promise.race([whileRunning(() => output, child), closed]);
  const [exitCode] = await closed;
  const leftBehind = [...fs.readdirSync(tmp), ...processesNaming(tmp)].filter((name) => !SHARED.test(name));
  fs.rmSync(tmp, { recursive: true });
  return { exitCode, output, leftBehind };
}

/** Of servers whose data are below the directory. */
function processesNaming(directory: string): string[] {
  return fs.readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
    } catch {
      return false;
    }
  });
}

/** On the target of the demo that has printed this. */
async function changeTarget(output: string, sql: string): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(/PostgreSQL on port (\d+)/.exec(output)?.[1]),
    user: 'postgres',
    password: SUPERUSER_PASSWORD,
    database: 'patient_service',
    ssl: { rejectUnauthorized: false }, // its authority is one that the demo has made for itself
  });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

describe('npm run demo', () => {
  it(
    'takes an OpenEMR to four services while it is worked with, and accounts for every row; [invariant 9] prints no value of any',
    { timeout: 180_000 },
    async () => {
      const { exitCode, output, leftBehind } = await runDemo([], { patients: '40' });
      expect(output).toContain('EVERYTHING ADDS UP');
      expect(output).toMatch(LAST_LINE);
      expect(exitCode).toBe(0);
      expect(leftBehind).toEqual([]);
      const values = [...OPENEMR_NAMES.filter((name) => /[^a-z]/i.test(name)), '@mail.example', '555-01'];
      expect(values.filter((value) => output.includes(value))).toEqual([]);
    },
  );

  it('moves the clinic, mends what was planted, finds everything in place and leaves nothing behind; [invariant 9] prints no value of any row', async () => {
    const { exitCode, output, leftBehind } = await runDemo(['--mirror']);
    expect(output).toContain('EVERYTHING ADDS UP');
    expect(exitCode).toBe(0);
    expect(leftBehind).toEqual([]);
    expect(output).toContain('Rejected as planted: 1 of audit_log');
    expect(output).toContain('Rejected by the load, mended at the source, loaded by sync: 1 of insurance');
    for (const command of ['test-connection', 'schema', 'bulk', 'sync --continuous']) {
      expect(output).toContain(`$ bin/${command}\n`);
    }
    expect(output).toContain('not restored: foreign-key referrals_referral_doctor_fkey');
    const [, changes] = LAST_LINE.exec(output) ?? [];
    expect(Number(changes?.replace(',', ''))).toBeGreaterThan(100);
    const names = FIRST_NAMES.filter((name) => /[^a-z]/i.test(name));
    const values = [...names, ...CITIES, ...DRUGS, '@example.org', '+00 555'];
    expect(values.filter((value) => output.includes(value))).toEqual([]);
  });

  it.each(['$ bin/bulk', 'restoring constraints'])('stops everything at Ctrl-C: at "%s"', async (moment) => {
    const { exitCode, leftBehind } = await runDemo(['--mirror'], {
      whileRunning: async (output, demo) => {
        await until(() => output().includes(moment));
        demo.kill('SIGINT');
      },
    });
    expect(exitCode).toBe(130);
    expect(leftBehind).toEqual([]);
  });

  it('fails where a value of the target is another one in the end', async () => {
    const { exitCode, output, leftBehind } = await runDemo(['--mirror'], {
      whileRunning: async (output, demo) => {
        await until(() => output().includes('$ bin/sync'));
        demo.kill('SIGSTOP'); // it must not come to the comparison before the value is another one
        await changeTarget(output(), 'UPDATE departments SET floor = floor + 1 WHERE id = 1');
        demo.kill('SIGCONT');
      },
    });
    expect(output).toContain('✗ departments: Rows of the same key differ in `floor`.');
    expect(output).toMatch(/\n[\d,]+ changes applied, 2 differences, lag /);
    expect(exitCode).toBe(1);
    expect(leftBehind.filter((name) => !/^transfuse-demo-/.test(name))).toEqual([]); // its logs are kept
  });

  it('follows a database that nobody knows while rows of it change, and says why where it cannot', async () => {
    const file = path.join(os.tmpdir(), `transfuse-test-${process.pid}-any.sql`);
    const rows = Array.from({ length: 30 }, (_, id) => `(${id}, 'word ${id}')`);
    fs.writeFileSync(
      file,
      `CREATE TABLE t (id int PRIMARY KEY, note varchar(40));\nINSERT INTO t VALUES ${rows.join()};\n`,
    );
    const followed = await runDemo(['--sql', file]);
    expect(followed.output).toMatch(LAST_LINE);
    expect(followed).toMatchObject({ exitCode: 0, leftBehind: [] });
    fs.appendFileSync(file, 'CREATE TABLE keyless (a int);\n');
    const loaded = await runDemo(['--sql', file]);
    fs.rmSync(file);
    expect(loaded.output).toMatch(
      /\n0 changes applied, 0 differences, not followed \(without a key: keyless\)\n$/,
    );
    expect(loaded).toMatchObject({ exitCode: 0, leftBehind: [] });
  });

  it('keeps the servers up with --keep, says how to reach them, and ends them when it is stopped', async () => {
    let settings = '';
    const { exitCode, output, leftBehind } = await runDemo(['--mirror', '--keep'], {
      patients: '1',
      whileRunning: async (output, demo) => {
        await until(() => output().includes('Ctrl-C here'));
        const file = /are in (\S+\.env)/.exec(output())?.[1] ?? '';
        settings = fs.readFileSync(file, 'utf8');
        expect(fs.statSync(file).mode & 0o777).toBe(0o600);
        demo.kill('SIGINT');
      },
    });
    expect(settings).toMatch(/^LEGACY_DB_PORT="\d+"$/m);
    expect(output).toContain(settings);
    expect(output).toContain('bin/sync --continuous --env-file');
    expect(exitCode).toBe(0);
    expect(leftBehind).toEqual([]);
  });

  it('says which statement of an SQL file was refused, without quoting it, and stops', async () => {
    const file = path.join(os.tmpdir(), `transfuse-test-${process.pid}.sql`);
    fs.writeFileSync(file, "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1, 'canary');\n");
    const { exitCode, output, leftBehind } = await runDemo(['--sql', file]);
    fs.rmSync(file);
    expect(output).toContain(`Statement 2 of ${file} was refused: ER_WRONG_VALUE_COUNT_ON_ROW, error 1136.`);
    expect(output).not.toContain('canary');
    expect(exitCode).toBe(1);
    expect(leftBehind).toEqual([]);
  });

  it('refuses what it does not understand before it starts anything', async () => {
    for (const [args, patients] of [
      [['--nonsense'], '60'],
      [['stray.sql'], '60'],
      [[], 'many'],
    ] as const) {
      const { exitCode, output } = await runDemo([...args], { patients });
      expect(exitCode).toBe(2);
      expect(output).toContain('npm run demo [-- options]');
    }
  });
});
