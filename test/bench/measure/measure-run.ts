/** One run of a contestant between two servers that are otherwise idle. */
import os from 'node:os';
import type { BenchServers } from '../servers.ts';
import { cpuSecondsOfTree, machineCpuSeconds } from './proc.ts';
import { runMeasured, type Usage } from './run-measured.ts';

export interface Run extends Usage {
  /** Of the servers while it ran. */
  sourceCpuSeconds: number;
  targetCpuSeconds: number;
  /** The part of the machine that went to programs which have nothing to do with it, from 0 to 1. */
  othersShare: number;
}

interface Runnable {
  id: string;
  script: string;
  env: Readonly<Record<string, string>>;
}

/** Throws, naming the contestant, when its script fails. */
export async function measureRun(servers: BenchServers, { id, script, env }: Runnable): Promise<Run> {
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
