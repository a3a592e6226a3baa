/**
 * How far the target is behind the source. Promises: nought is only said when everything that the source has sent is on
 * the target, and the source was heard a moment ago (it sends a heartbeat each second); a source that is silent gives null, and
 * so does a lag by a clock that has not been compared with ours. Lag is the age of the oldest change that the target lacks: a
 * pause of the source before it does not count. On MariaDB commit times are whole seconds, so that its lag is known to a second
 * at best while there is one.
 */
const HEARD_LATELY_MS = 3_000;

export class LagMeter {
  #clockAheadMs: number | null = null;
  #heardAtMs: number | null = null;
  #changedAtMs: number | null = null;
  /** When the oldest change that the target lacks was first there; null where it lacks none. By performance.now(). */
  #waitingSinceMs: number | null = null;
  /** When the source committed it, or the one before it, by its clock; null where it did not say. */
  #waitingCommittedAtMs: number | null = null;

  /** `sourceNowMs` is the source's clock at this moment, in milliseconds since 1970. */
  compareClocks(sourceNowMs: number): void {
    this.#clockAheadMs = sourceNowMs - Date.now();
  }

  /** How much the source's clock is ahead of this machine's; null before they were compared. */
  get clockAheadMs(): number | null {
    return this.#clockAheadMs;
  }

  heard(): void {
    this.#heardAtMs = performance.now();
  }

  /** Changes have come; `committedAtMs` is when the source committed the first of them, by its clock. */
  waiting(committedAtMs: number | null): void {
    this.#changedAtMs = performance.now();
    if (this.#waitingSinceMs !== null) return;
    this.#waitingSinceMs = this.#changedAtMs;
    this.#waitingCommittedAtMs = committedAtMs;
  }

  /** A batch is on the target, whose last change the source committed then; `isAll` where nothing more is waiting. */
  committed(committedAtMs: number | null, isAll: boolean): void {
    this.#waitingSinceMs = isAll ? null : performance.now();
    this.#waitingCommittedAtMs = isAll ? null : (committedAtMs ?? this.#waitingCommittedAtMs);
  }

  /** Since anything was heard of the source. */
  get silentMs(): number | null {
    return this.#heardAtMs === null ? null : performance.now() - this.#heardAtMs;
  }

  /** Since the source last sent a change; null where it has not. */
  get unchangedMs(): number | null {
    return this.#changedAtMs === null ? null : performance.now() - this.#changedAtMs;
  }

  get lagMs(): number | null {
    if (this.#waitingSinceMs === null) {
      const { silentMs } = this;
      return silentMs !== null && silentMs < HEARD_LATELY_MS ? 0 : null;
    }
    const waitedMs = performance.now() - this.#waitingSinceMs;
    if (this.#waitingCommittedAtMs === null) return waitedMs;
    if (this.#clockAheadMs === null) return null;
    return Math.max(waitedMs, Date.now() + this.#clockAheadMs - this.#waitingCommittedAtMs);
  }
}
