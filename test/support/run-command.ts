/** Runs the built executables of bin/ as the operator does: in processes of their own, with nothing but an environment. */
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionSettings, type DatabaseAddress } from './database-address.ts';
import { spawnBound } from './servers/processes.ts';

const PROJECT_ROOT = findProject(import.meta.dirname);
const MEMORY_POLL_MS = 25;

export interface CommandOutcome {
  /** null where a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Of the resident memory, as last seen before the end. */
  peakBytes: number;
  elapsedMs: number;
}

export interface RunningCommand {
  readonly pid: number;
  readonly ended: Promise<CommandOutcome>;
  readonly isRunning: boolean;
  stdout(): string;
  stderr(): string;
  kill(signal?: NodeJS.Signals): void;
}

/** The whole environment of a command; `changes` win, and an empty text takes a variable away. */
export function commandEnvironment(
  source: DatabaseAddress,
  target: DatabaseAddress,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ...(process.env['PATH'] && { PATH: process.env['PATH'] }),
    NO_COLOR: '1',
    ...connectionSettings(source, target),
    ...changes,
  };
}

/** Starts `bin/<name>`. The process does not outlive the test's own. */
export function startCommand(
  name: string,
  args: readonly string[],
  options: { env: Record<string, string>; cwd: string },
): RunningCommand {
  const startedAt = performance.now();
  const child = spawnBound(
    { command: path.join(PROJECT_ROOT, 'bin', name), args },
    { ...options, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const pid = child.pid!;
  const output = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  let peakBytes = 0;
  const meter = setInterval(() => (peakBytes = Math.max(peakBytes, peakMemoryBytes(pid))), MEMORY_POLL_MS);
  const ended = once(child, 'close').then(([exitCode, signal]): CommandOutcome => {
    clearInterval(meter);
    return { exitCode, signal, ...output, peakBytes, elapsedMs: performance.now() - startedAt };
  });
  return {
    pid,
    ended,
    get isRunning() {
      return isRunning();
    },
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    kill: (signal = 'SIGKILL') => void (isRunning() && process.kill(pid, signal)),
  };
}

/** The directory with package.json; how far up depends on whether this runs compiled. */
function findProject(directory: string): string {
  if (fs.existsSync(path.join(directory, 'package.json'))) return directory;
  return findProject(path.dirname(directory));
}

/** VmHWM: the most that was resident at any moment so far; 0 where the process is gone. */
function peakMemoryBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Polls until `condition` holds, and returns what it gave. Throws naming `what` at the deadline. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false> | T | false,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for: ${what}`);
    await sleep(20);
  }
}
