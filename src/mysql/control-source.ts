import type { DatabaseSettings } from '../config/settings.ts';
import { retry } from '../core/retry.ts';
import { openSource, type SourceConnection } from './connection.ts';

interface ControlSourceOptions {
  settings: DatabaseSettings;
  signal: AbortSignal;
  retryTimeoutMs: number;
  onRetry(warning: string): void;
}

/** One connection that plans and asks, beside those that read rows in bulk; several may ask at the same time. */
export class ControlSource {
  readonly #options: ControlSourceOptions;
  #connection: SourceConnection | null;
  #connecting: Promise<SourceConnection> | null = null;

  private constructor(options: ControlSourceOptions, connection: SourceConnection) {
    this.#options = options;
    this.#connection = connection;
  }

  /** Connects once: a server that is not there now is an error, not a wait. */
  static async open(options: ControlSourceOptions): Promise<ControlSource> {
    return new ControlSource(options, await connect(options));
  }

  /** Runs `work`, and again from its beginning after a lost connection. */
  async run<T>(work: (source: SourceConnection) => Promise<T>): Promise<T> {
    const { signal, retryTimeoutMs, onRetry } = this.#options;
    return retry(async () => work(await this.#connected()), { signal, timeoutMs: retryTimeoutMs, onRetry });
  }

  /** Lets the connection go until it is needed again: idle for hours, it would be lost without a sign. */
  async release(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  /** Whoever comes while one is being made waits for it. */
  async #connected(): Promise<SourceConnection> {
    if (this.#connection && !this.#connection.isLost) return this.#connection;
    this.#connecting ??= this.#connectAnew().finally(() => (this.#connecting = null));
    return this.#connecting;
  }

  async #connectAnew(): Promise<SourceConnection> {
    await this.release();
    return (this.#connection = await connect(this.#options));
  }
}

function connect({ settings, signal }: ControlSourceOptions): Promise<SourceConnection> {
  return openSource(settings, { purpose: 'control', signal });
}
