/**
 * `npm run soak -- verify`: as many random mutations among many rows, each of which must be named and nothing else; as many runs without one, which must be
 * silent; and hours, if so asked, beside a sync while both sides change, with mutations planted among rows that stand still.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { numbered } from '../bulk-case-ballast.ts';
import { fillLive, LIVE_TABLES, startLive } from '../live-workload.ts';
import { randomNumbers, type Random } from '../random.ts';
import { runSourceStatements } from '../bulk-case.ts';
import { foundIn, mutationsAmong, verifiedTables, type Mutation } from '../verify-mutations.ts';
import type { CommandOutcome } from '../run-command.ts';
import type { MysqlFlavor } from '../servers/index.ts';
import { openSoakWorld, type SoakWorld } from './soak-world.ts';

interface VerifySoakOptions {
  flavor: MysqlFlavor;
  seed: number;
  /** Of the largest table: 100,000 at most. */
  rows: number;
  say(line: string): void;
}

const CHANGES = { CHUNK_ROWS: '20000', RETRY_TIMEOUT_SECONDS: '60' };
const TABLES = ['visits', 'pair', 'keyless'] as const;

/** Returns what went wrong. */
export async function soakMutations({
  flavor,
  seed,
  rows,
  runs,
  say,
}: VerifySoakOptions & { runs: number }): Promise<string[]> {
  await using world = await openSoakWorld(flavor);
  await runSourceStatements(world.source, verifiedTables(rows));
  await succeed(world, 'schema');
  await succeed(world, 'bulk', ['--no-sync']);
  await world.targetQuery('CREATE SCHEMA kept');
  for (const table of TABLES) await world.targetQuery(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
  const next = randomNumbers(seed);
  const mutations = mutationsAmong(rows);
  const problems: string[] = [];
  for (let run = 1; run <= runs; run++) {
    const mutation = mutations[next(mutations.length)]!;
    problems.push(...(await mutateOnce(world, mutation, 1 + next(rows - 2))));
    const silent = await verify(world);
    if (silent.exitCode !== 0) problems.push(`run ${run}: a false alarm: ${foundIn(silent).join('; ')}`);
    if (run % 25 === 0) say(`${run} mutations, ${run} runs without one, ${problems.length} problems`);
  }
  return problems;
}

async function mutateOnce(world: SoakWorld, [name, sql, expected]: Mutation, id: number): Promise<string[]> {
  for (const statement of sql(id))
    await world.targetQuery(statement.replace(/visits|pair|keyless/g, 'public.$&'));
  const outcome = await verify(world);
  const found = foundIn(outcome).map((line) =>
    name === 'two keys swapped' ? line.split(' ').slice(0, 2).join(' ') : line,
  );
  for (const table of ['pair', 'keyless']) {
    await world.targetQuery(`TRUNCATE public.${table}`);
    await world.targetQuery(`INSERT INTO public.${table} SELECT * FROM kept.${table}`);
  }
  // What stayed as it was is left where it is: a hundred thousand rows are not written anew each time.
  await world.targetQuery(
    `DELETE FROM public.visits t WHERE (id IN (${id}, ${id + 1}) OR id NOT IN (SELECT id FROM kept.visits))
       AND NOT EXISTS (SELECT FROM kept.visits k WHERE k.id = t.id AND k::text = t::text)`,
  );
  await world.targetQuery(
    'INSERT INTO public.visits SELECT * FROM kept.visits WHERE id NOT IN (SELECT id FROM public.visits)',
  );
  const isFound =
    outcome.exitCode === 3 && JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted());
  return isFound ? [] : [`${name} of ${id}: expected ${expected.join('; ')}, found ${found.join('; ')}`];
}

/** Returns what went wrong. */
export async function soakLive({
  flavor,
  seed,
  rows,
  durationMs,
  say,
}: VerifySoakOptions & { durationMs: number }): Promise<string[]> {
  await using world = await openSoakWorld(flavor);
  const quiet = [
    'CREATE TABLE quiet (id INT PRIMARY KEY, note VARCHAR(40))',
    `INSERT INTO quiet ${numbered("n, CONCAT('note ', n)", rows)}`,
  ];
  await runSourceStatements(world.source, [...LIVE_TABLES, ...quiet]);
  await fillLive(world.source, seed);
  await succeed(world, 'schema');
  await succeed(world, 'bulk');
  const workload = startLive(world.source, { seed, connections: 4, pauseMs: 4 });
  const sync = world.start('sync', ['--continuous'], CHANGES);
  const next = randomNumbers(seed);
  const problems: string[] = [];
  const end = performance.now() + durationMs;
  let passes = 0;
  while (performance.now() < end && problems.length < 10) {
    await sleep(300);
    const planted = passes % 3 === 2 ? await plant(world, next, rows) : null;
    const args = passes > 0 && passes % 2 === 0 ? ['--live', '--since-last'] : ['--live'];
    // What is changed in the target alone is not in the binlog of the source.
    const outcome = await verify(world, planted ? ['--live'] : args);
    const found = foundIn(outcome).toSorted();
    const expected = planted?.found ?? [];
    if (JSON.stringify(found) !== JSON.stringify(expected))
      problems.push(`pass ${passes}: expected ${expected.join('; ')}, found ${found.join('; ')}`);
    for (const undo of planted?.undo ?? []) await world.targetQuery(undo);
    if (!sync.isRunning) problems.push(`sync has ended: ${sync.stderr().slice(-500)}`);
    if (++passes % 20 === 0)
      say(`${passes} passes, ${workload.statements} statements, ${problems.length} problems`);
  }
  await workload.stop();
  sync.kill('SIGTERM');
  await sync.ended;
  await succeed(world, 'sync');
  const last = await verify(world);
  if (last.exitCode !== 0) problems.push(`in the end: ${foundIn(last).join('; ')}`);
  say(
    `${passes} passes, ${workload.statements} statements in ${Math.round(durationMs / 1000)} s, ${problems.length} problems`,
  );
  return problems;
}

async function plant(
  world: SoakWorld,
  next: Random,
  rows: number,
): Promise<{ found: string[]; undo: string[] }> {
  const [differs, gone] = [1 + next(rows - 2), 1 + next(rows - 2)];
  if (differs === gone) return { found: [], undo: [] };
  await world.targetQuery(`UPDATE quiet SET note = note || ' ' WHERE id = ${differs}`);
  await world.targetQuery(`DELETE FROM quiet WHERE id = ${gone}`);
  await world.targetQuery("INSERT INTO quiet VALUES (-5, 'nobody')");
  return {
    found: ['quiet differs note', 'quiet extra', 'quiet missing'],
    undo: [
      `UPDATE quiet SET note = rtrim(note) WHERE id = ${differs}`,
      `INSERT INTO quiet VALUES (${gone}, 'note ${gone}')`,
      'DELETE FROM quiet WHERE id = -5',
    ],
  };
}

function verify(world: SoakWorld, args: readonly string[] = []): Promise<CommandOutcome> {
  return world.start('verify', ['--json', ...args], CHANGES).ended;
}

async function succeed(world: SoakWorld, command: string, args: readonly string[] = []): Promise<void> {
  const { exitCode, stderr } = await world.start(command, args, CHANGES).ended;
  if (exitCode !== 0) throw new Error(`bin/${command} ended with ${exitCode}: ${stderr}`);
}
