/** One server process: start and wait until ready, kill, shut down, start again. */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, isProcessAlive, logTail, spawnBound, type Program } from './processes.ts';

const POLL_MS = 20;
const START_TIMEOUT_MS = 90_000;
const SHUTDOWN_TIMEOUT_MS = 20_000;

export interface DaemonPlan {
  readonly title: string;
  readonly program: Program;
  readonly logFile: string;
  /** Asks the server for an orderly shutdown. */
  readonly shutdownSignal: NodeJS.Signals;
  /** Whether the process with this id answers clients. Another server on the same port must not count. */
  isReady(pid: number): Promise<boolean>;
}

export class Daemon {
  readonly #plan: DaemonPlan;
  #child: ChildProcess | undefined;

  constructor(plan: DaemonPlan) {
    this.#plan = plan;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the server answers clients; throws with the end of its log when it dies before that. */
  async start(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.#plan.title} is already running (pid ${this.pid})`);
    const log = fs.openSync(this.#plan.logFile, 'a');
    const child = spawnBound(this.#plan.program, { stdio: ['ignore', log, log] });
    fs.closeSync(log);
    let spawnError: Error | undefined;
    child.on('error', (error) => (spawnError = error));
    child.unref(); // a program that forgets to stop its servers may still end; the kernel then ends them
    this.#child = child;
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (spawnError) throw spawnError;
      if (!this.isRunning)
        throw new Error(`${this.#plan.title} did not start:\n${logTail(this.#plan.logFile)}`);
      if (child.pid !== undefined && (await this.#plan.isReady(child.pid))) return;
      if (Date.now() > deadline) {
        await this.signal('SIGKILL');
        const seconds = START_TIMEOUT_MS / 1000;
        throw new Error(`${this.#plan.title} was not ready in ${seconds} s:\n${logTail(this.#plan.logFile)}`);
      }
      await sleep(POLL_MS);
    }
  }

  /**
   * Sends a signal and, unless it only suspends or resumes, waits until the process is gone. SIGKILL takes the
   * server's own children with it, as a power failure would.
   */
  async signal(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const pid = this.pid;
    const children = signal === 'SIGKILL' ? childrenOf(pid) : [];
    process.kill(pid, signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    for (const child of children) killIfAlive(child);
    while (this.isRunning || children.some(isProcessAlive)) await sleep(POLL_MS);
  }

  /** Orderly, and by force after 20 seconds. */
  async shutDown(): Promise<void> {
    if (!this.isRunning) return;
    await this.signal('SIGCONT');
    const forced = setTimeout(() => void this.signal('SIGKILL'), SHUTDOWN_TIMEOUT_MS);
    await this.signal(this.#plan.shutdownSignal);
    clearTimeout(forced);
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
