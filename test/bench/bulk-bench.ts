/** The comparison of bulk loads: one table after the other, all contestants of a table in turn, round after round. */
import os from 'node:os';
import type { Arena, Contestant } from './contestants/contestant.ts';
import { lineUp } from './contestants/line-up.ts';
import { checkArrival, contentDigest } from './contestants/target-databases.ts';
import { BENCH_TABLES, createSourceTable, type BenchTableName } from './dataset/index.ts';
import { cpuSecondsOfTree, machineCpuSeconds } from './measure/proc.ts';
import { runMeasured, type Usage } from './measure/run-measured.ts';
import type { BulkBenchOptions } from './options.ts';
import { startBenchServers, type BenchServers } from './servers.ts';
import { isInstalled, missingToolsNote } from './tools.ts';

export interface Run extends Usage {
  /** Of the servers while it ran. */
  sourceCpuSeconds: number;
  targetCpuSeconds: number;
  /** The part of the machine that went to programs which have nothing to do with it, from 0 to 1. */
  othersShare: number;
}

export interface ContestantResult {
  id: string;
  title: string;
  /** In the order of the rounds. */
  runs: Run[];
}

export interface TableResult {
  table: BenchTableName;
  title: string;
  rows: number;
  /** Ids of the contestants whose rows were compared with each other, value by value; all were equal. */
  compared: string[];
  notes: string[];
  contestants: ContestantResult[];
}

/** Tells how far it is through `say`. Throws when a contestant fails, or leaves other rows than the others. */
export async function runBulkBench(
  options: BulkBenchOptions,
  say: (line: string) => void,
): Promise<TableResult[]> {
  await using servers = await startBenchServers();
  const results: TableResult[] = [];
  for (const name of options.tables) {
    const table = BENCH_TABLES[name];
    const sourceDatabase = `bench_${name}`;
    say(`${table.title}: generating ${options.rows} rows`);
    await createSourceTable(servers.sourceAdmin, sourceDatabase, table, options.rows, servers.directory);
    const arena: Arena = { servers, table, rows: options.rows, sourceDatabase };
    results.push(await compare(name, arena, options, say));
  }
  return results;
}

async function compare(
  name: BenchTableName,
  arena: Arena,
  { rounds, only, jobs }: BulkBenchOptions,
  say: (line: string) => void,
): Promise<TableResult> {
  const { contestants: all, notes } = await lineUp(name, arena, { only, jobs }, say);
  const missing = missingToolsNote(all.flatMap((contestant) => contestant.tools));
  if (missing) say(missing);
  const contestants = all.filter(({ tools }) => tools.every((tool) => isInstalled(tool)));
  const results = contestants.map(({ id, title }): ContestantResult => ({ id, title, runs: [] }));
  const digests = new Map<string, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const run = await runOnce(arena, contestant);
      results[index]!.runs.push(run);
      say(`  round ${round} of ${rounds}  ${run.wallSeconds.toFixed(2).padStart(6)} s  ${contestant.id}`);
      if (round === 1 && contestant.arrives === 'mirror') {
        digests.set(contestant.id, await contentDigest(arena, contestant.database));
      }
    }
  }
  if (new Set(digests.values()).size > 1)
    throw new Error(`Not the same rows: ${JSON.stringify([...digests])}`);
  const { title } = arena.table;
  return {
    table: name,
    title,
    rows: arena.rows,
    compared: [...digests.keys()],
    notes: missing ? [...notes, missing] : notes,
    contestants: results,
  };
}

async function runOnce(arena: Arena, { id, prepare, script, env, database }: Contestant): Promise<Run> {
  const { servers } = arena;
  await prepare();
  await servers.queryTarget(database, 'CHECKPOINT');
  await servers.targetIdle();
  const before = cpuNow(servers);
  let usage: Usage;
  try {
    usage = await runMeasured(script, env, servers.directory);
  } catch (error) {
    throw new Error(`${id} failed. ${(error as Error).message}`, { cause: error });
  }
  await servers.targetIdle();
  const after = cpuNow(servers);
  await checkArrival(arena, database);
  const sourceCpuSeconds = after.source - before.source;
  const targetCpuSeconds = after.target - before.target;
  const others =
    after.machine -
    before.machine -
    (after.bench - before.bench) -
    usage.cpuSeconds -
    sourceCpuSeconds -
    targetCpuSeconds;
  const capacity = ((after.atMs - before.atMs) / 1000) * os.availableParallelism();
  return { ...usage, sourceCpuSeconds, targetCpuSeconds, othersShare: Math.max(0, others / capacity) };
}

function cpuNow({ source, target }: BenchServers) {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    source: cpuSecondsOfTree(source.pid),
    target: cpuSecondsOfTree(target.pid),
    bench: (user + system) / 1e6,
    machine: machineCpuSeconds(),
  };
}
