/**
 * One soak: a live source is loaded and followed while everything fails that can, in an order that the seed repeats; then
 * it heals, catches up, and every value is compared.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { objectDefinitions } from '../bulk-case-checks.ts';
import { fillLive, LIVE_TABLES, startLive } from '../live-workload.ts';
import { randomNumbers, type Random } from '../random.ts';
import { until, type CommandOutcome } from '../run-command.ts';
import type { MysqlFlavor } from '../servers/index.ts';
import { oddTables, soakChange, soakUpkeep } from './odd-tables.ts';
import { soakProblems } from './soak-checks.ts';
import { nextFault, type FaultSubject } from './soak-faults.ts';
import { openSoakWorld, type SoakWorld } from './soak-world.ts';
import { SupervisedSync } from './supervised-sync.ts';

export interface SoakOptions {
  flavor: MysqlFlavor;
  seed: number;
  /** Faults while sync runs; with null, as many as there is time for. */
  faults: number | null;
  durationMs: number;
  /** Also those that are only noticed after a time. */
  withSlow: boolean;
  say(line: string): void;
}

export interface SoakReport {
  /** What did not hold; empty when all is well. */
  problems: string[];
  /** What was done when, one line each. */
  story: string[];
  faults: number;
  statements: number;
  transactions: number;
}

const BULK_FAULTS = 5;
const CONNECTIONS = 3;
const FAULTS_BETWEEN_CHECKS = 6;
/** How long after the last fault sync may take until it commits again. */
const RECOVERY_MS = 120_000;
const RETRIED =
  /ERROR (?:(?:TARGET_UNREACHABLE|SOURCE_UNREACHABLE|TARGET_LOST|SOURCE_LOST|LOCK_HELD):|SOURCE_TLS: .*? closed\sthe)/s;

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { flavor, seed, say } = options;
  const startedAt = performance.now();
  const report: SoakReport = { problems: [], story: [], faults: 0, statements: 0, transactions: 0 };
  const tell = (line: string): void => {
    const text = `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`;
    report.story.push(text);
    say(text);
  };
  const next = randomNumbers(seed);
  await using world = await openSoakWorld(flavor);
  for (const sql of [...LIVE_TABLES, ...oddTables(flavor)]) await world.sourceQuery(sql);
  await fillLive(world.source, seed);
  await finish(world, 'schema', []);
  const objects = await objectDefinitions(world);
  tell(`${flavor}, seed ${seed}: loading`);
  const workload = startLive(world.source, {
    seed,
    connections: CONNECTIONS,
    pauseMs: 10,
    change: soakChange,
    upkeep: soakUpkeep,
    reconnects: true,
  });
  try {
    await load(world, next, report, tell);
    if (report.problems.length === 0) await follow(world, next, options, report, tell);
  } finally {
    await workload.stop().catch((error: Error) => report.problems.push(`the workload: ${error.message}`));
  }
  report.statements = workload.statements;
  if (report.problems.length > 0) return report;
  tell('catching up');
  await finish(world, 'sync', []);
  report.problems.push(...(await soakProblems(world, objects)));
  const [ledger] = await world.targetQuery<{ transactions: string }>(
    'SELECT transactions FROM transfuse.checkpoints',
  );
  report.transactions = Number(ledger!.transactions);
  tell(`${report.faults} faults, ${report.transactions} transactions, ${report.problems.length} problems`);
  return report;
}

/** The load under faults, started again until it has ended well. */
async function load(
  world: SoakWorld,
  next: Random,
  report: SoakReport,
  tell: (line: string) => void,
): Promise<void> {
  let failpoints: string | null = null;
  for (let faults = 0; ;) {
    const running = world.start('bulk', [], {
      ...(failpoints !== null && { TRANSFUSE_FAILPOINTS: failpoints }),
    });
    failpoints = null;
    const subject: FaultSubject = {
      kill: (signal) => running.kill(signal),
      killAt: (name) => {
        failpoints = name;
        running.kill();
      },
    };
    while (faults < BULK_FAULTS) {
      await Promise.race([running.ended, sleep(200 + next(1500))]);
      if (!running.isRunning) break;
      const fault = nextFault('bulk', next, false);
      faults++;
      report.faults++;
      tell(fault.name);
      await fault.strike(world, subject);
    }
    const { exitCode, signal, stderr } = await running.ended;
    if (exitCode === 0) return;
    if (signal === null && exitCode !== 130 && !RETRIED.test(stderr)) {
      report.problems.push(`bulk ended with ${exitCode ?? signal}:\n${stderr}`);
      return;
    }
    await sleep(200);
  }
}

async function follow(
  world: SoakWorld,
  next: Random,
  { faults, durationMs, withSlow }: SoakOptions,
  report: SoakReport,
  tell: (line: string) => void,
): Promise<void> {
  tell('following');
  const sync = new SupervisedSync(world, report.problems);
  const endAt = performance.now() + durationMs;
  try {
    for (let count = 0; report.problems.length === 0; count++) {
      if (faults === null ? performance.now() > endAt : count === faults) break;
      await sleep(200 + next(1800));
      const fault = nextFault('sync', next, withSlow);
      report.faults++;
      tell(fault.name);
      await fault.strike(world, sync);
      if ((count + 1) % FAULTS_BETWEEN_CHECKS === 0) await recovers(world, report, tell);
    }
    if (report.problems.length === 0) await recovers(world, report, tell);
  } finally {
    await sync.stop();
    tell(`sync was started ${sync.starts} times`);
  }
}

/** Waits until a transaction that the source has committed after now is on the target. */
async function recovers(world: SoakWorld, report: SoakReport, tell: (line: string) => void): Promise<void> {
  const commits = async (): Promise<number> => {
    const rows = await world.targetQuery<{ commits: string }>('SELECT commits FROM transfuse.checkpoints');
    return Number(rows[0]?.commits ?? 0);
  };
  const startedAt = performance.now();
  const before = await commits();
  const isMoving = async (): Promise<boolean> => report.problems.length > 0 || (await commits()) > before + 1;
  await until('sync to commit again', isMoving, RECOVERY_MS).catch((error: Error) =>
    report.problems.push(error.message),
  );
  tell(`commits again, ${((performance.now() - startedAt) / 1000).toFixed(1)} s later`);
}

/** Runs a command without faults, to its end. */
async function finish(world: SoakWorld, command: string, args: readonly string[]): Promise<CommandOutcome> {
  return until(`bin/${command} to find the lock free`, async () => {
    const outcome = await world.start(command, args).ended;
    if (outcome.exitCode === 0) return outcome;
    if (outcome.exitCode === 6) return false;
    throw new Error(`bin/${command} ended with ${outcome.exitCode ?? outcome.signal}:\n${outcome.stderr}`);
  });
}
