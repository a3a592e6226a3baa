/** What the mappings of the profile openemr cost: the same tables of a synthetic OpenEMR as four services, and as they are. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { SERVICES, type ServiceName } from '../../src/core/services.ts';
import { openemrProfile } from '../../src/profiles/openemr/openemr-profile.ts';
import { fieldKey } from '../../src/mapping/field-crypto.ts';
import { openSource } from '../../src/mysql/connection.ts';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import { fillOpenemr } from '../support/openemr/fill-openemr.ts';
import type { ContestantResult } from './bulk-bench.ts';
import { projectRoot, transfuseEnv } from './contestants/transfuse-env.ts';
import { measureRun } from './measure/measure-run.ts';
import type { OpenemrBenchOptions } from './options.ts';
import { startBenchServers, type BenchServers } from './servers.ts';

export interface OpenemrResult {
  patients: number;
  tables: number;
  rows: number;
  bytes: number;
  contestants: ContestantResult[];
}

const SOURCE = 'bench_openemr';
const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];
const FIELD_KEY = '5e'.repeat(32);
const SETTINGS = {
  FIELD_KEY,
  SOURCE_TIME_ZONE: 'America/New_York',
  CUTOVER_DATE: '2026-01-15',
  NUL_POLICY: 'strip',
  MAX_REJECTS: '1000000',
};

/** Tells how far it is through `say`. Throws when a load fails. */
export async function runOpenemrBench(
  { patients, rounds }: OpenemrBenchOptions,
  say: (line: string) => void,
): Promise<OpenemrResult> {
  await using servers = await startBenchServers();
  say(`generating ${patients} patients`);
  const { sourceAdmin } = servers;
  await sourceAdmin.query(`CREATE DATABASE ${SOURCE} CHARACTER SET utf8mb4`);
  await sourceAdmin.query(`USE ${SOURCE}`);
  await fillOpenemr(sourceAdmin, { version: '8', patients });
  const tables = await tablesRead(servers);
  await sourceAdmin.query(`ANALYZE TABLE ${tables.map((name) => `\`${name}\``).join(', ')}`);
  const contestants = [mirror(servers, tables), services(servers)];
  const results = contestants.map(({ id, title }): ContestantResult => ({ id, title, runs: [] }));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { id, env, script, profile }] of contestants.entries()) {
      await renew(servers, env, ['--profile', profile]);
      const run = await measureRun(servers, { id, env, script });
      results[index]!.runs.push(run);
      say(`  round ${round} of ${rounds}  ${run.wallSeconds.toFixed(2).padStart(6)} s  ${id}`);
    }
  }
  return { patients, tables: tables.length, ...(await sizeOf(servers, tables)), contestants: results };
}

/** The source tables of the mappings, each once. */
async function tablesRead(servers: BenchServers): Promise<string[]> {
  const { host, port, user, password } = servers.source;
  const tls = { mode: 'disable', caFile: null, certFile: null, keyFile: null } as const;
  const source = await openSource(
    { host, port, user, password, database: SOURCE, tls },
    { purpose: 'bench', signal: new AbortController().signal },
  );
  try {
    const catalog = await readSourceCatalog(source, SOURCE);
    const profile = openemrProfile({ fieldKey: fieldKey(Buffer.from(FIELD_KEY, 'hex')) });
    const mappings = profile.mappings(catalog, {
      policies: { zeroDate: 'null', nul: 'strip', tinyint1: 'smallint' },
      identifierCase: 'lower',
      targetSchema: 'public',
      extensions: { postgis: false, pgvector: false },
      timeZone: SETTINGS.SOURCE_TIME_ZONE,
      cutoverDate: SETTINGS.CUTOVER_DATE,
      orphans: 'reject',
    });
    return [...new Set(mappings.map((mapping) => mapping.source.table))].sort();
  } finally {
    await source.close();
  }
}

async function sizeOf(
  { sourceAdmin }: BenchServers,
  tables: readonly string[],
): Promise<{ rows: number; bytes: number }> {
  let rows = 0;
  for (const table of tables) {
    const [[counted]] = (await sourceAdmin.query(`SELECT COUNT(*) AS n FROM \`${table}\``)) as unknown as [
      [{ n: number }],
    ];
    rows += Number(counted.n);
  }
  const [[size]] = (await sourceAdmin.query(
    'SELECT SUM(DATA_LENGTH) AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)',
    [SOURCE, tables],
  )) as unknown as [[{ bytes: string }]];
  return { rows, bytes: Number(size.bytes) };
}

const BULK = path.join(projectRoot, 'bin/bulk');

function mirror(servers: BenchServers, tables: readonly string[]) {
  return {
    id: 'mirror',
    title: 'the tables as they are (mirror)',
    profile: 'mirror',
    env: { ...environment(servers, 'mirror'), TARGET_SCHEMA: 'mirror' },
    script: `${BULK} --tables ${tables.join(',')}`,
  };
}

function services(servers: BenchServers) {
  return {
    id: 'openemr',
    title: 'four services (openemr)',
    profile: 'openemr',
    env: environment(servers, 'openemr'),
    script: `${BULK} --profile openemr`,
  };
}

function environment(servers: BenchServers, prefix: string): Record<string, string> {
  const names = SERVICE_NAMES.map((name) => [
    `${SERVICES[name].envPrefix}_DB_NAME`,
    `${prefix}_${name.replace('-', '_')}`,
  ]);
  const env = transfuseEnv({ servers, sourceDatabase: SOURCE }, `${prefix}_patient`);
  return { ...env, ...SETTINGS, ...(Object.fromEntries(names) as Record<string, string>) };
}

/** Empty databases with their tables, as bin/schema makes them. */
async function renew(
  servers: BenchServers,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<void> {
  for (const name of SERVICE_NAMES)
    await servers.queryTarget(
      'postgres',
      `DROP DATABASE IF EXISTS "${env[`${SERVICES[name].envPrefix}_DB_NAME`]!}"`,
    );
  const made = spawnSync(process.execPath, [path.join(projectRoot, 'bin/schema'), ...args], {
    env: { ...env },
    cwd: servers.directory,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`bin/schema failed. ${made.stderr}`);
  await servers.queryTarget('postgres', 'CHECKPOINT');
}
