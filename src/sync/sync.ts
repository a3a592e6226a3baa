/**
 * Continuous sync: applies the source's changes from where bulk began, and keeps the target equal to the source.
 *
 * Promises: rows and checkpoint commit together (invariant 4), so that a restart at any moment goes on exactly there; past the
 * position at which bulk ended, the target is map(source), and what bulk took away is put back (2); what is not understood
 * ends the sync at the last good commit (6); one writer (8). Faults that may pass are waited for; with `continuous`, for ever.
 */
import type { BinlogPosition } from '../core/position.ts';
import { throwIfInterrupted } from '../core/retry.ts';
import { countDocuments, documentsNotFine } from '../ledger/documents.ts';
import { openRejectCounts } from '../ledger/rejects.ts';
import { readObjectsAway } from '../ledger/saved-objects.ts';
import { WriterSession } from '../ledger/writer-session.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { Follower, type FollowerEnd } from './follower.ts';
import { ForeignTally } from './foreign-tally.ts';
import type { SyncOptions } from './sync-options.ts';
import type { SyncReport } from './sync-report.ts';

/** Throws TransfuseError; what was committed by then is kept, and the same call goes on from there. */
export async function runSync(options: SyncOptions): Promise<SyncReport> {
  const { settings, target, signal, observer, continuous } = options;
  const session = await WriterSession.open({
    settings: target,
    command: 'sync',
    signal,
    retryTimeoutMs: continuous ? Infinity : settings.bulk.retryTimeoutMs,
    onRetry: (warning) => observer.onRetry(warning),
  });
  try {
    const sync = new Sync(options, AbortSignal.any([signal, session.lockLost]));
    return await session.run(
      (target) => sync.follow(target),
      () => sync.transactions,
    );
  } catch (error) {
    if (session.lockLost.aborted) throw session.lockLost.reason;
    throw error;
  } finally {
    await session.close();
  }
}

class Sync {
  readonly #options: SyncOptions;
  readonly #signal: AbortSignal;
  readonly #startedAt = performance.now();
  /** Where the source was when the command began: a restart does not move it. */
  #end: BinlogPosition | null = null;
  readonly #counts = { transactions: 0, rowChanges: 0 };
  readonly #foreign: ForeignTally;
  #restored = 0;

  constructor(options: SyncOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#foreign = new ForeignTally((text) => options.observer.onNote(text));
  }

  /** Applied so far, over all attempts. */
  get transactions(): number {
    return this.#counts.transactions;
  }

  /** From the ledger's checkpoint to the goal, or to the signal. To be called again after a fault: the ledger knows how far it came. */
  async follow(target: TargetConnection): Promise<SyncReport> {
    throwIfInterrupted(this.#signal);
    let follower: Follower;
    let ended: FollowerEnd;
    do {
      follower = await Follower.prepare(target, {
        ...this.#options,
        signal: this.#signal,
        counts: this.#counts,
        foreign: this.#foreign,
        knownEnd: this.#end,
      });
      this.#end = follower.end;
      try {
        ended = await follower.run();
      } finally {
        this.#restored += follower.handoff.restored;
      }
    } while (ended === 'plan changed');
    const { runId, position } = follower;
    const rejects = await openRejectCounts(target, runId);
    const away = await readObjectsAway(target, runId);
    return {
      runId,
      ended,
      position,
      ...this.#counts,
      elapsedMs: performance.now() - this.#startedAt,
      overwritten: this.#foreign.tables,
      unwatched: this.#foreign.unwatched,
      openRejects: rejects.reduce((sum, { count }) => sum + count, 0),
      documentsNotFine: documentsNotFine(await countDocuments(target, runId)),
      restored: this.#restored,
      restoreFailures: follower.handoff.failures,
      away: away.length,
    };
  }
}
