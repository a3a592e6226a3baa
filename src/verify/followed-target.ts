/** How far sync has brought the target, for whoever compares rows that change. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TransfuseError } from '../core/errors.ts';
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import { readCheckpointIfAny, type Checkpoint } from '../ledger/checkpoints.ts';
import { lockHolder } from '../ledger/lock.ts';
import { oldestTouches } from '../ledger/touched-rows.ts';
import type { LaneTarget } from '../postgres/lane-target.ts';

const LOOK_AGAIN_MS = 100;
/** A sync that connects anew has no lock for a moment. */
const GONE_MS = 15_000;

export class FollowedTarget {
  readonly #target: LaneTarget;
  readonly #runId: string;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;

  /** `timeoutMs`: how long a sync may stand still. */
  constructor(target: LaneTarget, runId: string, timeoutMs: number, signal: AbortSignal) {
    this.#target = target;
    this.#runId = runId;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  /** Until the target holds everything before the position, rows that are selected again among it. Throws VERIFY_NOT_FOLLOWED, INTERRUPTED, TARGET_*. */
  async waitFor(position: BinlogPosition, isSelectedAgain: boolean): Promise<void> {
    const passed = await this.#until(async (checkpoint) =>
      checkpoint && hasPassed(checkpoint.position, position) ? checkpoint.commits : null,
    );
    if (!isSelectedAgain) return;
    // What was touched up to there is noted as keys first, by later transactions.
    const lookedUp = await this.#until(async (checkpoint) => {
      const { lookup } = await oldestTouches(await this.#target.connected(), this.#runId);
      return lookup === null || lookup >= passed ? checkpoint!.commits : null;
    });
    await this.#until(async () => {
      const { key, left } = await oldestTouches(await this.#target.connected(), this.#runId);
      return (key === null || key >= lookedUp) && (left === null || left >= lookedUp) ? true : null;
    });
  }

  async #until<T>(look: (checkpoint: Checkpoint | null) => Promise<T | null>): Promise<T> {
    let commits: bigint | null = null;
    let movedAt = performance.now();
    for (;;) {
      const checkpoint = await readCheckpointIfAny(await this.#target.connected(), this.#runId);
      const found = await look(checkpoint);
      if (found !== null) return found;
      if (checkpoint && checkpoint.commits !== commits) {
        commits = checkpoint.commits;
        movedAt = performance.now();
      }
      const stoodMs = performance.now() - movedAt;
      if (stoodMs > this.#timeoutMs)
        throw notFollowed(
          `Sync has not moved for ${Math.round(stoodMs / 1000)} s, and is not where the source is.`,
        );
      if (stoodMs > GONE_MS && !(await lockHolder(await this.#target.connected())))
        throw notFollowed('No sync runs, and the target is not where the source is.');
      await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#signal }).catch(() => undefined);
      this.#signal.throwIfAborted();
    }
  }
}

function notFollowed(what: string): TransfuseError {
  return new TransfuseError('VERIFY_NOT_FOLLOWED', what);
}
