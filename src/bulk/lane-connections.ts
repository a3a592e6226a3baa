import type { DatabaseSettings } from '../config/settings.ts';
import { LaneSource } from '../mysql/lane-source.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';

interface LaneConnectionsOptions {
  source: DatabaseSettings;
  target: DatabaseSettings;
  /** As LaneSource has it. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** A lane's connection to either side: made when it is needed first, and made anew when it was lost. */
export class LaneConnections {
  readonly #options: LaneConnectionsOptions;
  readonly #source: LaneSource;
  #target: TargetConnection | null = null;

  constructor(options: LaneConnectionsOptions) {
    const { source: settings, timeoutMs, signal } = options;
    this.#options = options;
    this.#source = new LaneSource({ settings, purpose: 'bulk reader', timeoutMs, signal });
  }

  /** Throws what openSource throws. */
  async source(): Promise<SourceConnection> {
    return this.#source.connected();
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

  /** As LaneSource has it. */
  dropSource(): void {
    this.#source.drop();
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), this.#target?.close()]);
  }
}
