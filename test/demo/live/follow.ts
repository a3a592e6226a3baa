/** Runs `bin/sync --continuous` beside the workload, and waits for what is to become true, by positions. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatCount, formatDuration } from '../../../src/telemetry/format.ts';
import { DemoFailure, type Commands } from '../commands.ts';
import type { RunningExecutable } from '../executable.ts';
import type { Narrator } from '../narrator.ts';
import type { Workload, WorkloadCounts } from '../workload/workload.ts';
import { isBehind, type EndsOfLog, type LogPlace } from './ends-of-log.ts';
import type { LagProbe } from './lag-probe.ts';

/** What the demo reads of the document of `bin/status --json`. */
export interface Status {
  away: { failure: string | null }[];
  checkpoint: { position: LogPlace; transactions: number; upserts: number; deletes: number } | null;
}

export interface FollowOptions {
  commands: Commands;
  narrator: Narrator;
  ends: EndsOfLog;
  workload: Workload | null;
  signal: AbortSignal;
  /** Of every command; the mirror needs none. */
  args?: readonly string[];
}

const LOOK_AGAIN_MS = 50;
/** What is waited for; or something that is another one whenever it has come nearer. */
type Sight<Found> = { found: Found } | { sign: unknown };

/** Without coming nearer: something hangs. */
const MAX_STALL_MS = 5 * 60_000;

/** One process of `bin/sync --continuous`, from its start to its end; none is left running when it is disposed of. */
export class Following implements AsyncDisposable {
  readonly #options: FollowOptions;
  readonly #sync: RunningExecutable;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#sync = options.commands.start('sync', [...(options.args ?? []), '--continuous']);
  }

  /** The end of the load is passed, and everything that was away is back, or was tried. */
  async untilHandedOver(): Promise<void> {
    await this.#until('what the load took away to be put back', async () => {
      const databases = await this.#databases();
      const waiting = databases.flatMap(({ away }) => away.filter(({ failure }) => failure === null)).length;
      const isHandedOver = waiting === 0 && databases.every(({ checkpoint }) => checkpoint !== null);
      return isHandedOver ? { found: true } : { sign: waiting };
    });
  }

  /** What the source had committed at this moment is on the target. */
  async untilCaughtUp(): Promise<void> {
    const { ends } = this.#options;
    const goal = await ends.ofSource();
    await this.#until(`sync to pass ${goal.file}:${goal.offset}`, async () => {
      const place = await ends.ofTarget();
      return isBehind(place, goal) ? { sign: place?.offset } : { found: true };
    });
  }

  /** So many samples have been taken. */
  async untilMeasured(probe: LagProbe, samples: number): Promise<void> {
    await this.#until('the lag to be measured', async () => {
      const taken = probe.lag?.samples ?? 0;
      return Promise.resolve(taken < samples ? { sign: taken } : { found: true });
    });
  }

  /** Nothing is changed at the source any more: the command's own word for it that all of it has arrived. */
  async untilAtRest(): Promise<Status> {
    const { ends, narrator } = this.#options;
    const goal = await ends.ofSource();
    const since = performance.now();
    const status = await this.#until(`sync to pass ${goal.file}:${goal.offset}`, async () => {
      const now = await this.status();
      const place = now.checkpoint?.position ?? null;
      return isBehind(place, goal) ? { sign: place?.offset } : { found: now };
    });
    narrator.say(
      `   The source ends at ${goal.file}:${goal.offset}; bin/status --json says that the target is there, ` +
        `${formatDuration(performance.now() - since)} later.`,
    );
    return status;
  }

  async status(): Promise<Status> {
    return (await this.#databases())[0]!;
  }

  /** Row changes that are on the targets, of all syncs. */
  async changes(): Promise<number> {
    return (await this.#databases()).reduce(
      (sum, { checkpoint }) => sum + (checkpoint?.upserts ?? 0) + (checkpoint?.deletes ?? 0),
      0,
    );
  }

  async #databases(): Promise<Status[]> {
    const { commands, args = [] } = this.#options;
    return ((await commands.ask('status', args)) as { databases: Status[] }).databases;
  }

  /** Stops it as an operator or a service manager does. Throws DemoFailure where it ends otherwise than expected. */
  async stop(expected: readonly number[]): Promise<number> {
    const { commands, narrator, signal } = this.#options;
    narrator.say(
      `   kill -TERM: sync has to stop at a commit, with code ${expected.join(' or ')}, and can be started again.`,
    );
    this.#sync.kill('SIGTERM');
    const { exitCode } = await this.#sync.ended;
    signal.throwIfAborted();
    commands.expect('sync', exitCode, expected);
    return exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // After an abort it has had its SIGINT, and a second signal would end it at once.
    if (this.#sync.isRunning && !this.#options.signal.aborted) this.#sync.kill('SIGTERM');
    await this.#sync.ended;
  }

  async #until<Found>(what: string, look: () => Promise<Sight<Found>>): Promise<Found> {
    const { commands, signal, workload } = this.#options;
    let movedAt = performance.now();
    let seen: unknown;
    for (;;) {
      signal.throwIfAborted();
      workload?.throwIfFailed();
      if (!this.#sync.isRunning) {
        const { exitCode } = await this.#sync.ended;
        // None is right for a command that goes on until it is stopped.
        commands.expect('sync', exitCode, []);
      }
      const sight = await look();
      if ('found' in sight) return sight.found;
      if (sight.sign !== seen) [seen, movedAt] = [sight.sign, performance.now()];
      if (performance.now() - movedAt > MAX_STALL_MS) {
        throw new DemoFailure(`Waited in vain for ${what}: nothing has moved for five minutes.`);
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }
}

/** `8,120 rows in 2,004 transactions, 431 changes/s; 20 transactions rolled back`. */
export function describeWorkload({ rows, transactions, rolledBack, elapsedMs }: WorkloadCounts): string {
  const rate = formatCount(Math.round((rows / Math.max(1, elapsedMs)) * 1000));
  return `${formatCount(rows)} rows changed in ${formatCount(transactions)} transactions, ${rate} a second; ${formatCount(rolledBack)} rolled back`;
}
