/**
 * The one writer's session with a service database: it holds the lock (invariant 8) and does the ledger's bookkeeping. When the
 * server goes away it connects and takes the lock again; when somebody else has it by then, it says so and `lockLost` aborts.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { operator } from '../core/operator.ts';
import { retry } from '../core/retry.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { endSession, openWatchedTarget, type ServerSession } from '../postgres/watched-target.ts';
import { WE_ARE_APPLYING } from './foreign-writes.ts';
import { acquireWriterLock, lockHolder } from './lock.ts';

export interface WriterSessionOptions {
  settings: DatabaseSettings;
  /** The command, as shown to whoever finds the lock taken. */
  command: string;
  signal: AbortSignal;
  retryTimeoutMs: number;
  /** After how long a silent connection is looked into. */
  silenceMs?: number;
  onRetry(warning: string): void;
}

const MAX_APPLICATION_NAME_BYTES = 63;
const HEARTBEAT_INTERVAL_MS = 15_000;
/** How long an answer to it may take where servers are waited for without end. */
const MAX_HEARTBEAT_MS = 300_000;
/** After an interruption, how long a statement may go on before it is given up; the server rolls it back. */
const STOP_TIMEOUT_MS = 5_000;

export class WriterSession {
  readonly #options: WriterSessionOptions;
  readonly #applicationName: string;
  readonly #lockLost = new AbortController();
  #connection: TargetConnection | null = null;
  /** At the server: of the connection, or of the one that was lost. */
  #session: ServerSession | null = null;
  #closed = false;
  #busy = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #stopTimer: NodeJS.Timeout | undefined;

  private constructor(options: WriterSessionOptions) {
    this.#options = options;
    const name = `transfuse ${options.command} pid ${process.pid} ${operator()}`;
    this.#applicationName = Buffer.from(name).subarray(0, MAX_APPLICATION_NAME_BYTES).toString('latin1');
  }

  /** Connects and takes the lock, once: a server that is not there now is an error, not a wait. Throws LOCK_HELD. */
  static async open(options: WriterSessionOptions): Promise<WriterSession> {
    const session = new WriterSession(options);
    await session.#connect();
    session.#startHeartbeat();
    session.#stopOnSignal();
    return session;
  }

  /** Aborts when the lock went to somebody else: all writing must stop. Its reason is the TransfuseError. */
  get lockLost(): AbortSignal {
    return this.#lockLost.signal;
  }

  /**
   * Runs `work` on the session's connection, and again from its beginning after a lost connection or a deadlock: it must be
   * idempotent, or look first at what is there. `progress` grows with what it gets done before it fails.
   */
  async run<T>(work: (target: TargetConnection) => Promise<T>, progress?: () => number): Promise<T> {
    const { signal, retryTimeoutMs, onRetry } = this.#options;
    this.#busy++;
    try {
      return await retry(async () => work(await this.#connect()), {
        signal,
        timeoutMs: retryTimeoutMs,
        ...(progress && { progress }),
        onRetry,
      });
    } finally {
      this.#busy--;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    await this.#connection?.close();
    clearTimeout(this.#stopTimer);
  }

  /** The session idles while rows are loaded, for hours: a firewall may forget it, and then it is dead without a sign. */
  #startHeartbeat(): void {
    const timeoutMs = Math.min(this.#options.retryTimeoutMs, MAX_HEARTBEAT_MS);
    if (timeoutMs === 0) return;
    this.#heartbeat = setInterval(
      () => void this.#beat(timeoutMs),
      Math.min(HEARTBEAT_INTERVAL_MS, timeoutMs / 2),
    );
  }

  #stopOnSignal(): void {
    const giveUp = (): void => {
      this.#stopTimer = setTimeout(() => this.#connection?.abandon(), STOP_TIMEOUT_MS);
    };
    this.#options.signal.addEventListener('abort', giveUp, { once: true });
  }

  async #beat(timeoutMs: number): Promise<void> {
    const connection = this.#connection;
    if (this.#busy > 0 || connection === null || connection.isLost) return;
    this.#busy++;
    const timer = setTimeout(() => connection.abandon(), timeoutMs);
    await connection.query('SELECT').catch(() => undefined);
    clearTimeout(timer);
    this.#busy--;
  }

  async #connect(): Promise<TargetConnection> {
    if (this.#lockLost.signal.aborted) throw this.#lockLost.signal.reason;
    if (this.#connection && !this.#connection.isLost) return this.#connection;
    const reconnecting = this.#connection !== null;
    this.#connection?.destroy();
    const { settings, signal, silenceMs } = this.#options;
    const watched = silenceMs === undefined ? {} : { silenceMs };
    const options = { applicationName: this.#applicationName, signal, ...watched };
    const { target: connection, session } = await openWatchedTarget(settings, options);
    try {
      // It may not have noticed that its client is gone, and holds the lock.
      if (this.#session) await endSession(connection, this.#session);
      await acquireWriterLock(connection);
      await connection.query(WE_ARE_APPLYING);
    } catch (error) {
      const holder = reconnecting ? await lockHolder(connection).catch(() => null) : null;
      connection.destroy();
      if (!reconnecting) throw error;
      if (!holder || holder.application === this.#applicationName) {
        throw new TransfuseError('TARGET_LOST', 'The lock of the lost session is not free yet.', {
          transient: true,
        });
      }
      this.#lockLost.abort(error);
      throw error;
    }
    this.#connection = connection;
    this.#session = session;
    connection.onLost(() => {
      // Without the lock another writer may come in: it is taken again at once, not at the next use.
      if (!this.#closed)
        this.run(() => Promise.resolve()).catch((error: unknown) => this.#lockLost.abort(error));
    });
    return connection;
  }
}
