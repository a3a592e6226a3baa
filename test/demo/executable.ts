import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { spawnBound } from '../support/servers/processes.ts';

/** The names of the project's executables that the demo runs. */
export type ExecutableName =
  'test-connection' | 'schema' | 'diagnose' | 'bulk' | 'sync' | 'verify' | 'archive' | 'status';

export interface ExecutableRun {
  args?: readonly string[];
  /** All of it: nothing of this process's own environment comes along. */
  env: Readonly<Record<string, string>>;
  /** A directory without a .env file. */
  cwd: string;
  /** `inherit` shows the output where ours goes; `pipe` collects it. */
  output: 'inherit' | 'pipe';
  signal?: AbortSignal;
}

export interface ExecutableResult {
  /** 128 where a signal ended it. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The directory with package.json; how far up depends on whether this runs compiled. */
const PROJECT = findProject(import.meta.dirname);

export interface RunningExecutable {
  readonly isRunning: boolean;
  readonly ended: Promise<ExecutableResult>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs an executable of bin/ as its users do, to its end. */
export function runExecutable(name: ExecutableName, run: ExecutableRun): Promise<ExecutableResult> {
  return startExecutable(name, run).ended;
}

/**
 * Starts an executable of bin/. An abort is passed on as SIGINT, so that it stops at its last commit. It cannot outlive this
 * process.
 */
export function startExecutable(name: ExecutableName, run: ExecutableRun): RunningExecutable {
  const { args = [], env, cwd, output, signal } = run;
  signal?.throwIfAborted();
  const program = { command: process.execPath, args: [path.join(PROJECT, 'bin', name), ...args] };
  const child = spawnBound(program, { cwd, env, stdio: ['ignore', output, output] });
  const collected = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => (collected[stream] += text));
  }
  const interrupt = () => void child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt);
  const ended = once(child, 'close').then(([code]: (number | null)[]): ExecutableResult => {
    signal?.removeEventListener('abort', interrupt);
    return { exitCode: code ?? 128, ...collected };
  });
  return {
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    ended,
    kill: (name) => void child.kill(name),
  };
}

function findProject(directory: string): string {
  return fs.existsSync(path.join(directory, 'package.json'))
    ? directory
    : findProject(path.dirname(directory));
}
