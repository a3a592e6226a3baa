/**
 * How far the target is behind the source. Promises: nought is only said when everything that the source has sent is on
 * the target, and the source was heard a moment ago (it sends a heartbeat each second); a source that is silent gives null. The
 * source's commit times are by its own clock, which is compared with ours: on MariaDB they are whole seconds, so that its
 * lag is known to a second at best while there is one.
 */
const HEARD_LATELY_MS = 3_000;

export class LagMeter {
  #clockAheadMs = 0;
  #heardAtMs: number | null = null;
  /** Source's commit time of the last transaction on the target. */
  #committedAtMs: number | null = null;
  /** When the items that the target has not yet were first there; null where there are none. */
  #waitingSinceMs: number | null = null;

  /** `sourceNowMs` is the source's clock at this moment, in milliseconds since 1970. */
  compareClocks(sourceNowMs: number): void {
    this.#clockAheadMs = sourceNowMs - Date.now();
  }

  heard(): void {
    this.#heardAtMs = performance.now();
  }

  waiting(): void {
    this.#waitingSinceMs ??= performance.now();
  }

  /** A batch is on the target; `isAll` where nothing more is waiting. */
  committed(committedAtMs: number | null, isAll: boolean): void {
    this.#committedAtMs = committedAtMs ?? this.#committedAtMs;
    this.#waitingSinceMs = isAll ? null : performance.now();
  }

  get silentMs(): number | null {
    return this.#heardAtMs === null ? null : performance.now() - this.#heardAtMs;
  }

  get lagMs(): number | null {
    if (this.#waitingSinceMs === null) {
      const { silentMs } = this;
      return silentMs !== null && silentMs < HEARD_LATELY_MS ? 0 : null;
    }
    const waitedMs = performance.now() - this.#waitingSinceMs;
    if (this.#committedAtMs === null) return waitedMs;
    return Math.max(waitedMs, Date.now() + this.#clockAheadMs - this.#committedAtMs);
  }
}
