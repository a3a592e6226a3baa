import type { DatabaseSettings } from '../config/settings.ts';
import { openTarget, type TargetConnection } from './connection.ts';

/** A connection that is made when it is needed first, and made anew when it was lost: it may be idle for hours in between. */
export class LaneTarget {
  readonly #settings: DatabaseSettings;
  readonly #applicationName: string;
  readonly #signal: AbortSignal;
  #connection: TargetConnection | null = null;

  constructor(settings: DatabaseSettings, applicationName: string, signal: AbortSignal) {
    this.#settings = settings;
    this.#applicationName = applicationName;
    this.#signal = signal;
  }

  /** Throws what openTarget throws. */
  async connected(): Promise<TargetConnection> {
    if (!this.#connection || this.#connection.isLost) {
      this.#connection?.destroy();
      this.#connection = await openTarget(this.#settings, {
        applicationName: this.#applicationName,
        signal: this.#signal,
      });
    }
    return this.#connection;
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }
}
