/** A backlog of row changes, from the binlog to commits on the target, against what each half costs other programs. */
import path from 'node:path';
import type { BinlogPosition } from '../../../src/core/position.ts';
import type { ContestantResult } from '../bulk-bench.ts';
import { contentDigest, createTargetDatabase } from '../contestants/target-databases.ts';
import { projectRoot, transfuseEnv } from '../contestants/transfuse-env.ts';
import { createSourceTable } from '../dataset/index.ts';
import { measureRun, type Run } from '../measure/measure-run.ts';
import { runMeasured } from '../measure/run-measured.ts';
import type { SyncBenchOptions } from '../options.ts';
import { startBenchServers, type BenchServers } from '../servers.ts';
import { writeFloorScript } from './apply-floor.ts';
import { writeBacklog } from './backlog.ts';
import { baseRows } from './changes.ts';
import { syncContestants, type SyncArena, type SyncContestant } from './contestants.ts';
import { ENCOUNTERS } from './encounters.ts';
import { measureLag, type LagResult } from './lag-bench.ts';

export interface BacklogResult {
  source: string;
  rowsEach: number;
  changes: number;
  transactions: number;
  notes: string[];
  contestants: ContestantResult[];
}

export interface SyncBenchResult {
  backlogs: BacklogResult[];
  lags: LagResult[];
}

/** Throws when a contestant fails, or when what it leaves is not what the others leave. */
export async function runSyncBench(
  options: SyncBenchOptions,
  say: (line: string) => void,
): Promise<SyncBenchResult> {
  const result: SyncBenchResult = { backlogs: [], lags: [] };
  for (const flavor of options.sources) {
    await using servers = await startBenchServers(flavor);
    for (const rowsEach of options.rowsEach) {
      result.backlogs.push(await runBacklog(servers, rowsEach, options, say));
    }
    if (options.lagSeconds > 0) {
      const arena = await loadBase(servers, 'lag', options.changes);
      result.lags.push(await measureLag(arena, options.lagSeconds, say));
    }
  }
  return result;
}

async function runBacklog(
  servers: BenchServers,
  rowsEach: number,
  { changes, rounds, only }: SyncBenchOptions,
  say: (line: string) => void,
): Promise<BacklogResult> {
  const { source } = servers;
  say(`${source.flavor}, transactions of ${rowsEach} rows: writing ${changes} row changes`);
  const arena = await loadBase(servers, `${rowsEach}`, changes);
  const transactions = await writeBacklog(source, arena.sourceDatabase, changes, rowsEach);
  const columns = await servers.queryTarget<{ name: string }>(
    arena.template,
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${ENCOUNTERS.name}'::regclass AND attnum > 0 ORDER BY attnum`,
  );
  await writeFloorScript(arena.floorScript, {
    changes,
    rowsEach,
    columns: columns.map(({ name }) => name),
  });
  const database = `${arena.template}_run`;
  const { contestants: all, notes } = await syncContestants(arena, database);
  const contestants = all.filter(({ id }) => only === null || only.includes(id));
  const results = contestants.map(({ id, title }): ContestantResult => ({ id, title, runs: [] }));
  const digests = new Set<string>();
  for (let round = 1; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const run = await runOnce(arena, database, contestant);
      results[index]!.runs.push(run);
      say(`  round ${round} of ${rounds}  ${run.wallSeconds.toFixed(2).padStart(6)} s  ${contestant.id}`);
      if (contestant.applies && round === 1) digests.add(await contentDigest(arena, database));
    }
  }
  if (digests.size > 1) throw new Error('sync and the applying floor leave different rows.');
  return { source: source.flavor, rowsEach, changes, transactions, notes, contestants: results };
}

/** The rows that the changes begin with, on both ends; the target's database is kept as a template. */
async function loadBase(servers: BenchServers, name: string, changes: number): Promise<SyncArena> {
  const sourceDatabase = `sync_${name}`;
  const rows = baseRows(changes);
  await createSourceTable(servers.sourceAdmin, sourceDatabase, ENCOUNTERS, rows, servers.directory);
  const base = { servers, table: ENCOUNTERS, rows: changes, sourceDatabase };
  const template = sourceDatabase;
  await createTargetDatabase(base, template, 'mirror');
  const bulk = path.join(projectRoot, 'bin/bulk');
  await runMeasured(bulk, transfuseEnv(base, template), servers.directory);
  await servers.queryTarget(template, `ANALYZE ${ENCOUNTERS.name}`);
  const [run] = await servers.queryTarget<{ position: BinlogPosition }>(
    template,
    'SELECT start_position AS position FROM transfuse.runs',
  );
  const floorScript = path.join(servers.directory, `floor_${name}.sql`);
  return { ...base, template, from: run!.position, floorScript };
}

async function runOnce(arena: SyncArena, database: string, contestant: SyncContestant): Promise<Run> {
  const { servers, template } = arena;
  const query = (sql: string) => servers.queryTarget('postgres', sql);
  await query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await servers.targetIdle();
  await query(`CREATE DATABASE ${database} TEMPLATE ${template}`);
  await query('CHECKPOINT');
  const run = await measureRun(servers, contestant);
  if (contestant.id === 'sync') await checkApplied(arena, database);
  return run;
}

async function checkApplied({ servers, rows }: SyncArena, database: string): Promise<void> {
  const [applied] = await servers.queryTarget<{ changes: string }>(
    database,
    'SELECT upserts + deletes AS changes FROM transfuse.checkpoints',
  );
  if (Number(applied?.changes) !== rows)
    throw new Error(`${applied?.changes} of ${rows} changes were applied.`);
}
