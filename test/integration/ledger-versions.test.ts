import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planFromLedger } from '../../src/mapping/plan-from-ledger.ts';
import type { RecordedDefinition } from '../../src/ledger/definitions.ts';
import { readDefinitions, replaceDefinition } from '../../src/ledger/definitions.ts';
import { latestRun } from '../../src/ledger/runs.ts';
import type { MappingOptions } from '../../src/mapping/mapping.ts';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import { openSource } from '../../src/mysql/connection.ts';
import { openTarget } from '../../src/postgres/connection.ts';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { ledgerFaults, objectDefinitions } from '../support/bulk-case-checks.ts';
import { numbered } from '../support/bulk-case-ballast.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { downgradeLedger } from '../support/ledger-version-1.ts';
import { targetSettings } from '../support/target-settings.ts';

const FILL = [
  'CREATE TABLE ward (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE)',
  "INSERT INTO ward VALUES (1, 'a'), (2, 'b')",
  `CREATE TABLE bed (id INT PRIMARY KEY, ward_id INT, note VARCHAR(20) DEFAULT '\\0' COMMENT 'é', FOREIGN KEY bed_ward (ward_id) REFERENCES ward (id))`,
  `INSERT INTO bed ${numbered("n, n % 2 + 1, 'x'", 1000)}`,
  'ANALYZE TABLE ward, bed',
];

let hospital: BulkCase;
let asBefore: string[];

beforeAll(async () => {
  hospital = await openBulkCase({ fill: FILL, changes: { CHUNK_ROWS: '200', JOBS: '1' } });
});
beforeEach(async () => {
  await hospital.renewTarget();
  await hospital.succeed('schema');
  asBefore = await objectDefinitions(hospital);
});
afterAll(() => hospital[Symbol.asyncDispose]());

async function withTarget<T>(
  work: (target: Awaited<ReturnType<typeof openTarget>>) => Promise<T>,
): Promise<T> {
  const { target } = hospital;
  const connection = await openTarget(targetSettings(target, target.database), { applicationName: 'test' });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const recorded = () =>
  withTarget(async (target) => {
    const run = (await latestRun(target))!;
    return { run, loads: await readDefinitions(target, run.id) };
  });

async function sourceTables() {
  const { host, port, user, password, database, caFile } = hospital.source;
  const tls = { mode: 'verify-full' as const, caFile, certFile: null, keyFile: null };
  const source = await openSource({ host, port, user, password, database, tls }, { purpose: 'test' });
  try {
    return (await readSourceCatalog(source, database)).tables;
  } finally {
    await source.close();
  }
}

describe('the ledger', () => {
  test('of version 1 is brought up to date by the next load, which goes on where the older program stopped [invariant 3]', async () => {
    const killed = await hospital.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.after-chunk-commit=kill@3' });
    expect(killed.signal).toBe('SIGKILL');
    await downgradeLedger(hospital);
    const status = await hospital.succeed('status');
    expect(status.stdout).toContain('next: Run bin/bulk');
    expect(await hospital.targetQuery('SELECT version FROM transfuse.ledger')).toEqual([{ version: 1 }]);

    await hospital.succeed('bulk');
    expect(await hospital.targetQuery('SELECT version FROM transfuse.ledger')).toEqual([{ version: 8 }]);
    expect(await ledgerFaults(hospital)).toEqual([]);
    expect(await differencesBetween(hospital.source, hospital.target)).toEqual([]);
    expect(await objectDefinitions(hospital)).toEqual(asBefore);
    const { loads } = await recorded();
    expect(loads.map(({ table }) => table)).toEqual(await sourceTables());
    const saved = await hospital.targetQuery<{ safe: boolean; definition: string }>(
      "SELECT sync_safe AS safe, definition FROM transfuse.saved_objects WHERE kind IN ('index', 'key')",
    );
    for (const { safe, definition } of saved) expect(safe, definition).toBe(!definition.includes('code'));
  });

  test('of a later version is left alone, by those who write and by those who look', async () => {
    await hospital.succeed('bulk');
    await hospital.targetQuery('UPDATE transfuse.ledger SET version = 99');
    for (const command of ['bulk', 'status']) {
      const refused = await hospital.run(command, ['--json']);
      expect(refused.exitCode, command).toBe(4);
      expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'LEDGER_TOO_NEW' });
    }
  });

  test('keeps the tables as they were when their rows were read, and the plan can be made from them [invariant 1]', async () => {
    await hospital.succeed('bulk');
    const { run, loads } = await recorded();
    expect(loads.map(({ table }) => table)).toEqual(await sourceTables());
    const options = run.options as unknown as MappingOptions;
    const from = (changed: readonly RecordedDefinition[], now = options) =>
      planFromLedger(
        mirrorProfile,
        { database: 'd', flavor: 'mariadb', options: { ...options }, loads: changed },
        now,
      );
    const plan = from(loads);
    expect(plan.mappings.map(({ mapping, fingerprint }) => [mapping.id, fingerprint])).toEqual(
      loads.map(({ mapping, fingerprint }) => [mapping, fingerprint]),
    );
    const strip = { ...options, policies: { ...options.policies, nul: 'strip' as const } };
    expect(() => from(loads, strip)).toThrow(/NUL_POLICY/);
    expect(() => from(loads.map((load) => ({ ...load, fingerprint: 'another' })))).toThrow(/bed, ward/);

    const ward = loads.find(({ mapping }) => mapping === 'ward')!;
    const table = { ...ward.table!, comment: 'later' };
    await withTarget((target) =>
      replaceDefinition(target, run.id, 'ward', { table, fingerprint: ward.fingerprint }),
    );
    expect((await recorded()).loads.find(({ mapping }) => mapping === 'ward')!.table).toEqual(table);
  });

  test('says at a load under other settings that sync will not follow both', async () => {
    await hospital.succeed('bulk', ['--tables', 'ward']);
    const { stderr } = await hospital.succeed('bulk', ['--tables', 'bed'], { NUL_POLICY: 'strip' });
    expect(stderr).toMatch(/other settings \(NUL_POLICY\)/);
  });

  test('refuses to go on with a load under other settings, and names them', async () => {
    await hospital.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.before-chunk-commit=kill' });
    const { exitCode, stderr } = await hospital.run('bulk', [], { NUL_POLICY: 'strip' });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('ERROR RUN_OPTIONS_DIFFER');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'begun under other settings than those given now: NUL_POLICY.',
    );
    await hospital.succeed('bulk');
  });
});
