/**
 * The end of the handoff from bulk (invariant 2): once the position at which every load ended is on the target, what bulk took
 * away comes back, beside the sync that goes on. What could not be put back is tried again by the next command.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import { readLoads } from '../ledger/loads.ts';
import { restoreObjects } from '../ledger/restore/restore-objects.ts';
import type { RestoreFailure } from '../ledger/restore/restore-options.ts';
import { readObjectsAway } from '../ledger/saved-objects.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';

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

  async #restore(): Promise<void> {
    const { settings, runId, signal, onPhase, onNote, onRestored } = this.#options;
    onPhase('the end of the bulk load is passed: restoring constraints, while changes go on being applied');
    const target = await openTarget(settings, { applicationName: 'transfuse sync restore', signal });
    try {
      const report = await restoreObjects({
        settings,
        jobs: 1,
        target,
        runId,
        which: 'all',
        writersGoOn: true,
        signal,
      });
      this.restored = report.restored;
      this.failures = report.failures;
      onNote(`${report.restored} indexes, constraints and triggers are back.`);
      for (const { kind, table, name, why } of report.failures) {
        onNote(`not restored: ${kind} ${name} of ${table}. ${why}`);
      }
    } catch (error) {
      const isOurs = error instanceof TransfuseError;
      onNote(
        `restoring was cut off${isOurs ? `: ${error.message}` : ''}; it goes on when sync is started again.`,
      );
      throw error;
    } finally {
      onRestored();
      await target.close();
    }
  }
}
