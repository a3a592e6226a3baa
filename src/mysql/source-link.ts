import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { TransfuseError } from '../core/errors.ts';
import { classifySourceError, type SourceErrorContext } from './errors.ts';
import type { SourceServer } from './server-version.ts';
import type { SourceConnection } from './source-connection.ts';

const CLOSE_TIMEOUT_MS = 2_000;
const SETUP_TIMEOUT_MS = 15_000;

type Settle<T> = (resolve: (value: T) => void, reject: (error: TransfuseError) => void) => void;

/**
 * The life of a connection: open, then lost (it broke) or ended (by us). The driver forgets waiting commands when we
 * end the connection, and tells of a loss now here, now there; this class settles every promise in either case.
 */
export class SourceLink implements SourceConnection {
  readonly raw: Connection;
  context: SourceErrorContext;
  server: SourceServer = { flavor: 'mysql', version: '', versionNumber: 0 };
  #loss: TransfuseError | null = null;
  #ended: TransfuseError | null = null;
  readonly #listeners = new Set<(error: TransfuseError) => void>();
  readonly #pending = new Set<(error: TransfuseError) => void>();
  readonly #signal: AbortSignal | undefined;
  /** While the session is made ready, every answer is due soon. */
  #answerTimeoutMs: number | undefined = SETUP_TIMEOUT_MS;
  readonly #onAbort = (): void => {
    const listeners = [...this.#listeners];
    const reason = new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
    this.#end(reason);
    // Who reads rows would wait for the next one for ever.
    for (const listener of listeners) listener(reason);
  };

  constructor(raw: Connection, context: SourceErrorContext, { signal }: { signal?: AbortSignal }) {
    this.raw = raw;
    this.context = context;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    // Without a listener an error of an idle connection would end the process.
    raw.on('error', (error) => this.#lose(error));
    raw.on('end', () => this.#lose(connectionLost));
  }

  /** The session is ready: from now on a query may take so long; without a limit where none is given. */
  ready(answerTimeoutMs: number | undefined): void {
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  get threadId(): number {
    return this.raw.threadId ?? 0;
  }

  get isLost(): boolean {
    return this.#loss !== null;
  }

  /** Resolves when the server has let us in. */
  connected(): Promise<void> {
    return this.#track((resolve) => {
      this.raw.once('connect', () => {
        // Only now is the stream the final one, since TLS replaces it. Its end is the one sign that never fails to come.
        streamOf(this.raw).once('close', () => this.#lose(connectionLost));
        resolve();
      });
    });
  }

  query<Row>(sql: string, context: SourceErrorContext = {}): Promise<Row[]> {
    return this.#track((resolve, reject) => {
      const timeout = this.#answerTimeoutMs;
      this.raw.query({ sql, ...(timeout !== undefined && { timeout }) }, (error, rows) => {
        if (!error) return resolve(rows as Row[]);
        const classified = classifySourceError(error, { ...this.context, ...context });
        if (classified.code === 'SOURCE_LOST') this.#lose(classified);
        reject(classified);
      });
    });
  }

  onLost(listener: (error: TransfuseError) => void): () => void {
    const over = this.#loss ?? this.#ended;
    // Who reads rows over a connection that was cut off would wait for ever.
    if (over) listener(over);
    else this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    const stream = streamOf(this.raw);
    if (!this.#ended && !this.#loss && !stream.destroyed) {
      this.#ended = closedByUs();
      const timer = setTimeout(() => stream.destroy(), CLOSE_TIMEOUT_MS);
      await new Promise<void>((resolve) => {
        stream.once('close', resolve);
        this.raw.end();
      });
      clearTimeout(timer);
    }
    this.destroy();
  }

  destroy(): void {
    this.#end(closedByUs());
  }

  #track<T>(settle: Settle<T>): Promise<T> {
    const over = this.#ended ?? this.#loss;
    if (over) return Promise.reject(over);
    return new Promise<T>((resolve, reject) => {
      this.#pending.add(reject);
      settle(
        (value) => {
          this.#pending.delete(reject);
          resolve(value);
        },
        (error) => {
          this.#pending.delete(reject);
          reject(error);
        },
      );
    });
  }

  #lose(cause: unknown): void {
    if (this.#ended || this.#loss) return;
    this.#loss = classifySourceError(cause, this.context);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.#rejectPending(this.#loss);
    for (const listener of listeners) listener(this.#loss);
  }

  #end(reason: TransfuseError): void {
    this.#ended ??= reason;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#listeners.clear();
    this.raw.destroy();
    // The driver only half-closes: a server in the middle of a result would go on sending.
    streamOf(this.raw).destroy();
    this.#rejectPending(this.#ended);
  }

  #rejectPending(error: TransfuseError): void {
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
  }
}

const connectionLost = { code: 'PROTOCOL_CONNECTION_LOST' };

function closedByUs(): TransfuseError {
  return new TransfuseError('SOURCE_LOST', 'The connection to the source has been closed by this program.');
}

function streamOf(raw: Connection): Socket {
  return (raw as unknown as { stream: Socket }).stream;
}
