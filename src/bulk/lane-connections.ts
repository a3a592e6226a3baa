import type { DatabaseSettings } from '../config/settings.ts';
import { LaneSource } from '../mysql/lane-source.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { LaneTarget } from '../postgres/lane-target.ts';

interface LaneConnectionsOptions {
  source: DatabaseSettings;
  target: DatabaseSettings;
  /** As LaneSource has it. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** A lane's connection to either side: made when it is needed first, and made anew when it was lost. */
export class LaneConnections {
  readonly #source: LaneSource;
  readonly #target: LaneTarget;

  constructor(options: LaneConnectionsOptions) {
    const { source: settings, timeoutMs, signal } = options;
    this.#target = new LaneTarget(options.target, 'transfuse bulk lane', signal);
    this.#source = new LaneSource({ settings, purpose: 'bulk reader', timeoutMs, signal });
  }

  /** Throws what openSource throws. */
  async source(): Promise<SourceConnection> {
    return this.#source.connected();
  }

  /** Throws what openTarget throws. */
  async target(): Promise<TargetConnection> {
    return this.#target.connected();
  }

  /** As LaneSource has it. */
  dropSource(): void {
    this.#source.drop();
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), this.#target.close()]);
  }
}
