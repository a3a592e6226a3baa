import type { DatabaseSettings } from '../config/settings.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';

interface LaneConnectionsOptions {
  source: DatabaseSettings;
  target: DatabaseSettings;
  /** How long the source may leave a question unanswered; rows are watched by who reads them. 0: without end. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** A lane's connection to either side: made when it is needed first, and made anew when it was lost. */
export class LaneConnections {
  readonly #options: LaneConnectionsOptions;
  #source: SourceConnection | null = null;
  #target: TargetConnection | null = null;

  constructor(options: LaneConnectionsOptions) {
    this.#options = options;
  }

  /** Throws what openSource throws. */
  async source(): Promise<SourceConnection> {
    const { source, timeoutMs, signal } = this.#options;
    if (this.#source?.isLost) this.dropSource();
    return (this.#source ??= await openSource(source, {
      purpose: 'bulk reader',
      signal,
      ...(timeoutMs > 0 && { answerTimeoutMs: timeoutMs }),
    }));
  }

  /** Throws what openTarget throws. */
  async target(): Promise<TargetConnection> {
    const { target, signal } = this.#options;
    if (!this.#target || this.#target.isLost) {
      this.#target?.destroy();
      this.#target = await openTarget(target, { applicationName: 'transfuse bulk lane', signal });
    }
    return this.#target;
  }

  /** A result set that was not read to its end cannot be left: its connection is given up. */
  dropSource(): void {
    this.#source?.destroy();
    this.#source = null;
  }

  async close(): Promise<void> {
    await Promise.all([this.#source?.close(), this.#target?.close()]);
  }
}
