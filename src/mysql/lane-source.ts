import type { DatabaseSettings } from '../config/settings.ts';
import { openSource, type SourceConnection } from './connection.ts';

interface LaneSourceOptions {
  settings: DatabaseSettings;
  /** For the server's list of processes, and messages. */
  purpose: string;
  /** How long the server may leave a question unanswered; rows are watched by who reads them. 0: without end. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** The connection over which a lane reads rows: made when it is needed first, and made anew when it was lost. */
export class LaneSource {
  readonly #options: LaneSourceOptions;
  #connection: SourceConnection | null = null;

  constructor(options: LaneSourceOptions) {
    this.#options = options;
  }

  /** Throws what openSource throws. */
  async connected(): Promise<SourceConnection> {
    const { settings, purpose, timeoutMs, signal } = this.#options;
    if (this.#connection?.isLost) this.drop();
    return (this.#connection ??= await openSource(settings, {
      purpose,
      signal,
      ...(timeoutMs > 0 && { answerTimeoutMs: timeoutMs }),
    }));
  }

  /** A result set that was not read to its end cannot be left: its connection is given up. */
  drop(): void {
    this.#connection?.destroy();
    this.#connection = null;
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }
}
