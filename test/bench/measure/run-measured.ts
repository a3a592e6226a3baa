/** Runs a shell script and tells what it cost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { logTail } from '../../support/servers/processes.ts';
import { descendantsOf, peakRssBytes } from './proc.ts';

export interface Usage {
  /** From the start of the first program to the end of the last. */
  wallSeconds: number;
  /** User and system time of every program of the script, from the kernel's accounting of ended children. */
  cpuSeconds: number;
  /** The largest sum of the peak sizes of the programs that ran at the same time, looked at every 100 ms. */
  peakRssBytes: number;
}

const SAMPLE_MS = 100;
const SAMPLES_PER_SEARCH = 4;

/** `time` is the shell's own: it writes to the file while the script's messages go to the log. */
const WRAPPER = `set -o pipefail; TIMEFORMAT='%3R %3U %3S'; { time { eval "$SCRIPT" 2>&4; }; } 4>&2 2>"$TIMING_FILE"`;

/** Throws with the end of its output when the script fails. `env` is all of the environment that it gets. */
export async function runMeasured(
  script: string,
  env: Readonly<Record<string, string>>,
  directory: string,
): Promise<Usage> {
  const logFile = path.join(directory, 'output.log');
  const timingFile = path.join(directory, 'timing');
  const log = fs.openSync(logFile, 'w');
  const child = spawn('bash', ['-c', WRAPPER], {
    cwd: directory,
    env: { ...env, LC_ALL: 'C.UTF-8', SCRIPT: script, TIMING_FILE: timingFile },
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  const memory = watchMemory(child.pid!);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const peak = memory.stop();
  if (code !== 0) throw new Error(`It ended with ${code ?? signal}:\n${logTail(logFile)}`);
  const [wallSeconds = NaN, user = NaN, system = NaN] = fs
    .readFileSync(timingFile, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return { wallSeconds, cpuSeconds: user + system, peakRssBytes: peak };
}

/** The shell itself is not counted. */
function watchMemory(shell: number): { stop(): number } {
  let peak = 0;
  let samples = 0;
  let programs: number[] = [];
  const timer = setInterval(() => {
    // walking /proc costs more than looking at a few processes: it is done now and then
    if (samples++ % SAMPLES_PER_SEARCH === 0) programs = descendantsOf(shell);
    const now = programs.reduce((sum, pid) => sum + peakRssBytes(pid), 0);
    if (now > peak) peak = now;
  }, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
