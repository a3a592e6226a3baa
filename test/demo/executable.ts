import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { spawnBound } from '../support/servers/processes.ts';

/** The names of the project's executables that the demo runs. */
export type ExecutableName = 'test-connection' | 'schema' | 'bulk' | 'status';

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

/**
 * Runs an executable of bin/ as its users do, to its end. An abort is passed on as SIGINT, so that it stops at its last
 * commit. It cannot outlive this process.
 */
export async function runExecutable(name: ExecutableName, run: ExecutableRun): Promise<ExecutableResult> {
  const { args = [], env, cwd, output, signal } = run;
  signal?.throwIfAborted();
  const program = { command: process.execPath, args: [path.join(PROJECT, 'bin', name), ...args] };
  const child = spawnBound(program, { cwd, env, stdio: ['ignore', output, output] });
  const collected = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => (collected[stream] += text));
  }
  const interrupt = () => child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { exitCode: code ?? 128, ...collected };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function findProject(directory: string): string {
  return fs.existsSync(path.join(directory, 'package.json'))
    ? directory
    : findProject(path.dirname(directory));
}
