/**
 * The end of the handoff from bulk (invariant 2): once the position at which every load ended is on the target, what bulk took
 * away comes back, beside the sync that goes on. What could not be put back is tried again by the next command.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import { quantity } from '../core/quantity.ts';
import { retry } from '../core/retry.ts';
import { readLoads } from '../ledger/loads.ts';
import { restoreObjects } from '../ledger/restore/restore-objects.ts';
import type { RestoreFailure } from '../ledger/restore/restore-options.ts';
import { readObjectsAway } from '../ledger/saved-objects.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { openWatchedTarget } from '../postgres/watched-target.ts';

export interface HandoffOptions {
  settings: DatabaseSettings;
  runId: string;
  signal: AbortSignal;
  /** How long it goes on trying after the target was lost. */
  retryTimeoutMs: number;
  onPhase(phase: string): void;
  onNote(text: string): void;
  /**
   * Rows are selected again while it restores, so that what does not hold now may hold a moment later: it is tried again.
   */
  selectsAgain: boolean;
  /** The target's tables have got constraints that they did not have. */
  onRestored(): void;
}

/** How often what may hold later is tried. */
const MAX_TRIES = 6;
const BETWEEN_TRIES_MS = 2_000;

export class Handoff {
  readonly #options: HandoffOptions;
  readonly #ends: BinlogPosition[];
  readonly #awayAtFirst: number;
  #isWaiting: boolean;
  #restoring: Promise<void> | null = null;
  #isCutOff = false;
  #tries = 0;
  #notBeforeMs = 0;
  readonly #givenUp = new AbortController();
  restored = 0;
  failures: RestoreFailure[] = [];

  private constructor(options: HandoffOptions, ends: BinlogPosition[], away: number) {
    this.#options = options;
    this.#ends = ends;
    this.#awayAtFirst = away;
    this.#isWaiting = away > 0;
  }

  static async read(target: TargetConnection, options: HandoffOptions): Promise<Handoff> {
    const loads = await readLoads(target, options.runId);
    const ends = [...loads.values()].flatMap(({ endPosition }) => endPosition ?? []);
    const away = await readObjectsAway(target, options.runId);
    return new Handoff(options, ends, away.length);
  }

  /** To be told of each position that is on the target. Begins to restore, once, when all loads' ends are behind it. */
  reached(position: BinlogPosition): void {
    if (!this.#isWaiting || performance.now() < this.#notBeforeMs) return;
    if (this.#ends.every((end) => hasPassed(position, end))) this.#begin();
  }

  /** Nothing is being applied: what did not hold while changes went on is tried once more. */
  async settleAtRest(): Promise<void> {
    await this.#restoring;
    if (this.failures.length === 0 || !this.#options.selectsAgain || this.#isCutOff) return;
    this.#tries = MAX_TRIES;
    this.#begin();
    await this.#restoring;
  }

  #begin(): void {
    this.#isWaiting = false;
    const { signal, retryTimeoutMs, onNote } = this.#options;
    this.#restoring = retry(() => this.#restore(), {
      signal: AbortSignal.any([signal, this.#givenUp.signal]),
      timeoutMs: retryTimeoutMs,
      subject: 'restoring constraints',
      onRetry: onNote,
    }).catch((error: unknown) => {
      this.#isCutOff = true;
      // What ended the attempt to follow is told elsewhere.
      if (this.#givenUp.signal.aborted) return;
      const reason = error instanceof TransfuseError ? error.message : 'unforeseen';
      this.#options.onNote(`Restoring was cut off: ${reason} It goes on when sync is started again.`);
    });
  }

  /** False where restoring was cut off: what had come back by then is in the ledger. */
  async settled(): Promise<boolean> {
    await this.#restoring;
    return !this.#isCutOff;
  }

  /** What is being done ends, and is not tried again. */
  async stop(): Promise<void> {
    this.#givenUp.abort();
    await this.#restoring;
  }

  /** Locks are taken beside a sync that goes on: where the two met, what is left is tried again. */
  async #restore(): Promise<void> {
    const { settings, runId, signal, onPhase, onNote, onRestored } = this.#options;
    onPhase('the end of the bulk load is passed: restoring constraints, while changes go on being applied');
    const options = { applicationName: 'transfuse sync restore', signal };
    const { target } = await openWatchedTarget(settings, options);
    try {
      const { failures } = await restoreObjects({
        settings,
        jobs: 1,
        target,
        runId,
        which: 'all',
        writersGoOn: true,
        signal,
      });
      const away = await readObjectsAway(target, runId);
      this.failures = failures;
      const isLast = !this.#options.selectsAgain || ++this.#tries >= MAX_TRIES || failures.length === 0;
      if (!isLast) {
        this.#isWaiting = true;
        this.#notBeforeMs = performance.now() + BETWEEN_TRIES_MS;
        return;
      }
      this.restored = this.#awayAtFirst - away.length;
      const objects = quantity(
        this.restored,
        'index, constraint or trigger',
        'indexes, constraints and triggers',
      );
      onNote(`${objects} back in place.`);
      for (const { kind, table, name, why } of failures) {
        onNote(`not restored: ${kind} ${name} of ${table}. ${why}`);
      }
    } finally {
      onRestored();
      await target.close();
    }
  }
}
