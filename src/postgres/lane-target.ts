import type { DatabaseSettings } from '../config/settings.ts';
import { openTarget, type TargetConnection } from './connection.ts';

/** A connection that is made when it is needed first, and made anew when it was lost: it may be idle for hours in between. */
export class LaneTarget {
  readonly #settings: DatabaseSettings;
  readonly #applicationName: string;
  readonly #signal: AbortSignal;
  #connecting: Promise<TargetConnection> | null = null;

  constructor(settings: DatabaseSettings, applicationName: string, signal: AbortSignal) {
    this.#settings = settings;
    this.#applicationName = applicationName;
    this.#signal = signal;
  }

  /** Whoever comes while one is being made waits for it. Throws what openTarget throws. */
  async connected(): Promise<TargetConnection> {
    const connecting = (this.#connecting ??= openTarget(this.#settings, {
      applicationName: this.#applicationName,
      signal: this.#signal,
    }));
    try {
      const connection = await connecting;
      if (!connection.isLost) return connection;
      connection.destroy();
    } catch (error) {
      this.#forget(connecting);
      throw error;
    }
    this.#forget(connecting);
    return this.connected();
  }

  async close(): Promise<void> {
    const connection = await this.#connecting?.catch(() => null);
    await connection?.close();
  }

  #forget(connecting: Promise<TargetConnection>): void {
    if (this.#connecting === connecting) this.#connecting = null;
  }
}
