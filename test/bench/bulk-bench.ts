/** The comparison of bulk loads: one table after the other, all contestants of a table in turn, round after round. */
import type { Arena, Contestant } from './contestants/contestant.ts';
import { lineUp } from './contestants/line-up.ts';
import { checkArrival, contentDigest } from './contestants/target-databases.ts';
import { BENCH_TABLES, createSourceTable, type BenchTableName } from './dataset/index.ts';
import { measureRun, type Run } from './measure/measure-run.ts';
import type { BulkBenchOptions } from './options.ts';
import { startBenchServers } from './servers.ts';
import { isInstalled, missingToolsNote } from './tools.ts';

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
  const run = await measureRun(servers, { id, script, env });
  await checkArrival(arena, database);
  return run;
}
