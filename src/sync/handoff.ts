/**
 * The end of the handoff from bulk (invariant 2): once the position at which every load ended is on the target, what bulk took
 * away comes back, beside the sync that goes on. What could not be put back is tried again by the next command.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import { quantity } from '../core/quantity.ts';
import { readLoads } from '../ledger/loads.ts';
import { restoreObjects } from '../ledger/restore/restore-objects.ts';
import type { RestoreFailure } from '../ledger/restore/restore-options.ts';
import { readObjectsAway } from '../ledger/saved-objects.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';

const RETRY_MS = 250;

export interface HandoffOptions {
  settings: DatabaseSettings;
  runId: string;
  signal: AbortSignal;
  onPhase(phase: string): void;
  onNote(text: string): void;
  /** The target's tables have got constraints that they did not have. */
  onRestored(): void;
}

export class Handoff {
  readonly #options: HandoffOptions;
  readonly #ends: BinlogPosition[];
  #isWaiting: boolean;
  #restoring: Promise<void> | null = null;
  #isCutOff = false;
  restored = 0;
  failures: RestoreFailure[] = [];

  private constructor(options: HandoffOptions, ends: BinlogPosition[], isWaiting: boolean) {
    this.#options = options;
    this.#ends = ends;
    this.#isWaiting = isWaiting;
  }

  static async read(target: TargetConnection, options: HandoffOptions): Promise<Handoff> {
    const loads = await readLoads(target, options.runId);
    const ends = [...loads.values()].flatMap(({ endPosition }) => endPosition ?? []);
    const away = await readObjectsAway(target, options.runId);
    return new Handoff(options, ends, away.length > 0);
  }

  /** To be told of each position that is on the target. Begins to restore, once, when all loads' ends are behind it. */
  reached(position: BinlogPosition): void {
    if (!this.#isWaiting || !this.#ends.every((end) => hasPassed(position, end))) return;
    this.#isWaiting = false;
    this.#restoring = this.#restore().catch((error: unknown) => {
      const reason = error instanceof TransfuseError ? error.message : 'unforeseen';
      this.#options.onNote(`Restoring was cut off: ${reason} It goes on when sync is started again.`);
      this.#isCutOff = true;
    });
  }

  /** False where restoring was cut off: what had come back by then is in the ledger. */
  async settled(): Promise<boolean> {
    await this.#restoring;
    return !this.#isCutOff;
  }

  /** Locks are taken beside a sync that goes on: where the two met, what is left is tried again. */
  async #restore(): Promise<void> {
    const { settings, runId, signal, onPhase, onNote, onRestored } = this.#options;
    onPhase('the end of the bulk load is passed: restoring constraints, while changes go on being applied');
    const target = await openTarget(settings, { applicationName: 'transfuse sync restore', signal });
    try {
      const before = await readObjectsAway(target, runId);
      this.failures = await this.#untilUnhindered(target);
      const after = await readObjectsAway(target, runId);
      this.restored = before.length - after.length;
      const objects = quantity(
        this.restored,
        'index, constraint or trigger',
        'indexes, constraints and triggers',
      );
      onNote(`${objects} back in place.`);
      for (const { kind, table, name, why } of this.failures) {
        onNote(`not restored: ${kind} ${name} of ${table}. ${why}`);
      }
    } finally {
      onRestored();
      await target.close();
    }
  }

  async #untilUnhindered(target: TargetConnection): Promise<RestoreFailure[]> {
    const { settings, runId, signal, onNote } = this.#options;
    const options = { settings, jobs: 1, target, runId, which: 'all', writersGoOn: true, signal } as const;
    for (;;) {
      try {
        return (await restoreObjects(options)).failures;
      } catch (error) {
        const mayPass = error instanceof TransfuseError && error.transient && !target.isLost;
        if (!mayPass || signal.aborted) throw error;
        onNote(`${error.message} Trying again.`);
        // What is thrown by an abort here is thrown again, as what it is, by the next attempt.
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
