/**
 * `npm run soak -- bulk`: the same load of one table and of one ten times as long. Fails unless time grows no faster than rows (by at
 * most a tenth more) and peak memory stays the same (within a fifth): invariant 7, at a size that tests cannot have.
 */
import { parseArgs } from 'node:util';
import type { RowDataPacket } from 'mysql2';
import type { Arena, Contestant } from './contestants/contestant.ts';
import { checkArrival, createTargetDatabase } from './contestants/target-databases.ts';
import { transfuse } from './contestants/transfuse.ts';
import { BENCH_TABLES, createSourceTable, type BenchTableName } from './dataset/index.ts';
import { runMeasured, type Usage } from './measure/run-measured.ts';
import { median } from './measure/statistics.ts';
import { whole } from './options.ts';
import { startBenchServers, type BenchServers } from './servers.ts';

const USAGE = `npm run soak -- bulk [--rows 1000000] [--factor 10] [--table wide|narrow] [--rounds 3]

Loads a table of so many rows, once for each round, and one of factor times as many, once.
`;
const MAX_TIME_EXCESS = 1.1;
const MAX_MEMORY_DIFFERENCE = 0.2;

const { rows, factor, tableName, rounds } = readOptions();
const say = (line: string) => void process.stderr.write(`${line}\n`);

await using servers = await startBenchServers();
const small: Arena = { servers, table: BENCH_TABLES[tableName], rows, sourceDatabase: 'soak_small' };
const large: Arena = { ...small, rows: rows * factor, sourceDatabase: 'soak_large' };
say(`${small.table.title}: generating ${small.rows} and ${large.rows} rows`);
await createSourceTable(servers.sourceAdmin, small.sourceDatabase, small.table, rows, servers.directory);
await repeatRows(servers, small, large, factor);

const smallRuns: Usage[] = [];
for (let round = 1; round <= rounds; round++) smallRuns.push(await load(small));
const largeRun = await load(large);
report(smallRuns, largeRun);

/** The rows of `from` so many times over, each time with other ids. */
async function repeatRows(
  { sourceAdmin }: BenchServers,
  from: Arena,
  to: Arena,
  times: number,
): Promise<void> {
  const original = `${from.sourceDatabase}.${from.table.name}`;
  const copy = `${to.sourceDatabase}.${to.table.name}`;
  await sourceAdmin.query(`CREATE DATABASE ${to.sourceDatabase}`);
  await sourceAdmin.query(`CREATE TABLE ${copy} LIKE ${original}`);
  const [columns] = await sourceAdmin.query<RowDataPacket[]>(`SHOW COLUMNS FROM ${original}`);
  const names = columns.map((column) => String(column['Field'])).filter((name) => name !== 'id');
  for (let time = 0; time < times; time++) {
    await sourceAdmin.query(
      `INSERT INTO ${copy} (id, ${names.join(', ')}) SELECT id + ${time * from.rows}, ${names.join(', ')} FROM ${original}`,
    );
  }
  await sourceAdmin.query(`ANALYZE TABLE ${copy}`);
}

async function load(arena: Arena): Promise<Usage> {
  const contestant = await contestantFor(arena);
  await contestant.prepare();
  await servers.queryTarget(contestant.database, 'CHECKPOINT');
  const usage = await runMeasured(contestant.script, contestant.env, servers.directory);
  await checkArrival(arena, contestant.database);
  say(`  ${arena.rows} rows: ${usage.wallSeconds.toFixed(2)} s, ${(usage.peakRssBytes / 1e6).toFixed(0)} MB`);
  return usage;
}

async function contestantFor(arena: Arena): Promise<Contestant> {
  const database = `target_${arena.sourceDatabase}`;
  const existing = await servers.queryTarget(
    'postgres',
    `SELECT 1 FROM pg_database WHERE datname = '${database}'`,
  );
  if (existing.length === 0) await createTargetDatabase(arena, database, 'mirror');
  return transfuse(arena, { profile: 'mirror', jobs: null, database });
}

function report(runs: Usage[], one: Usage): void {
  const timeRatio = one.wallSeconds / median(runs.map((run) => run.wallSeconds));
  const memoryRatio = one.peakRssBytes / median(runs.map((run) => run.peakRssBytes));
  const isTimeLinear = timeRatio <= factor * MAX_TIME_EXCESS;
  const isMemoryBounded = Math.abs(memoryRatio - 1) <= MAX_MEMORY_DIFFERENCE;
  const verdict = (isMet: boolean) => (isMet ? 'met' : 'NOT MET');
  process.stdout.write(
    `${factor} × the rows take ${timeRatio.toFixed(2)} × the time (at most ${(factor * MAX_TIME_EXCESS).toFixed(1)}: ${verdict(isTimeLinear)})\n` +
      `and ${memoryRatio.toFixed(2)} × the memory (0.80 to 1.20: ${verdict(isMemoryBounded)})\n`,
  );
  if (!isTimeLinear || !isMemoryBounded) process.exitCode = 1;
}

function readOptions(): { rows: number; factor: number; tableName: BenchTableName; rounds: number } {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: process.argv.slice(3),
      options: { rows: option, factor: option, table: option, rounds: option },
    });
    const table = values.table ?? 'wide';
    if (!(table in BENCH_TABLES)) throw new Error(`There is no table ${table}.`);
    return {
      rows: whole('rows', values.rows ?? '1000000'),
      factor: whole('factor', values.factor ?? '10'),
      tableName: table as BenchTableName,
      rounds: whole('rounds', values.rounds ?? '3'),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
