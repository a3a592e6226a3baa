/** What comparing every value costs, beside the load of the same rows, and beside reading both sides to the end with their own tools. */
import path from 'node:path';
import type { ContestantResult } from '../bulk-bench.ts';
import { nativeEnv, type Arena } from '../contestants/contestant.ts';
import { checkArrival, createTargetDatabase } from '../contestants/target-databases.ts';
import { projectRoot, transfuseEnv } from '../contestants/transfuse-env.ts';
import { transfuse } from '../contestants/transfuse.ts';
import { BENCH_TABLES, createSourceTable, type BenchTableName } from '../dataset/index.ts';
import { measureRun, type Run } from '../measure/measure-run.ts';
import type { VerifyBenchOptions } from '../options.ts';
import { startBenchServers } from '../servers.ts';
import { isInstalled, missingToolsNote, type Tool } from '../tools.ts';

export interface VerifyTableResult {
  table: BenchTableName;
  title: string;
  rows: number;
  notes: string[];
  contestants: ContestantResult[];
}

const FLOOR_TOOLS: readonly Tool[] = ['mariadb-dump', 'psql'];

/** Throws when a load fails, or a verification finds a difference. */
export async function runVerifyBench(
  { tables, rows, rounds }: VerifyBenchOptions,
  say: (line: string) => void,
): Promise<VerifyTableResult[]> {
  await using servers = await startBenchServers();
  const results: VerifyTableResult[] = [];
  for (const name of tables) {
    const table = BENCH_TABLES[name];
    const sourceDatabase = `bench_${name}`;
    say(`${table.title}: generating ${rows} rows`);
    await createSourceTable(servers.sourceAdmin, sourceDatabase, table, rows, servers.directory);
    const arena: Arena = { servers, table, rows, sourceDatabase };
    await createTargetDatabase(arena, databaseOf(arena), 'mirror');
    const missing = missingToolsNote([...FLOOR_TOOLS]);
    const contestants = runnersOf(arena).filter(({ tools }) => tools.every((tool) => isInstalled(tool)));
    const measured = contestants.map(({ id, title }): ContestantResult => ({ id, title, runs: [] }));
    for (let round = 1; round <= rounds; round++) {
      for (const [index, { id, run }] of contestants.entries()) {
        const usage = await run();
        measured[index]!.runs.push(usage);
        say(`  round ${round} of ${rounds}  ${usage.wallSeconds.toFixed(2).padStart(6)} s  ${id}`);
      }
    }
    results.push({
      table: name,
      title: table.title,
      rows,
      notes: missing ? [missing] : [],
      contestants: measured,
    });
  }
  return results;
}

interface Runner {
  id: string;
  title: string;
  tools: readonly Tool[];
  run(): Promise<Run>;
}

function databaseOf({ table }: Arena): string {
  return `bench_verify_${table.name}`;
}

/** In this order: the load makes what the others read. */
function runnersOf(arena: Arena): Runner[] {
  const { servers, table, sourceDatabase } = arena;
  const database = databaseOf(arena);
  const load = transfuse(arena, { profile: 'mirror', jobs: null, database });
  const { host, port, user } = servers.source;
  const dump = `mariadb-dump --no-defaults --skip-ssl --quick --single-transaction -h ${host} -P ${port} -u ${user} ${sourceDatabase} ${table.name} | md5sum`;
  const verify = (id: string, title: string, args: string): Runner => ({
    id,
    title,
    tools: [],
    run: () =>
      measureRun(servers, {
        id,
        script: `${path.join(projectRoot, 'bin/verify')}${args}`,
        env: transfuseEnv(arena, database),
      }),
  });
  return [
    {
      id: 'bulk',
      title: '`bin/bulk`: loading the rows',
      tools: [],
      run: async () => {
        await load.prepare();
        await servers.queryTarget(database, 'CHECKPOINT');
        const usage = await measureRun(servers, load);
        await checkArrival(arena, database);
        return usage;
      },
    },
    verify('verify', '`bin/verify`: comparing every value of them', ''),
    verify('attest', '`bin/verify --attest`: and digests of all chunks in the order of the key', ' --attest'),
    {
      id: 'dumps',
      title: '`mariadb-dump` and `psql` with COPY, each into `md5sum`, at the same time',
      tools: FLOOR_TOOLS,
      run: () =>
        measureRun(servers, {
          id: 'dumps',
          script: `set -o pipefail; (${dump}) & psql -q -v ON_ERROR_STOP=1 -d ${database} -c 'COPY ${table.name} TO STDOUT' | md5sum; wait`,
          env: nativeEnv(arena),
        }),
    },
  ];
}
