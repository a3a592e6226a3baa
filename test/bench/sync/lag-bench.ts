/**
 * How long after its commit at the source a row is committed on the target, under a steady load. The source stamps each row
 * when its statement begins, which is before its commit; the target knows when each row's transaction was committed
 * (track_commit_timestamp). Both read the same clock.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MysqlServer } from '../../support/servers/index.ts';
import { spawnBound } from '../../support/servers/processes.ts';
import { projectRoot, transfuseEnv } from '../contestants/transfuse-env.ts';
import { openSession } from './backlog.ts';
import { baseRows } from './changes.ts';
import type { SyncArena } from './contestants.ts';
import { ENCOUNTERS } from './encounters.ts';
import { cpuSecondsOfTree, peakRssBytes } from '../measure/proc.ts';

export interface LagResult {
  source: string;
  seconds: number;
  transactions: number;
  /** What the source really did. */
  transactionsPerSecond: number;
  medianMs: number;
  p99Ms: number;
  maxMs: number;
  cpuSeconds: number;
  peakRssBytes: number;
}

export const LAG_TRANSACTIONS_PER_SECOND = 1_000;
const CONNECTIONS = 4;
const POLL_MS = 50;
const TABLE = ENCOUNTERS.name;

export async function measureLag(
  arena: SyncArena,
  seconds: number,
  say: (line: string) => void,
): Promise<LagResult> {
  const { servers, template, sourceDatabase } = arena;
  const { source } = servers;
  say(`${source.flavor}: lag under ${LAG_TRANSACTIONS_PER_SECOND} transactions/s for ${seconds} s`);
  const sync = spawnBound(
    { command: path.join(projectRoot, 'bin/sync'), args: ['--continuous'] },
    { env: transfuseEnv(arena, template), cwd: servers.directory, stdio: 'ignore' },
  );
  const ended = new Promise<number | null>((resolve) => sync.once('exit', resolve));
  const arrived = async (id: number): Promise<void> => {
    while ((await servers.queryTarget(template, `SELECT 1 FROM ${TABLE} WHERE id = ${id}`)).length === 0) {
      if (sync.exitCode !== null) throw new Error('bin/sync has ended.');
      await sleep(POLL_MS);
    }
  };
  const first = baseRows(arena.rows) + 1;
  const transactions = seconds * LAG_TRANSACTIONS_PER_SECOND;
  await write(source, sourceDatabase, [first]);
  await arrived(first);
  const cpuBefore = cpuSecondsOfTree(sync.pid!);
  const startedAtMs = performance.now();
  await writeSteadily(source, sourceDatabase, first + 1, transactions);
  const elapsedMs = performance.now() - startedAtMs;
  const last = first + transactions + 1;
  await write(source, sourceDatabase, [last]);
  await arrived(last);
  const cpuSeconds = cpuSecondsOfTree(sync.pid!) - cpuBefore;
  const peak = peakRssBytes(sync.pid!);
  sync.kill('SIGTERM');
  await ended;
  const [lag] = await servers.queryTarget<{ rows: string; quantiles: number[] }>(
    template,
    `SELECT count(*) AS rows, percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (
       ORDER BY extract(epoch FROM pg_xact_commit_timestamp(xmin) - updated_at)::float8 * 1000) AS quantiles
     FROM ${TABLE} WHERE id > ${first} AND id < ${last}`,
  );
  if (Number(lag!.rows) !== transactions) throw new Error(`${lag!.rows} of ${transactions} rows arrived.`);
  const [medianMs, p99Ms, maxMs] = lag!.quantiles as [number, number, number];
  return {
    source: source.flavor,
    seconds,
    transactions,
    transactionsPerSecond: (transactions / elapsedMs) * 1000,
    medianMs,
    p99Ms,
    maxMs,
    cpuSeconds,
    peakRssBytes: peak,
  };
}

/** Each transaction has its own moment: what comes late is made up for, so that the rate is kept. */
async function writeSteadily(
  source: MysqlServer,
  database: string,
  firstId: number,
  count: number,
): Promise<void> {
  const intervalMs = 1000 / LAG_TRANSACTIONS_PER_SECOND;
  const startMs = performance.now();
  const worker = async (offset: number): Promise<void> => {
    const session = await openSession(source, database);
    try {
      for (let index = offset; index < count; index += CONNECTIONS) {
        const aheadMs = startMs + index * intervalMs - performance.now();
        if (aheadMs > 0) await sleep(aheadMs);
        await session.query(insertSql(firstId + index));
      }
    } finally {
      await session.end();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, offset) => worker(offset)));
}

async function write(source: MysqlServer, database: string, ids: readonly number[]): Promise<void> {
  const session = await openSession(source, database);
  try {
    for (const id of ids) await session.query(insertSql(id));
  } finally {
    await session.end();
  }
}

/** A row like another, with the time as the server sees it. */
function insertSql(id: number): string {
  const others = `patient_id, provider_id, facility_id, started_at, ended_at, kind, state, reason, diagnosis, amount, copay, is_billed, notes`;
  return `INSERT INTO ${TABLE} SELECT ${id}, ${others}, NOW(6) FROM ${TABLE} WHERE id = ${1 + (id % 10_000)}`;
}
