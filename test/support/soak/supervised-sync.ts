/** `bin/sync --continuous` as a service manager runs it: started again whenever it was killed. An end of its own is a problem, unless it says that a server is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningCommand } from '../run-command.ts';
import type { SoakWorld } from './soak-world.ts';

/** At its start it does not wait: a server that is away, or a lock that a dead session still holds. */
const MAY_END_WITH =
  /ERROR (?:(?:TARGET_UNREACHABLE|SOURCE_UNREACHABLE|TARGET_LOST|LOCK_HELD):|SOURCE_TLS: .*? closed\sthe)/s;
const RESTART_PAUSE_MS = 200;

export class SupervisedSync {
  readonly #world: SoakWorld;
  readonly #problems: string[];
  #running: RunningCommand | null = null;
  #isStopping = false;
  #failpoints: string | null = null;
  #done: Promise<void>;
  starts = 0;

  constructor(world: SoakWorld, problems: string[]) {
    this.#world = world;
    this.#problems = problems;
    this.#done = this.#keepRunning();
  }

  /** It is started again. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#running?.kill(signal);
  }

  /** Kills it, and lets the next one kill itself at a named place. */
  killAt(failpoint: string): void {
    this.#failpoints = failpoint;
    this.kill();
  }

  /** Resolves when it has ended at a commit. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.kill('SIGTERM');
    await this.#done;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#isStopping) {
      const failpoints = this.#failpoints;
      this.#failpoints = null;
      const running = this.#world.start('sync', ['--continuous'], {
        ...(failpoints !== null && { TRANSFUSE_FAILPOINTS: failpoints }),
      });
      this.#running = running;
      this.starts++;
      const { exitCode, signal, stderr } = await running.ended;
      // Stopped by us, cleanly or not; before its program was there, a SIGTERM kills.
      const isWanted = signal !== null || exitCode === 130;
      if (!isWanted && !MAY_END_WITH.test(stderr)) {
        this.#problems.push(`sync ended by itself with ${exitCode ?? signal}:\n${stderr}`);
        return;
      }
      if (!this.#isStopping) await sleep(RESTART_PAUSE_MS);
    }
  }
}
