/** Running programs so that they cannot outlive us, and looking at the process table. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { ServerUnavailableError } from './server-unavailable-error.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Run as this user; only root may ask for it. */
  readonly uid?: number;
}

const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
const SETPRIV_PLACES = ['/usr/bin/setpriv', '/bin/setpriv'];

/**
 * Starts a program that the kernel kills when this process ends, even by kill -9. It leads its own process group, so
 * Ctrl-C in a terminal does not reach it before our own clean-up does.
 */
export function spawnBound(program: Program, options: SpawnOptions): ChildProcess {
  const setpriv = SETPRIV_PLACES.find((place) => fs.existsSync(place));
  if (!setpriv) throw new ServerUnavailableError('setpriv is missing: apt-get install util-linux');
  const identity =
    program.uid === undefined
      ? []
      : [`--reuid=${program.uid}`, `--regid=${program.uid}`, '--clear-groups', '--no-new-privs'];
  return spawn(setpriv, [...identity, '--pdeathsig', 'SIGKILL', '--', program.command, ...program.args], {
    env: ENVIRONMENT,
    detached: true,
    ...options,
  });
}

/** Runs a program to its end, its output appended to a log file. Throws with the log's end when it fails. */
export async function runToEnd(program: Program, logFile: string, input = ''): Promise<void> {
  const log = fs.openSync(logFile, 'a');
  try {
    const child = spawnBound(program, { stdio: ['pipe', log, log] });
    child.stdin?.on('error', () => {}); // the program may end without reading all of it; its exit code tells
    child.stdin?.end(input);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (code !== 0) {
      throw new Error(`${program.command} ended with ${code ?? signal}:\n${logTail(logFile)}`);
    }
  } finally {
    fs.closeSync(log);
  }
}

/** The end of a log file, for error messages. */
export function logTail(logFile: string, maxCharacters = 2000): string {
  return fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8').slice(-maxCharacters) : '(no log)';
}

/** False for zombies too. */
export function isProcessAlive(pid: number): boolean {
  const status = processStatus(pid);
  return status !== undefined && status.state !== 'Z' && status.state !== 'X';
}

export function childrenOf(parentPid: number): number[] {
  return fs
    .readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && processStatus(pid)?.parentPid === parentPid);
}

function processStatus(pid: number): { state: string; parentPid: number } | undefined {
  try {
    // "pid (name) state ppid …"; the name may hold spaces and parentheses
    const line = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parentPid = ''] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { state, parentPid: Number(parentPid) };
  } catch {
    return undefined;
  }
}
